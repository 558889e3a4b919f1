"""Tests of the plate formats of countries, and of the prior over them."""

import pickle

import numpy as np
import pytest

from sklearn_lpr import syntax as countries
from sklearn_lpr.decoding._pattern_table import PatternTable
from sklearn_lpr.syntax import BRAZIL, FormatPrior, PlateSyntax, get_syntax, list_formats

# Layouts of synthetic plates, and countries, with texts that their formats allow and texts that
# they do not.
EXAMPLES = {
    "argentina": (["AB123CD", "ABC123", "A123BCD"], ["AB12CD"]),
    "austria": (["W12345A", "S123AB", "GRAZ1"], ["A1"]),
    "belgium": (["1ABC234", "ABC123"], ["0ABC234"]),
    "brazil": (["ABC1234", "ABC1D23"], ["ABC12D3"]),
    "china": (["京A12345", "京A1234挂", "粤ZAB12港"], ["京AO2345", "A12345"]),
    "croatia": (["ZG1234AB", "ŽU123A", "ČK123AB"], ["Z123AB"]),
    "eu": (["AB123CD", "MÜX1"], ["京A12345"]),
    "france": (["AB123CD", "1234AB75", "123ABC2A"], ["AO123CD", "0123AB75"]),
    "germany": (
        ["BO1", "MAB1234", "GÖXY12", "SHAB123", "MAB123E"],
        ["B0123", "BO0123", "SHABC1234"],
    ),
    "great_britain": (
        ["AB12CDE", "A123BCD", "ABC12D", "AIZ1", "BIG12", "CJI1234"],
        ["AI12CDE", "A0BCD", "AIC1"],
    ),
    "india": (["MH12AB1234", "DL3CAB1234", "KL1A1234", "22BH1234AB"], ["MH12AO1234", "QQ12AB1234"]),
    "israel": (["1234567", "12345678"], ["A234567"]),
    "italy": (["AB123CD"], ["AI123CD", "AO123CD"]),
    "korea": (["12가1234", "123나1234"], ["012가1234", "12A1234"]),
    "mercosur": (["AB123CD", "ABC1D23", "ABCD123"], ["AB12345"]),
    "netherlands": (["12BDDF", "1XVZ23"], ["1AEI23"]),
    "peru": (["A1B234", "1234AB"], ["1A1234"]),
    "poland": (["WW12345", "WZEA123", "PO1234A", "KRA12CE"], ["WW1234O", "WZAB123"]),
    "romania": (["B12ABC", "B123ABC", "CJ12ABC", "B012345"], ["CJ123ABC", "B12OBC"]),
    "russia": (["A123BC77", "A123BC777", "AB12377"], ["D123BC77", "A123BC577"]),
    "serbia": (["BG123AB", "ŠA1234AB"], ["B123AB"]),
    "spain": (["1234BCD", "M1234AB"], ["1234ABC"]),
    "tunisia": (["123T4567"], ["123A4567"]),
    "turkey": (["34ABD123", "06A1234"], ["94AB123", "34QX123"]),
    "united_states": (["ABC1234", "7ABC123", "VANITY"], ["AB1C2D3"]),
    "uzbekistan": (["01A123BC"], ["01A12BC"]),
    "vietnam": (["30A12345"], ["30I12345"]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_plates(name):
    syntax = get_syntax(name)
    allowed, others = EXAMPLES[name]
    assert [text for text in allowed if not syntax.matches(text)] == []
    assert [text for text in others if syntax.matches(text)] == []


def test_names_are_those_of_the_constants():
    constants = [name for name in countries.__all__ if name.isupper()]
    assert list_formats() == sorted(name.lower() for name in constants)
    for name in constants:
        assert get_syntax(name.lower()) is getattr(countries, name)


def test_the_patterns_of_a_country_are_distinct():
    for name in list_formats():
        patterns = get_syntax(name).patterns
        assert len(set(patterns)) == len(patterns), name


@pytest.mark.parametrize(
    ("name", "guess"),
    [("Brazil", "brazil"), ("great britain", "great_britain"), ("germny", "germany")],
)
def test_an_unknown_name_is_an_error_with_the_nearest_one(name, guess):
    with pytest.raises(ValueError, match=f"{name!r}. Did you mean '{guess}'.*argentina, austria"):
        get_syntax(name)
    with pytest.raises(TypeError, match="name of a plate format is 7"):
        get_syntax(7)


def test_the_weight_of_a_pattern_is_its_lift_over_all_texts():
    # Two formats, equally probable. "##" is 1 / 100 against 1 / 36 ** 2 among all texts; the
    # second one has two patterns, of which "@#" is 1 / 260.
    prior = FormatPrior(PlateSyntax("##"), PlateSyntax("@#", "??????"))
    assert prior.pattern_weights == pytest.approx([36**2 / 100 / 2, 36**2 / 260 / 4, 1 / 4])
    assert prior.weight("12") == 1  # of 6.48
    assert prior.weight("ABCDEF") == 0.25
    assert prior.weight("1") == prior.weight("A") == prior.weight("") == 0


def test_weights_are_shares_of_the_formats():
    prior = FormatPrior(PlateSyntax("??"), PlateSyntax("???"), weights=[3, 1])
    assert prior.weights == (0.75, 0.25)
    assert (prior.weight("A1"), prior.weight("A12")) == (0.75, 0.25)


def test_texts_of_latin_characters_are_a_class_among_all_texts():
    # The formats have 36 Latin letters and digits and two provinces.
    prior = FormatPrior(PlateSyntax("[京沪]???"), PlateSyntax("????"))
    assert prior.pattern_weights == pytest.approx([38**4 / (2 * 36**3) / 2, 1 / 2])


def test_a_pattern_of_two_formats_counts_for_both():
    prior = FormatPrior(PlateSyntax("?", "??"), PlateSyntax("?"))
    assert len(prior.patterns) == 2
    assert prior.pattern_weights == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ABC1D23", "A8C1D23"),
        ("BOX1234", "B0X1234"),
        ("京A12345", "京AI2345"),
        ("30A12345", "3OA12345"),
        ("MH12AB1234", "MHI2AB1234"),
        ("34ABD123", "34A8D123"),
    ],
)
def test_the_world_prefers_texts_of_plates(right, wrong):
    prior = FormatPrior()
    assert prior.weight(right) > 3 * prior.weight(wrong)


def test_equality_hash_repr_and_pickle():
    prior = FormatPrior("brazil", PlateSyntax("@#"), weights=[2, 2])
    assert prior == FormatPrior(BRAZIL, PlateSyntax("@#"))
    assert hash(prior) == hash(FormatPrior(BRAZIL, PlateSyntax("@#")))
    assert prior != FormatPrior(BRAZIL, PlateSyntax("@#"), weights=[2, 1])
    assert eval(repr(prior)) == prior
    assert pickle.loads(pickle.dumps(prior)) == prior


@pytest.mark.parametrize("n_formats", [1, 6, 7, 11, 50])
def test_weights_of_an_equal_prior_are_the_same(n_formats):
    prior = FormatPrior(*[PlateSyntax("A" * length) for length in range(1, n_formats + 1)])
    assert eval(repr(prior)) == prior
    assert FormatPrior(*prior.formats, weights=prior.weights).weights == prior.weights


@pytest.mark.parametrize(
    ("formats", "weights", "error", "reason"),
    [
        (["atlantis"], None, ValueError, "no plate format 'atlantis'"),
        ([7], None, TypeError, "name of a plate format is 7"),
        (["brazil"], [1, 2], ValueError, "2 numbers for 1 formats"),
        (["brazil", "peru"], [1, -1], ValueError, "must be finite and not negative"),
        (["brazil", "peru"], [0, 0], ValueError, "one of them positive"),
        (["brazil"], [float("nan")], ValueError, "must be finite"),
        (["brazil"], [float("inf")], ValueError, "must be finite"),
    ],
)
def test_invalid_priors_are_errors(formats, weights, error, reason):
    with pytest.raises(error, match=reason):
        FormatPrior(*formats, weights=weights)


@pytest.mark.parametrize("alphabet", ["ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789京沪Ü", "0A京"])
def test_a_table_weighs_texts_as_the_prior_does(alphabet):
    prior = FormatPrior("china", "germany", "brazil", PlateSyntax("?", "??"))
    table = PatternTable(prior, alphabet)
    texts = ["", "0", "A0", "京A00000", "AAA0000", "AAA0A00", "A" * 9, "A" * 12, "A京", "AÜ0"]
    texts = [text for text in texts if set(text) <= set(alphabet)]
    symbols = [[1 + alphabet.index(character) for character in text] for text in texts]
    padded = [row + [0] * (12 - len(row)) for row in symbols]
    weights = table.weigh(np.array(padded))
    assert weights.tolist() == pytest.approx([prior.weight(text) for text in texts])
    assert table.weigh(np.array([[1]])).tolist() == pytest.approx([prior.weight(alphabet[0])])
