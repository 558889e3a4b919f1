"""Pictures, emblems, stickers and frames of plates."""

from dataclasses import replace

import numpy as np
import pytest

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.datasets.synthetic._accessories import draw_accessories
from sklearn_lpr.datasets.synthetic._drawing import draw_plate
from sklearn_lpr.datasets.synthetic._glyphs import TYPEFACES
from sklearn_lpr.datasets.synthetic._layout_variant import draw_variant_style
from sklearn_lpr.datasets.synthetic._layouts import LAYOUTS
from sklearn_lpr.datasets.synthetic._style import (
    Accessories,
    DealerFrame,
    Emblem,
    Picture,
    PlateStyle,
    Sticker,
)

RED, GREEN, GROUND = (200, 0, 0), (0, 200, 0), (220, 220, 220)
NONE = Accessories(picture=None, emblem=None, stickers=(), frame=None)
FRAME = DealerFrame(RED, (255, 255, 255), ("", ""), top=0.1, bottom=0.2, sides=0.05, beyond=0.0)
STYLE = PlateStyle(
    scheme="",
    background=GROUND,
    ink=(0, 0, 0),
    typeface=TYPEFACES[0],
    pitch=0.7,
    fill=0.8,
    plain_zero=True,
    separator="none",
    padding=0.75,
    border=0.0,
    band=False,
    bolts=(),
    relief=0.0,
    aspect=2.0,
)
# Of capitals 40 pixels high, the plate is 40 * (1 + 2 * 0.75) high, and twice as wide.
HEIGHT, WIDTH = 100, 200
PLAIN = draw_plate("AB", 40, STYLE)


def draw(**accessories):
    return draw_plate("AB", 40, replace(STYLE, accessories=replace(NONE, **accessories)))


def is_red(plate):
    return (plate == RED).all(axis=2)


def test_without_accessories_the_plate_is_plain():
    assert PLAIN.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_array_equal(draw(), PLAIN)


def test_a_frame_covers_the_edges_of_the_plate():
    framed = draw(frame=FRAME)
    assert framed.shape == PLAIN.shape
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[10:-20, 5:-5] = True
    np.testing.assert_array_equal(is_red(framed), ~inside)
    np.testing.assert_array_equal(framed[inside], PLAIN[inside])


def test_a_frame_extends_beyond_the_plate():
    framed = draw(frame=replace(FRAME, beyond=0.06))
    assert framed.shape == (HEIGHT + 12, WIDTH + 12, 3)
    np.testing.assert_array_equal(framed[16:-26, 11:-11], PLAIN[10:-20, 5:-5])


@pytest.mark.parametrize(("captions", "rows"), [(("", "CARS"), (80, 100)), (("CARS", ""), (0, 10))])
def test_captions_are_written_on_the_frame(captions, rows):
    changed = (draw(frame=replace(FRAME, captions=captions)) != draw(frame=FRAME)).any(axis=(1, 2))
    assert changed[slice(*rows)].any()
    changed[slice(*rows)] = False
    assert not changed.any()


def test_a_sticker_is_a_rectangle_with_a_date():
    blank = Sticker((0.1, 0.2), (0.12, 0.2), RED, "")
    plate = draw(stickers=(blank,))
    rows, columns = np.nonzero(is_red(plate))
    # The centre is at (20, 20), the size 24 x 20.
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 29, 8, 31)
    np.testing.assert_array_equal(plate[~is_red(plate)], PLAIN[~is_red(plate)])
    dated = draw(stickers=(replace(blank, text="24"),))
    changed = (dated != plate).any(axis=2)
    assert changed.any()
    assert not changed[~is_red(plate)].any()


@pytest.mark.parametrize("x", [0.01, 0.99])
def test_a_sticker_is_cut_off_at_the_edge(x):
    plate = draw(stickers=(Sticker((x, 0.5), (0.1, 0.2), RED, "JAN"),))
    assert plate.shape == PLAIN.shape
    assert is_red(plate).any()


@pytest.mark.parametrize("shape", ["disc", "star", "badge"])
def test_an_emblem_is_drawn_at_its_place(shape):
    plate = draw(emblem=Emblem(0.15, 0.2, shape, RED))
    rows, columns = np.nonzero((plate != PLAIN).any(axis=2))
    # The centre is at (30, 50), the radius is 20; smooth edges take a pixel more.
    assert rows.min() >= 29
    assert rows.max() <= 71
    assert columns.min() >= 9
    assert columns.max() <= 51
    assert np.ptp(rows) > 30
    assert is_red(plate).any()


@pytest.mark.parametrize(("side", "edge", "inner"), [("top", 0, 45), ("bottom", -1, -46)])
def test_a_picture_fades_out(side, edge, inner):
    plate = draw(picture=Picture(side, 0.4, RED, ()))
    np.testing.assert_allclose(plate[edge], PLAIN[edge] * 0 + RED)
    np.testing.assert_array_equal(plate[inner], PLAIN[inner])
    # Row 20 of 0 to 39.
    middle = plate[19 if side == "top" else -20, 0]
    np.testing.assert_allclose(middle, np.add(RED, GROUND) / 2, atol=6)


def test_hills_have_their_heights():
    plate = draw(picture=Picture("bottom", 0.4, RED, (0.5, 0.5)))
    # Half of the 40 lowest rows.
    assert is_red(plate)[:, 0].sum() == pytest.approx(20, abs=1)
    assert is_red(plate)[-19:, 0].all()


def test_accessories_vary():
    rng = np.random.default_rng(0)
    drawn = [draw_accessories(None, rng) for _ in range(400)]
    assert all(each.emblem is None for each in drawn)
    for name, fraction in (("picture", 0.3), ("stickers", 0.5), ("frame", 0.4)):
        assert np.mean([bool(getattr(each, name)) for each in drawn]) == pytest.approx(
            fraction, abs=0.08
        )
    shapes = {draw_accessories((0.2, 0.1), rng).emblem.shape for _ in range(40)}
    assert shapes == {"disc", "star", "badge"}


def test_emblems_leave_the_characters_uncovered():
    rng = np.random.default_rng(0)
    with_emblem = [variant for variant in LAYOUTS["united_states"] if variant.emblem]
    assert with_emblem
    for variant in with_emblem:
        text = "H" * len(variant.syntax.positions[0])
        style = draw_variant_style(variant, rng)
        style = replace(style, strips=(), bolts=(), relief=0.0, background=GROUND, ink=(0, 0, 0))
        bare = draw_plate(text, 40, replace(style, accessories=None, fade=None))
        emblem = Emblem(
            variant.emblem[0] / variant.size[0],
            variant.emblem[1] / variant.size[1],
            "disc",
            GREEN,
        )
        drawn = draw_plate(
            text, 40, replace(style, accessories=replace(NONE, emblem=emblem), fade=None)
        )
        ink = (bare < 110).all(axis=2)
        disc = (drawn != bare).any(axis=2)
        assert disc.any()
        # It touches no more than the edges of its neighbours.
        columns = np.flatnonzero(disc.any(axis=0))
        assert not ink[:, columns[2] : columns[-2]].any()


def test_only_plates_of_the_united_states_have_accessories():
    with_accessories = {
        layout
        for layout, variants in LAYOUTS.items()
        if any(variant.accessories for variant in variants)
    }
    assert with_accessories == {"united_states"}
    frames = [
        draw_variant_style(LAYOUTS["united_states"][0], np.random.default_rng(seed)).accessories
        for seed in range(20)
    ]
    assert any(each.frame for each in frames)


def test_corners_bound_the_frame():
    plates = make_plates(24, layouts="united_states", random_state=0)
    for plate in plates.data:
        assert (plate.corners >= 0).all()
        assert (plate.corners <= plate.pixels().shape[1::-1]).all()
