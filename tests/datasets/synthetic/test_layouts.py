from dataclasses import replace

import joblib
import numpy as np
import pytest

from sklearn_lpr import syntax as countries
from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.datasets.synthetic._conditions import darken, soil
from sklearn_lpr.datasets.synthetic._drawing import draw_plate
from sklearn_lpr.datasets.synthetic._glyphs import TYPEFACES, draw_glyph, draw_level_glyph
from sklearn_lpr.datasets.synthetic._layout_variant import draw_variant_style
from sklearn_lpr.datasets.synthetic._layouts import LAYOUTS, draw_variant
from sklearn_lpr.datasets.synthetic._sampling import choose, cumulate
from sklearn_lpr.datasets.synthetic._style import Mark, PlateStyle, Strip
from sklearn_lpr.images import check_corners
from sklearn_lpr.syntax import PlateSyntax

OPENCV_5 = int(cv2.__version__[0]) >= 5
ASCII_LAYOUTS = sorted(set(LAYOUTS) - {"china", "china_green", "germany", "korea"})
DRAWABLE = sorted(LAYOUTS) if OPENCV_5 else ASCII_LAYOUTS
OFFICIAL = {
    "argentina": countries.ARGENTINA,
    "brazil": countries.BRAZIL,
    "brazil_special": countries.BRAZIL,
    "brazil_two_rows": countries.BRAZIL,
    "china": countries.CHINA_7,
    "china_green": countries.CHINA_8,
    "eu": countries.LATIN,
    "eu_others": countries.LATIN,
    "eu_two_rows": countries.LATIN,
    "mercosur": countries.MERCOSUR,
    "peru": countries.PERU,
    "tunisia": countries.TUNISIA,
    "uzbekistan": countries.UZBEKISTAN,
    "vietnam": countries.VIETNAM,
}


def same(first, second):
    assert first.target.tolist() == second.target.tolist()
    for one, other in zip(first.data, second.data, strict=True):
        np.testing.assert_array_equal(one.pixels(), other.pixels())
        np.testing.assert_array_equal(one.corners, other.corners)


def style(**changes):
    look = {
        "scheme": "white on blue",
        "background": (0, 0, 200),
        "ink": (255, 255, 255),
        "typeface": TYPEFACES[0],
        "pitch": 0.7,
        "fill": 0.8,
        "plain_zero": True,
        "separator": "none",
        "padding": 0.3,
        "border": 0.0,
        "band": False,
        "bolts": (),
        "relief": 0.0,
        "aspect": 1.0,
    }
    return PlateStyle(**(look | changes))


@pytest.mark.parametrize("layout", sorted(set(OFFICIAL) & set(DRAWABLE)))
def test_texts_of_a_layout_are_valid(layout):
    plates = make_plates(24, layouts=layout, random_state=0)
    assert set(plates.frame["layout"]) == {layout}
    for text, pattern, image in zip(
        plates.target, plates.frame["pattern"], plates.data, strict=True
    ):
        assert PlateSyntax(pattern).matches(text)
        assert OFFICIAL[layout].matches(text)
        assert text.isalnum()
        corners = check_corners(image.corners, *image.pixels().shape[:2])
        assert (corners >= 0).all()


@pytest.mark.parametrize("layout", DRAWABLE)
def test_variants_have_the_size_of_real_plates(layout):
    rng = np.random.default_rng(0)
    for variant in LAYOUTS[layout]:
        text = "".join(allowed[-1] for allowed in variant.syntax.positions[0])
        lines = variant.split(text)
        assert len(lines) == len(variant.marks) == (2 if variant.first_row else 1)
        for _ in range(5):
            look = replace(draw_variant_style(variant, rng), accessories=None)
            assert look.scheme in variant.schemes
            height, width = draw_plate("\n".join(lines), 40, look).shape[:2]
            assert height == pytest.approx(variant.size[1] / variant.character * 40, abs=4)
            assert width / height == pytest.approx(variant.size[0] / variant.size[1], rel=0.06)


@pytest.mark.parametrize("layout", DRAWABLE)
def test_variants_are_drawn_in_proportion_to_their_weights(layout):
    rng = np.random.default_rng(0)
    variants = LAYOUTS[layout]
    drawn = [draw_variant(layout, rng) for _ in range(2000)]
    expected = np.array([variant.weight for variant in variants]) / sum(
        variant.weight for variant in variants
    )
    observed = np.array([sum(variant is one for one in drawn) for variant in variants]) / 2000
    np.testing.assert_allclose(observed, expected, atol=0.05)  # more than four deviations


def test_several_layouts_are_drawn_equally_often():
    frame = make_plates(60, layouts=["peru", "vietnam", "mercosur"], random_state=0).frame
    assert list(frame) == ["text", "pattern", "scheme", "layout", "rows"]
    assert frame["layout"].value_counts().min() >= 10
    assert set(frame["rows"]) == {1, 2}
    assert set(make_plates(2, syntaxes=["@\n#"], random_state=0).frame["rows"]) == {2}
    assert set(make_plates(2, random_state=0).frame["layout"]) == {""}


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_plates_do_not_depend_on_n_jobs(backend):
    options = {"layouts": ["brazil", "eu"], "dirt": 0.5, "night": 0.5, "random_state": 0}
    alone = make_plates(90, **options)  # one full chunk and a partial one
    with joblib.parallel_config(backend):
        same(make_plates(90, n_jobs=2, **options), alone)


@pytest.mark.parametrize("source", [{"syntaxes": "@@##"}, {"layouts": "tunisia"}])
def test_dirt_and_night_change_neither_texts_nor_corners(source):
    clean = make_plates(40, random_state=0, **source)
    night = make_plates(40, random_state=0, night=1.0, **source)
    some = make_plates(40, random_state=0, night=0.5, **source)
    dirty = make_plates(40, random_state=0, dirt=1.0, **source)
    brightness = {}
    for name, plates in {"clean": clean, "night": night, "dirty": dirty, "some": some}.items():
        assert plates.target.tolist() == clean.target.tolist()
        for image, other in zip(plates.data, clean.data, strict=True):
            np.testing.assert_array_equal(image.corners, other.corners)
        brightness[name] = np.array([image.pixels().mean() for image in plates.data])
    darker = brightness["night"] / brightness["clean"]
    assert np.median(darker) < 0.55
    # All, none or about half of the photos.
    assert (brightness["night"] != brightness["clean"]).all()
    assert (brightness["dirty"] != brightness["clean"]).all()
    assert 8 <= (brightness["some"] != brightness["clean"]).sum() <= 32


def test_at_night_the_plate_is_lit_and_its_surroundings_are_dark():
    photo = np.full((60, 120, 3), 200, np.uint8)
    photo.flags.writeable = False
    corners = np.array([[40, 20], [80, 20], [80, 40], [40, 40]], float)
    for seed in range(10):
        dark = darken(photo, corners, np.random.default_rng(seed))[0].astype(float)
        # The lamp contributes at least 0.55; the surroundings have at most 0.3.
        assert dark[25:35, 50:70].mean() > 0.5 * 200
        assert dark[:8].mean() < 0.35 * 200


def test_photos_of_infrared_cameras_are_grey():
    # With a probability of 0.4 each: 12 of 30, with a standard deviation of 2.7.
    X, _ = make_plates(30, night=1.0, random_state=0, return_X_y=True)
    grey = [np.ptp(image.pixels(), axis=2).max() == 0 for image in X]
    assert 4 <= sum(grey) <= 20


def test_dirt_is_denser_at_the_foot():
    plates = np.full((30, 40, 120, 3), 255, np.float32)
    for seed, plate in enumerate(plates):
        soil(plate, np.random.default_rng(seed))
    darkening = 255 - plates
    assert darkening.min() >= 0
    assert darkening[:, 30:].mean() > 1.5 * darkening[:, :10].mean() > 0


def test_marks_are_placed_before_their_character():
    bare = draw_plate("HHHHH", 40, style())
    separated = draw_plate("HHHHH", 40, style(marks=((Mark(2, "gap", 0.5), Mark(4, "gap", 0.25)),)))
    assert separated.shape[1] - bare.shape[1] == 21  # 0.75 of the pitch, 28
    columns = (separated[:, :, 0] > 127).any(axis=0)
    starts = np.flatnonzero(np.diff(columns.astype(int)) == 1)
    np.testing.assert_allclose(np.diff(starts), [28, 42, 28, 35], atol=1)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("dot", (29, 35)),
        ("point", (47, 53)),
        ("dash", (30, 34)),
        ("line", (2, 62)),
        ("rus", (44, 52)),
    ],
)
def test_position_of_marks(kind, rows):
    # The text starts 12 rows below the edge of the plate and is 40 rows high: its middle is row 32.
    look = style(marks=((Mark(1, kind, 1.0),),))
    ink = draw_plate("  ", 40, look)[:, :, 0] > 127
    found = np.flatnonzero(ink.any(axis=1))
    np.testing.assert_allclose((found[0], found[-1]), rows, atol=2)
    columns = np.flatnonzero(ink.any(axis=0))
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(ink.shape[1] / 2, abs=1)


@pytest.mark.parametrize(("kind", "rows"), [("seal", [(25, 39)]), ("seals", [(15, 30), (34, 49)])])
def test_seals_are_grey_discs(kind, rows):
    grey = draw_plate("  ", 40, style(marks=((Mark(1, kind, 1.0),),)))[:, :, 0] > 90
    lines = grey.any(axis=1).astype(int)
    edges = np.flatnonzero(np.diff(lines))
    np.testing.assert_allclose(edges.reshape(-1, 2), rows, atol=2)


def test_the_word_for_tunisia_replaces_the_letter_t():
    variant = LAYOUTS["tunisia"][0]
    assert variant.split("123T4567") == ["1234567"]
    look = draw_variant_style(variant, np.random.default_rng(0))
    blank = draw_plate("       ", 40, look)
    gap = blank[12:-12, 30:-30].mean(axis=2)
    # The word lies between series and number, and nothing else is drawn.
    columns = np.flatnonzero((gap > 127).any(axis=0))
    assert 40 < columns[-1] - columns[0] < 90


def test_strips_take_up_space_beside_the_text():
    red, green = (200, 0, 0), (0, 200, 0)
    top = Strip("top", 0.5, (red,), (255, 255, 255), "")
    right = Strip("right", 0.4, (red, green), (255, 255, 255), "")
    bare = draw_plate("HH", 40, style(aspect=0.0))
    under = draw_plate("HH", 40, style(aspect=0.0, strips=(top,)))
    assert under.shape[0] == bare.shape[0] + 20
    np.testing.assert_array_equal(under[:20], np.broadcast_to(red, under[:20].shape))
    np.testing.assert_array_equal(under[20:], bare)
    beside = draw_plate("HH", 40, style(strips=(right,)))
    np.testing.assert_array_equal(beside[:32, -16:], np.broadcast_to(red, (32, 16, 3)))
    np.testing.assert_array_equal(beside[32:, -16:], np.broadcast_to(green, (32, 16, 3)))


def test_strips_lie_along_any_side():
    red, white = (200, 0, 0), (255, 255, 255)
    bare = draw_plate("HH", 40, style(aspect=0.0))
    left = draw_plate("HH", 40, style(aspect=0.0, strips=(Strip("left", 0.5, (red,), white, ""),)))
    np.testing.assert_array_equal(left[:, :20], np.broadcast_to(red, left[:, :20].shape))
    np.testing.assert_array_equal(left[:, 20:], bare)
    foot = draw_plate(
        "HH", 40, style(aspect=0.0, strips=(Strip("bottom", 0.5, (red,), white, ""),))
    )
    np.testing.assert_array_equal(foot[-20:], np.broadcast_to(red, foot[-20:].shape))
    np.testing.assert_array_equal(foot[:-20], bare)


def test_a_slogan_is_written_at_the_bottom():
    variant = replace(
        LAYOUTS["united_states"][0], captions=("UTAH", "OHIO"), slogans=("ABC", "DEF")
    )
    rng = np.random.default_rng(0)
    captions = {
        tuple(strip.caption for strip in draw_variant_style(variant, rng).strips) for _ in range(60)
    }
    assert captions == {("UTAH", "ABC"), ("UTAH", "DEF"), ("OHIO", "ABC"), ("OHIO", "DEF")}
    # Without slogans, both have the same caption.
    strips = draw_variant_style(replace(variant, slogans=()), rng).strips
    assert strips[0].caption == strips[1].caption


def test_the_band_has_the_width_of_the_style():
    def measure(**changes):
        look = style(background=(200, 200, 200), band=True, aspect=0.0, **changes)
        plate = draw_plate("HH\nHH", 40, look)
        blue = (plate == (18, 48, 150)).all(axis=2)
        return blue[0].sum(), blue[-1].sum(), plate.shape[:2]

    # The text is 2 * 28 wide, the margin 12 on all sides; the band adds its width.
    assert measure() == (16, 16, (104, 96))  # 0.3 * 104 / 2
    assert measure(band_width=0.5) == (20, 20, (104, 100))
    # Half a band takes no width from the text and ends above the lower row.
    assert measure(band_width=0.5, half_band=True) == (20, 0, (104, 80))


def test_captions_are_written_into_their_strip():
    bar = Strip("top", 0.6, ((0, 0, 90),), (255, 255, 255), "PERU")
    plate = draw_plate("HHHH", 40, style(strips=(bar,)))
    lines = np.flatnonzero((plate[:24, :, 0] > 100).any(axis=1))
    assert 8 < lines[-1] - lines[0] < 20
    uncaptioned = draw_plate(
        "HHHH", 40, style(strips=(Strip("top", 0.6, ((0, 0, 90),), (1, 1, 1), ""),))
    )
    np.testing.assert_array_equal(plate[24:], uncaptioned[24:])
    assert (plate[:24] != uncaptioned[:24]).any()


def test_leading_characters_may_be_smaller():
    def heights(**changes):
        ink = draw_plate("HH", 40, style(**changes))[:, :, 0] > 127
        return [np.ptp(np.flatnonzero(half.any(axis=1))) + 1 for half in np.hsplit(ink, 2)]

    np.testing.assert_allclose(heights(), [40, 40], atol=2)
    np.testing.assert_allclose(heights(small=1), [28, 40], atol=2)


def test_trailing_characters_may_be_smaller_and_level_at_the_top():
    def rows(**changes):
        ink = draw_plate("HH", 40, style(**changes))[:, :, 0] > 127
        return [np.flatnonzero(half.any(axis=1))[[0, -1]] for half in np.hsplit(ink, 2)]

    (first, last), (upper, lower) = rows(tail=1)
    np.testing.assert_allclose((first, last), rows()[0], atol=1)
    assert upper == pytest.approx(first, abs=1)
    assert lower - upper == pytest.approx(0.76 * (last - first), abs=2)


def test_the_background_fades_to_the_foot():
    plate = draw_plate(" ", 40, style(background=(0, 100, 200), fade=(100, 100, 0)))
    np.testing.assert_allclose(plate[0, 0], (0, 100, 200))
    np.testing.assert_allclose(plate[-1, 0], (100, 100, 0))
    np.testing.assert_allclose(plate[len(plate) // 2, 0], (50, 100, 100), atol=2)


@pytest.mark.skipif(not OPENCV_5, reason="before OpenCV 5 the fonts have ASCII characters only")
def test_a_province_is_as_high_as_a_capital():
    rows = np.flatnonzero((draw_level_glyph("京", TYPEFACES[0]) > 90).any(axis=1))
    np.testing.assert_allclose((rows[0], rows[-1]), (16, 79), atol=3)
    assert draw_glyph("京", TYPEFACES[0]).shape[0] == len(draw_level_glyph("京", TYPEFACES[0]))


@pytest.mark.skipif(OPENCV_5, reason="OpenCV 5 draws them")
def test_chinese_plates_need_opencv_5():
    with pytest.raises(ValueError, match=r"'china', which cannot be drawn.*install OpenCV 5"):
        make_plates(1, layouts="china")


def test_choose_agrees_with_numpy():
    weights = [0.35, 0.3, 0.2, 0.15]
    ours, numpys = np.random.default_rng(1), np.random.default_rng(1)
    cumulated = cumulate(weights)
    for _ in range(200):
        assert choose(cumulated, ours) == numpys.choice(4, p=weights)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layouts": "atlantis"}, "layouts has 'atlantis', which is unknown; choose from 'arg"),
        ({"layouts": []}, "layouts is empty"),
        ({"layouts": "eu", "syntaxes": "@"}, "exclude each other"),
        ({"dirt": 1.5}, "'dirt' parameter"),
        ({"night": -0.1}, "'night' parameter"),
        ({"n_jobs": 1.5}, "'n_jobs' parameter"),
    ],
)
def test_errors_name_the_parameter(options, message):
    with pytest.raises(ValueError, match=message):
        make_plates(1, **options)


def test_layouts_must_be_str():
    with pytest.raises(TypeError, match=r"layouts\[1\] is 3 of type int"):
        make_plates(1, layouts=["eu", 3])
