"""The layouts of countries without a format of their own in `sklearn_lpr.syntax`."""

import re

import numpy as np
import pytest

from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.datasets.synthetic._layouts import LAYOUTS
from sklearn_lpr.images import check_corners
from sklearn_lpr.syntax import PlateSyntax

OPENCV_5 = int(cv2.__version__[0]) >= 5
FORMATS = {
    "france": r"[A-HJ-NP-TV-Z]{2}\d{3}[A-HJ-NP-TV-Z]{2}|\d{3,4}[A-Z]{2,3}\d{2}",
    "germany": r"[A-ZÄÖÜ]{1,3}[A-Z]{1,2}[1-9]\d{0,3}[EH]?",
    "great_britain": (
        r"[A-Z]{2}[0-7]\d[A-Z]{3}|[A-Z]\d{1,3}[A-Z]{3}|[A-Z]{3}\d{2,4}|[A-Z]{3}\d{3}[A-Z]"
    ),
    "india": r"[A-Z]{2}\d\d?[A-HJ-NP-Z]{1,3}\d{3,4}|2\dBH\d{4}[A-HJ-NP-Z]{1,2}",
    "israel": r"\d{7,8}",
    "italy": r"[A-HJ-NPR-TV-Z]{2}\d{3}[A-HJ-NPR-TV-Z]{2}",
    "korea": r"[1-6]?\d\d[가-힣]\d{4}",
    "netherlands": r"(?=[A-Z\d]{6}$)([B-DF-HJ-NPR-TV-Z]{1,4}|\d{1,4}){2,4}",
    "poland": r"[A-Z]{2}[\dACE-HJ-NPR-Y]{5}|[A-Z]{3}[\dACE-HJ-NPR-Y]{4,5}",
    "romania": r"B\d{2,3}[A-Z]{3}|[A-Z]{2}(\d\d[A-Z]{3}|0\d{5})",
    "russia": r"(R\d{3}RR|RR\d{3,4})[1279]?\d\d".replace("R", "[ABCEHKMOPTXY]"),
    "spain": r"\d{4}[BCDFGHJ-NPRSTV-Z]{3}|[A-Z]\d{4}[A-Z]{2}|[A-Z]{2}\d{4}[A-Z]",
    "united_states": r"[A-Z\d]{2,8}",
}
NEED_OPENCV_5 = {"germany", "korea"}
DRAWABLE = sorted(set(FORMATS) - (set() if OPENCV_5 else NEED_OPENCV_5))


def all_texts(layout, n):
    """Draw texts of all variants without drawing their plates."""
    rng = np.random.default_rng(0)
    for variant in LAYOUTS[layout]:
        for positions in variant.syntax.positions:
            for _ in range(n):
                text = "".join(allowed[rng.integers(len(allowed))] for allowed in positions)
                yield variant, text


@pytest.mark.parametrize("layout", sorted(FORMATS))
def test_texts_follow_the_formats_of_the_country(layout):
    for _, text in all_texts(layout, 20):
        assert re.fullmatch(FORMATS[layout], text), text


@pytest.mark.parametrize("layout", sorted(FORMATS))
def test_rows_divide_the_text(layout):
    for variant, text in all_texts(layout, 1):
        lines = variant.split(text)
        assert "".join(lines) == text
        assert len(lines) == len(variant.marks)
        for line, marks in zip(lines, variant.marks, strict=True):
            places = [mark.place for mark in marks]
            assert places == sorted(set(places))
            assert all(0 <= place <= len(line) for place in places)


@pytest.mark.parametrize("layout", DRAWABLE)
def test_plates_are_drawn_and_reproducible(layout):
    plates = make_plates(12, layouts=layout, random_state=0)
    again = make_plates(12, layouts=layout, random_state=0)
    assert plates.target.tolist() == again.target.tolist()
    assert set(plates.frame["layout"]) == {layout}
    for image, other, text, pattern in zip(
        plates.data, again.data, plates.target, plates.frame["pattern"], strict=True
    ):
        np.testing.assert_array_equal(image.pixels(), other.pixels())
        assert PlateSyntax(pattern).matches(text)
        assert (check_corners(image.corners, *image.pixels().shape[:2]) >= 0).all()
