"""Compare random patterns with regular expressions; check that invalid patterns are errors."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sklearn_lpr.syntax import PlateSyntax

# No two of these characters compose in the Unicode form NFC.
PLAIN = "AZaz09 -京粤ÅéТ٣"
SIGNS = r"@#?[]\{}()|*+^$"


def ranges(first, last):
    low, high = sorted([first, last])
    return f"{low}-{high}", f"{re.escape(low)}-{re.escape(high)}"


members = (
    st.sampled_from(PLAIN.replace("-", "") + "@#?").map(lambda c: (c, re.escape(c)))
    | st.sampled_from(PLAIN + SIGNS).map(lambda c: ("\\" + c, re.escape(c)))
    | st.builds(ranges, st.sampled_from("AFZ09az"), st.sampled_from("AFZ09az"))
    | st.builds(ranges, st.sampled_from("京亭"), st.sampled_from("享京"))
)
sets = st.lists(members, min_size=1, max_size=4).map(
    lambda chosen: tuple("[" + "".join(parts) + "]" for parts in zip(*chosen, strict=True))
)
positions = (
    st.sampled_from([("@", "[A-Z]"), ("#", "[0-9]"), ("?", "[0-9A-Z]"), (r"\\", r"\\")])
    | st.sampled_from(PLAIN).map(lambda c: (c, re.escape(c)))
    | st.sampled_from(SIGNS).map(lambda c: ("\\" + c, re.escape(c)))
    | sets
)
rows = st.lists(positions, min_size=1, max_size=5)
patterns = st.lists(rows, min_size=1, max_size=3)


def source(pattern):
    return "\n".join("".join(part for part, _ in row) for row in pattern)


@given(st.lists(patterns, min_size=1, max_size=3), st.data())
def test_texts_match_as_with_a_regular_expression(chosen, data):
    syntax = PlateSyntax(*map(source, chosen))
    expressions = ["".join(part for row in pattern for _, part in row) for pattern in chosen]
    assert [len(allowed) for allowed in syntax.positions] == [
        sum(map(len, pattern)) for pattern in chosen
    ]
    assert syntax.row_lengths == tuple(tuple(map(len, pattern)) for pattern in chosen)
    characters = st.sampled_from("ABZ09az @#?[^-\\京粤é")
    pattern = data.draw(st.sampled_from(syntax.positions))
    text = "".join(data.draw(st.sampled_from(allowed)) for allowed in pattern)
    other = data.draw(st.text(characters, max_size=6))
    cut = data.draw(st.integers(0, len(text)))
    changed = text[:cut] + data.draw(characters) + text[cut + 1 :]
    assert syntax.matches(text)
    for candidate in (text, changed, other, text[:cut], text + "A"):
        expected = any(re.fullmatch(expression, candidate) for expression in expressions)
        assert syntax.matches(candidate) is expected, candidate


@given(st.lists(patterns, min_size=1, max_size=3))
def test_the_repr_evaluates_to_an_equal_syntax(chosen):
    syntax = PlateSyntax(*map(source, chosen))
    twin = eval(repr(syntax))
    assert (twin, twin.positions) == (syntax, syntax.positions)
    assert PlateSyntax(*syntax.patterns) == syntax


@given(st.text(SIGNS + "A9-\n", min_size=1, max_size=8))
def test_errors_name_the_column_of_the_first_invalid_character(pattern):
    try:
        PlateSyntax(pattern)
    except ValueError as error:
        message = str(error)
        named = re.fullmatch(r"Pattern ('.*'|\".*\"), column (\d+): .*\.", message)
        if named is None:
            assert "" in pattern.split("\n")
            assert "is empty" in message
            return
        row, column = eval(named[1]), int(named[2])
        # The pattern up to that column is valid, possibly after closing its set.
        before = row[: column - 1]
        assert not before or parses(before) or parses(before + "~]")
        assert not parses(row[:column])


@given(st.text(max_size=6))
@example("[\x00-\U0010ffff]")
@example("[\ud800]\udfff")
@example("e\u0301[\u0301-\u0302]")
def test_any_text_is_a_valid_pattern_or_a_value_error(pattern):
    if parses(pattern):
        syntax = PlateSyntax(pattern)
        assert eval(repr(syntax)) == syntax
        assert all(syntax.positions[0])


def parses(pattern):
    try:
        return bool(PlateSyntax(pattern))
    except ValueError:
        return False


@pytest.mark.parametrize("other", [None, 3, b"@@", ["@"], ("@",), float("nan")])
def test_other_types_are_type_errors(other):
    with pytest.raises(TypeError, match="patterns are strings"):
        PlateSyntax("@", other)
