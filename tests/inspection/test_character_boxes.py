"""Characters in figures, with and without a font that has them."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.offsetbox import DrawingArea, TextArea
from matplotlib.path import Path

from sklearn_lpr.inspection import PlateReadingsDisplay, _character_boxes
from sklearn_lpr.inspection._character_boxes import (
    Character,
    character_box,
    find_family,
    place_box,
    trace_outline,
)

needs_opencv_5 = pytest.mark.skipif(
    int(cv2.__version__[0]) < 5, reason="before OpenCV 5 its fonts hold ASCII only"
)


@pytest.fixture
def no_family(monkeypatch):
    """Make all fonts unavailable."""
    monkeypatch.setattr(_character_boxes, "find_family", lambda character: None)


def test_latin_characters_are_text_in_the_monospace_font():
    box = character_box(Character("$", "red", bold=True), 12)
    assert isinstance(box, TextArea)
    assert box.get_text() == "$"
    assert find_family("A") == "monospace"


def test_fonts_that_lack_a_character_are_skipped(monkeypatch):
    find_family.cache_clear()
    monkeypatch.setattr(_character_boxes, "_FAMILIES", ("cmex10", "no such font", "DejaVu Sans"))
    assert find_family("Ж") == "DejaVu Sans"
    assert find_family("\U000e0041") is None
    find_family.cache_clear()


@needs_opencv_5
@pytest.mark.usefixtures("no_family")
def test_characters_without_a_font_are_outlines():
    box = character_box(Character("京", "red"), 12)
    assert isinstance(box, DrawingArea)
    (patch,) = box.get_children()
    assert patch.get_facecolor()[:3] == (1, 0, 0)


def test_outlines_have_holes():
    paths = [Path(points, closed=True) for points in trace_outline("O")]
    assert len(paths) == 2
    areas = [
        np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2
        for x, y in (p.vertices.T for p in paths)
    ]
    assert min(areas) < 0 < max(areas)  # the hole has the opposite orientation
    height = np.ptp(np.concatenate([path.vertices for path in paths])[:, 1])
    assert height == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("character", ["H", "8"])
def test_outlines_stand_on_the_baseline_and_are_as_high_as_a_capital(character):
    _, y = np.concatenate(trace_outline(character)).T
    assert y.min() == pytest.approx(0, abs=0.1)
    assert y.max() == pytest.approx(1, abs=0.1)


@pytest.mark.usefixtures("no_family")
def test_characters_without_font_and_glyph_are_code_points(monkeypatch):
    monkeypatch.setattr(_character_boxes, "trace_outline", lambda character: None)
    assert character_box(Character("京"), 12).get_text() == "U+4EAC"
    # A warning about missing glyphs would be an error here.
    plates = np.zeros((1, 24, 94, 3), np.uint8)
    PlateReadingsDisplay.from_predictions(plates, ["京A1"], ["沪A1"])


def test_boxes_are_placed_with_an_offset_in_points():
    figure, ax = plt.subplots(dpi=100)
    box = character_box(Character("A"), 12)
    place_box(ax, box, (0.5, 1), xycoords="axes fraction", offset=(0, 36), alignment=(0.5, 0))
    figure.canvas.draw()
    extent = ax.artists[0].get_window_extent()
    assert extent.y0 - ax.bbox.y1 == pytest.approx(50)
    assert (extent.x0 + extent.x1) / 2 == pytest.approx((ax.bbox.x0 + ax.bbox.x1) / 2, abs=1)
