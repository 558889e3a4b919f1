"""Plates drawn with font files, which the tests build themselves."""

from dataclasses import replace

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from numpy.testing import assert_array_equal

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.datasets.synthetic._drawing import draw_plate
from sklearn_lpr.datasets.synthetic._font_files import has_character
from sklearn_lpr.datasets.synthetic._glyphs import (
    CAP_HEIGHT,
    OVERHANG,
    Typeface,
    capital_width,
    draw_glyph,
)
from sklearn_lpr.datasets.synthetic._style import draw_style
from sklearn_lpr.datasets.synthetic._typefaces import choose_typeface


def write_font(path, heights, width=500):
    """Write a font whose characters are full rectangles of the given heights (of 1000 units)."""
    names = {character: f"character{ord(character)}" for character in heights}
    glyphs = {".notdef": rectangle(90, 90)}
    glyphs |= {names[character]: rectangle(width, height) for character, height in heights.items()}
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (width + 100, 50)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def rectangle(width, height):
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in [(50, height), (50 + width, height), (50 + width, 0)]:
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


@pytest.fixture
def letters(tmp_path):
    return write_font(tmp_path / "letters.ttf", dict.fromkeys("ABEH", 700))


@pytest.fixture
def characters(tmp_path):
    return write_font(tmp_path / "characters.ttf", dict.fromkeys("ABEH0123456789", 700), width=300)


def test_glyph_fills_the_height_of_a_capital(letters):
    glyph = draw_glyph("H", Typeface(letters, 0))
    inked = np.flatnonzero((glyph > 127).all(axis=1))
    assert abs(len(inked) - CAP_HEIGHT) <= 2
    assert abs(inked[0] - OVERHANG * CAP_HEIGHT) <= 2
    # 500 by 700 units
    assert abs(glyph.shape[1] - CAP_HEIGHT * 5 / 7) <= 2
    assert capital_width(Typeface(letters, 0, grow=1)) == glyph.shape[1]


def test_height_is_that_of_the_digits_where_letters_are_lower(tmp_path):
    path = write_font(tmp_path / "low.ttf", {"H": 500, "7": 700})
    digit, letter = (draw_glyph(each, Typeface(path, 0)) > 127 for each in "7H")
    assert abs(digit.any(axis=1).sum() - CAP_HEIGHT) <= 2
    assert abs(letter.any(axis=1).sum() - CAP_HEIGHT * 5 / 7) <= 2


def test_characters_without_ink_are_missing(tmp_path):
    path = write_font(tmp_path / "empty.ttf", {"A": 700, "H": 700, "B": 0})
    assert [has_character(path, each) for each in "AB"] == [True, False]
    with pytest.raises(ValueError, match=r"empty\.ttf' has most of them, but not 'B'"):
        make_plates(1, syntaxes="AB", typefaces=path)


def test_missing_characters_are_not_drawn(letters):
    with pytest.raises(ValueError, match=r"letters\.ttf' has no character '7'"):
        draw_glyph("7", Typeface(letters, 0))


def test_texts_and_corners_do_not_depend_on_typefaces(characters):
    options = {"n_samples": 4, "syntaxes": "[ABE]##", "random_state": 0}
    plain, drawn = make_plates(**options), make_plates(**options, typefaces=characters)
    assert_array_equal(plain.target, drawn.target)
    for one, other in zip(plain.data, drawn.data, strict=True):
        assert np.mean(one.pixels() != other.pixels()) > 0.02


def test_plates_are_reproducible_and_independent_of_workers(characters):
    options = {"n_samples": 3, "syntaxes": "[ABE]##", "typefaces": [characters], "random_state": 1}
    one, other = make_plates(**options), make_plates(**options, n_jobs=2)
    for first, second in zip(one.data, other.data, strict=True):
        assert_array_equal(first.pixels(), second.pixels())


def test_only_layouts_of_the_dict_use_files(tmp_path):
    path = write_font(
        tmp_path / "digits.ttf", dict.fromkeys("7TABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 700)
    )
    options = {"n_samples": 12, "layouts": ["peru", "tunisia"], "random_state": 0}
    plain, drawn = make_plates(**options), make_plates(**options, typefaces={"tunisia": path})
    changed = [
        not np.array_equal(one.pixels(), other.pixels())
        for one, other in zip(plain.data, drawn.data, strict=True)
    ]
    assert changed == [layout == "tunisia" for layout in plain.frame["layout"]]


def test_captions_need_no_characters_of_the_files(tmp_path):
    # The captions "RJ-NITEROI" and others have characters that the texts "AAA1" have not.
    path = write_font(tmp_path / "few.ttf", dict.fromkeys("AH1", 700))
    style = draw_style(np.random.default_rng(0))
    style = replace(style, typeface=Typeface(path, 0), band=True, band_caption="XYZ")
    plate = draw_plate("AAA1", 40, style)
    assert np.isfinite(plate).all()


def test_only_files_that_have_all_characters_are_chosen(letters, characters):
    rng = np.random.default_rng(0)
    assert {choose_typeface([letters, characters], "A1", rng).font for _ in range(20)} == {
        characters
    }
    chosen = {choose_typeface([letters, characters], "AB", rng).font for _ in range(40)}
    assert chosen == {letters, characters}


@pytest.mark.parametrize(
    ("typefaces", "error", "message"),
    [
        ([], ValueError, "typefaces is empty"),
        ([3], TypeError, r"typefaces\[0\] is 3 of type int"),
        ("missing.ttf", FileNotFoundError, "'missing.ttf', which is not a file"),
        (__file__, ValueError, "is not a TrueType or OpenType font"),
        ({"peru": "missing.ttf"}, ValueError, "typefaces has files for 'peru'.*none"),
    ],
)
def test_invalid_typefaces(typefaces, error, message):
    with pytest.raises(error, match=message):
        make_plates(1, typefaces=typefaces)


def test_layouts_need_a_file_with_all_characters(letters, characters):
    with pytest.raises(ValueError, match=r"none of the 2 typefaces .*characters\.ttf'.* 'CD'"):
        make_plates(1, syntaxes="[ABCD]#", typefaces=[letters, characters])
    with pytest.raises(ValueError, match="'peru', which cannot be drawn: none of the 1 typefaces"):
        make_plates(1, layouts="peru", typefaces=letters)
