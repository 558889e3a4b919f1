import copy
import pickle
import re

import pytest

from sklearn_lpr import syntax as countries
from sklearn_lpr.syntax import PlateSyntax

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("pattern", "positions"),
    [
        ("@#", (LETTERS, DIGITS)),
        ("?", (DIGITS + LETTERS,)),
        ("京-7", ("京", "-", "7")),
        ("[A-CX]", ("ABCX",)),
        ("[XA-C]", ("ABCX",)),
        ("[AAB]", ("AB",)),
        ("[京沪]#", ("京沪", DIGITS)),
        ("[@#?]", ("#?@",)),
        ("[A-]", ("-A",)),
        ("[-A]", ("-A",)),
        (r"[A\-C]", ("-AC",)),
        (r"[\]\\]", (r"\]",)),
        (r"\@\#\[\\\a", ("@", "#", "[", "\\", "a")),
        ("a ", ("a", " ")),
        ("@\n[AB]#", (LETTERS, "AB", DIGITS)),
    ],
)
def test_positions(pattern, positions):
    assert PlateSyntax(pattern).positions == (positions,)


def test_a_line_break_separates_rows_and_is_not_a_position():
    syntax = PlateSyntax("@@@\n####", "[A-C]##", "@\n#\n?")
    assert syntax.row_lengths == ((3, 4), (3,), (1, 1, 1))
    assert syntax.matches("ABC1234")
    assert not syntax.matches("ABC\n1234")
    assert syntax != PlateSyntax("@@@####", "[A-C]##", "@#?")
    assert pickle.loads(pickle.dumps(syntax)).row_lengths == syntax.row_lengths


@pytest.mark.parametrize("pattern", ["\n", "@\n", "\n@", "@\n\n#"])
def test_an_empty_row_is_an_error(pattern):
    with pytest.raises(ValueError, match="a row of a pattern is empty"):
        PlateSyntax(pattern)


@pytest.mark.parametrize(
    ("pattern", "reason"), [("@[A\n]", "never closed"), ("@\\\n#", "escapes nothing")]
)
def test_a_line_break_within_a_position_is_an_error(pattern, reason):
    with pytest.raises(ValueError, match=reason):
        PlateSyntax(pattern)


def test_one_tuple_of_positions_per_pattern():
    syntax = PlateSyntax("@", "##")
    assert syntax.patterns == ("@", "##")
    assert syntax.positions == ((LETTERS,), (DIGITS, DIGITS))


@pytest.mark.parametrize(
    ("pattern", "column", "reason"),
    [
        ("@@[A-H##", 3, "never closed"),
        ("@[]", 2, "is empty"),
        ("#[H-A]", 3, "is reversed"),
        ("#[!-\U0010ffff]", 3, "more than 65536 characters"),
        ("@@]", 3, "closes no"),
        ("@#\\", 3, "escapes nothing"),
        ("[A\\", 3, "escapes nothing"),
        ("[A-", 1, "never closed"),
        ("[", 1, "never closed"),
    ],
)
def test_parse_errors_name_the_column(pattern, column, reason):
    with pytest.raises(ValueError, match=rf"column {column}: .*{reason}") as caught:
        PlateSyntax("@", pattern)
    assert repr(pattern) in str(caught.value)


def test_invalid_patterns_are_an_error():
    with pytest.raises(ValueError, match="at least one pattern"):
        PlateSyntax()
    with pytest.raises(ValueError, match="empty"):
        PlateSyntax("")
    with pytest.raises(TypeError, match=r"\['@'\] of type list"):
        PlateSyntax(["@"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABC1234", True),
        ("ABC1D23", True),
        ("ABC123", False),
        ("ABC12345", False),
        ("abc1234", False),
        ("ABCD234", False),
        ("ABC123O", False),
        ("ABC١٢٣٤", False),
        ("", False),
    ],
)
def test_matches(text, expected):
    assert PlateSyntax("@@@####", "@@@#@##").matches(text) is expected


def test_matches_texts_in_any_unicode_form():
    assert PlateSyntax("U\u0308#").matches("\u00dc1")
    assert PlateSyntax("\u00dc#").matches("U\u03081")


def test_value_object():
    syntax = PlateSyntax("@@@####", r"\@[A-C]'")
    assert eval(repr(syntax)) == syntax
    for twin in (copy.deepcopy(syntax), pickle.loads(pickle.dumps(syntax))):
        assert twin == syntax
        assert hash(twin) == hash(syntax)
        assert twin.positions == syntax.positions
    assert syntax != PlateSyntax("@@@####")
    assert syntax != "@@@####"
    with pytest.raises(AttributeError):
        syntax.patterns = ("#",)


def test_union_keeps_the_order_without_duplicates():
    union = PlateSyntax("@#", "##") | PlateSyntax("##", "@@")
    assert union == PlateSyntax("@#", "##", "@@")
    with pytest.raises(TypeError):
        PlateSyntax("@#") | "##"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CHINA_7", "皖A12345"),
        ("CHINA_7", "京AB12C9"),
        ("CHINA_7", "沪A1234学"),
        ("CHINA_7", "粤Z1234港"),
        ("CHINA_8", "皖AD12345"),
        ("CHINA_8", "沪AFA1234"),
        ("CHINA_8", "京A12345D"),
        ("CHINA", "皖A12345"),
        ("CHINA", "皖AD12345"),
        ("BRAZIL", "ABC1234"),
        ("BRAZIL", "ABC1D23"),
        ("ARGENTINA", "AB123CD"),
        ("ARGENTINA", "ABC123"),
        ("MERCOSUR", "ABC1D23"),
        ("MERCOSUR", "AB123CD"),
        ("PERU", "A1B234"),
        ("PERU", "ABC123"),
        ("PERU", "12345A"),
        ("TUNISIA", "123T4567"),
        ("TUNISIA", "1T1"),
        ("UZBEKISTAN", "01A123BC"),
        ("UZBEKISTAN", "01123ABC"),
        ("VIETNAM", "30E12345"),
        ("VIETNAM", "29LD12345"),
        ("VIETNAM", "80651NG17"),
        ("LATIN", "M5XSX"),
        ("LATIN", "BA1"),
    ],
)
def test_texts_that_match_country_formats(name, text):
    assert getattr(countries, name).matches(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CHINA", "皖A1234O"),
        ("CHINA", "皖I12345"),
        ("CHINA", "AA12345"),
        ("CHINA", "京Z1234港"),
        ("CHINA_7", "皖AD12345"),
        ("CHINA_8", "皖AL12345"),
        ("BRAZIL", "ABC12D3"),
        ("ARGENTINA", "ABC1234"),
        ("MERCOSUR", "ABC123"),
        ("PERU", "1AB234"),
        ("TUNISIA", "1234T56"),
        ("TUNISIA", "123N4567"),
        ("UZBEKISTAN", "A123BC01"),
        ("VIETNAM", "30W12345"),
        ("VIETNAM", "3E12345"),
        ("LATIN", "A1"),
        ("LATIN", "АВ1234"),  # Cyrillic
    ],
)
def test_texts_that_do_not_match_country_formats(name, text):
    assert not getattr(countries, name).matches(text)


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ("@{3}#{4}", 2),
        ("@@@####|@@@#@##", 8),
        ("(@@)###", 1),
        ("@+#*", 2),
        ("^@@###", 1),
        ("@@###$", 6),
        ("@[^0-9]#", 3),
    ],
)
def test_regular_expressions_are_an_error_that_names_their_start(pattern, column):
    expected = (
        rf"Pattern {re.escape(repr(pattern))}, column {column}: .* are not regular expressions"
    )
    with pytest.raises(ValueError, match=expected):
        PlateSyntax(pattern)


def test_escaped_signs_of_regular_expressions_are_characters():
    assert PlateSyntax(r"\^\{@[\^#]").matches("^{A#")
