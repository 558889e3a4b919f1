"""Tests of the validation of plate texts."""

import numpy as np
import pandas as pd
import pytest

from sklearn_lpr._texts import check_texts
from sklearn_lpr.decoding import PlateReading


@pytest.mark.parametrize(
    "y",
    [
        ["AB1", "京A·1234"],
        ("AB1", "京A·1234"),
        np.array(["AB1", "京A·1234"]),
        np.array(["AB1", "京A·1234"], dtype=object),
        pd.Series(["AB1", "京A·1234"], index=[9, 4]),
        pd.Series(["AB1", "京A·1234"], dtype=object),
        pd.Series(["AB1", "京A·1234"], dtype="category"),
        pd.Index(["AB1", "京A·1234"]),
        [np.str_("AB1"), "京A·1234"],
    ],
)
def test_texts_become_an_array(y):
    texts = check_texts(y)
    assert texts.dtype.kind == "U"
    assert texts.tolist() == ["AB1", "京A·1234"]


def test_unicode_is_normalized():
    assert check_texts(["A\u030a1"]).tolist() == ["\u00c51"]


def test_input_is_not_modified():
    y = np.array(["A\u030a1", "B"])
    y.flags.writeable = False
    check_texts(y)
    assert y.tolist() == ["A\u030a1", "B"]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            None,
            r"labels is None: the texts .*\(requires y to be passed, but the target y is None\)",
        ),
        ("AB1", r"labels is one text, 'AB1'; pass a list of texts: \[text\]"),
        (12, "labels is a int; pass a list"),
        ({"A", "B"}, "labels is a set; pass a list"),
        (iter(["A"]), "labels is a list_iterator; pass a list"),
        (["A", None], r"labels\[1\] is None of type NoneType"),
        (["A", float("nan")], r"labels\[1\] is nan of type float"),
        (pd.Series(["A", None]), r"labels\[1\] is (None|nan) of type"),
        (["A", PlateReading("B", 0.5)], r"labels\[1\] is a PlateReading, and texts are needed"),
        ([12, "A"], r"labels\[0\] is 12 of type int"),
        ([np.int64(3), "A"], "LabelEncoder.* VotingRecognizer, CalibratedRecognizerCV or Reject"),
        (np.array([1, 2]), r"labels\[0\] is .*1.* of type int64"),
        ([b"AB"], r"labels\[0\] is b'AB' of type bytes"),
        ([["A"]], r"labels\[0\] is \['A'\] of type list"),
        (np.array([["A"], ["B"]]), r"labels has shape \(2, 1\)"),
        (np.array("A"), r"labels has shape \(\)"),
        (pd.DataFrame({"text": ["A"]}), r"labels has shape \(1, 1\)"),
        (["A", ""], r"labels\[1\] is an empty text"),
    ],
)
def test_invalid_texts_are_named(y, message):
    with pytest.raises(ValueError, match=message):
        check_texts(y, name="labels")


def test_empty_texts_where_allowed():
    assert check_texts(["A", ""], allow_empty=True).tolist() == ["A", ""]


def test_no_texts():
    assert check_texts([]).shape == (0,)


@pytest.mark.parametrize("text", ["AB\n123", "AB\t1", "AB\u200b1"])
def test_unprintable_characters_are_rejected(text):
    with pytest.raises(ValueError, match=r"y\[1\] is '.*cannot be printed; write the rows"):
        check_texts(["A1", text])
