import pickle
from dataclasses import replace

import numpy as np
import pytest

from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.datasets.synthetic._camera import draw_view, expose
from sklearn_lpr.datasets.synthetic._drawing import draw_plate
from sklearn_lpr.datasets.synthetic._glyphs import TYPEFACES, draw_glyph
from sklearn_lpr.datasets.synthetic._style import PlateStyle, draw_style
from sklearn_lpr.images import PlateImage, check_corners
from sklearn_lpr.syntax import PlateSyntax

OPENCV_5 = int(cv2.__version__[0]) >= 5


@pytest.fixture(scope="module")
def plates():
    return make_plates(60, random_state=0)


def rectify(plate, width=140, height=32):
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    view = cv2.getPerspectiveTransform(plate.corners.astype(np.float32), target)
    return cv2.warpPerspective(plate.pixels(), view, (width, height))


def test_bunch(plates):
    assert plates.data.shape == plates.target.shape == plates.groups.shape == (60,)
    assert plates.data.dtype == object
    assert plates.target.dtype.kind == "U"
    assert plates.frame["text"].tolist() == plates.target.tolist()
    assert set(plates.frame["pattern"]) == {"@@@####", "@@@#@##"}
    assert plates.frame["scheme"].nunique() >= 4
    assert "Synthetic licence plates" in plates.DESCR
    for pattern, text in zip(plates.frame["pattern"], plates.target, strict=True):
        assert PlateSyntax(pattern).matches(text)


def test_images_show_a_plate_and_its_surroundings(plates):
    for image in plates.data:
        assert isinstance(image, PlateImage)
        pixels = image.pixels()
        assert pixels.dtype == np.uint8
        height, width, channels = pixels.shape
        assert channels == 3
        assert 160 <= width <= 260
        corners = check_corners(image.corners, height, width)
        assert (corners >= 0).all()
        assert (corners <= (width, height)).all()
        fraction = np.linalg.norm(corners[1] - corners[0]) / width
        assert 0.33 < fraction < 0.7
        # Characters take up at least three fifths of the height of the plate.
        assert np.linalg.norm(corners[3] - corners[0]) * 0.6 >= 11


def test_corners_bound_the_plate(plates):
    """Characters have edges, so that edges are far denser inside the corners than outside."""
    ratios = []
    for image in plates.data:
        grey = cv2.cvtColor(image.pixels(), cv2.COLOR_RGB2GRAY).astype(float)
        edges = np.abs(np.diff(cv2.GaussianBlur(grey, (3, 3), 0), axis=1))
        inside = np.zeros(edges.shape, np.uint8)
        cv2.fillConvexPoly(inside, np.round(image.corners).astype(int), 1)
        ratios.append(edges[inside == 1].mean() / edges[inside == 0].mean())
    assert np.median(ratios) > 2.5


def test_the_text_is_drawn():
    eights = make_plates(40, syntaxes="888", random_state=1).data
    ones = make_plates(40, syntaxes="111", random_state=2).data

    def profile(plate):
        crop = cv2.cvtColor(rectify(plate, 96, 48), cv2.COLOR_RGB2GRAY).astype(float)
        deviation = np.abs(crop - np.median(crop))[8:40]
        return (deviation / deviation.max()).mean()

    # An 8 has more ink than a 1 in all colours.
    assert np.mean(list(map(profile, eights))) > 1.15 * np.mean(list(map(profile, ones)))


def test_an_int_random_state_is_reproducible_and_keeps_the_global_state(plates):
    before = pickle.dumps(np.random.get_state())  # noqa: NPY002
    again = make_plates(60, random_state=0)
    fresh = make_plates(2)
    assert pickle.dumps(np.random.get_state()) == before  # noqa: NPY002
    assert again.target.tolist() == plates.target.tolist()
    for first, second in zip(again.data, plates.data, strict=True):
        np.testing.assert_array_equal(first.pixels(), second.pixels())
        np.testing.assert_array_equal(first.corners, second.corners)
    assert fresh.target.tolist() != make_plates(2).target.tolist()


def test_the_first_plates_do_not_depend_on_n_samples(plates):
    few = make_plates(3, random_state=0)
    assert few.target.tolist() == plates.target[:3].tolist()
    for first, second in zip(few.data, plates.data[:3], strict=True):
        np.testing.assert_array_equal(first.pixels(), second.pixels())


def test_a_random_state_instance_is_advanced():
    random_state = np.random.RandomState(0)
    first = make_plates(2, random_state=random_state).target.tolist()
    second = make_plates(2, random_state=random_state).target.tolist()
    assert first != second
    assert make_plates(2, random_state=np.random.RandomState(0)).target.tolist() == first


@pytest.mark.parametrize(
    "syntaxes",
    ["XY[CD]#", PlateSyntax("XY[CD]#"), ["XY[CD]#"], (PlateSyntax("XYC#", "XYD#"),)],
)
def test_forms_of_syntaxes(syntaxes):
    X, y = make_plates(8, syntaxes=syntaxes, random_state=3, return_X_y=True)
    assert len(X) == 8
    assert all(PlateSyntax("XY[CD]#").matches(text) for text in y)
    assert {text[2] for text in y} == {"C", "D"}


def test_characters_are_drawn_with_equal_probabilities():
    texts = make_plates(400, syntaxes="#", random_state=0).target
    counts = np.unique(texts, return_counts=True)[1]
    assert len(counts) == 10
    # The expected count is 40, with a standard deviation of 6.
    assert counts.min() > 16
    assert counts.max() < 64


@pytest.mark.parametrize(
    "pattern", ["#", "@@@@@@@@@@@@@@", "@@ ###", "@@-#.#", "[a-z]Q,;_j", "@\n#", "@#\n@#@\n#"]
)
def test_texts_of_any_length_and_ascii_character(pattern):
    for image in make_plates(6, syntaxes=pattern, random_state=0).data:
        check_corners(image.corners, *image.pixels().shape[:2])


def test_a_line_break_starts_a_new_row():
    plates = make_plates(60, syntaxes=["@@@\n####", "@@\n@####", "##-@#\n###.##"], random_state=0)
    assert set(plates.frame["pattern"]) == {"@@@\n####", "@@\n@####", "##-@#\n###.##"}
    aspects = []
    for image, text, pattern in zip(
        plates.data, plates.target, plates.frame["pattern"], strict=True
    ):
        assert "\n" not in text
        assert PlateSyntax(pattern).matches(text)
        corners = check_corners(image.corners, *image.pixels().shape[:2])
        assert (corners >= 0).all()
        aspects.append(
            np.linalg.norm(corners[1] - corners[0]) / np.linalg.norm(corners[3] - corners[0])
        )
    assert 1.0 < min(aspects) < 1.4
    assert 1.8 < max(aspects) < 2.8


def test_each_row_shows_its_part_of_the_text():
    def ink(pattern):
        weights = []
        for plate in make_plates(30, syntaxes=pattern, random_state=4).data:
            crop = cv2.cvtColor(rectify(plate, 96, 64), cv2.COLOR_RGB2GRAY).astype(float)
            edges = np.abs(np.diff(crop, axis=1))[:, 10:-10]
            weights.append(edges[:28].sum() / edges.sum())
        return np.mean(weights)

    # With the same random state the plates differ in the text only.
    weights = [ink("..\n88"), ink("88\n88"), ink("88\n..")]
    assert np.diff(weights).min() > 0.12


def test_errors():
    with pytest.raises(ValueError, match="column 2"):
        make_plates(1, syntaxes="@[")
    with pytest.raises(TypeError, match=r"syntaxes\[1\] is 7"):
        make_plates(1, syntaxes=["@", 7])
    with pytest.raises(ValueError, match="syntaxes is empty"):
        make_plates(1, syntaxes=[])
    with pytest.raises(ValueError, match="'n_samples' parameter"):
        make_plates(0)
    with pytest.raises(ValueError, match="no character 'ก'"):
        make_plates(1, syntaxes="@[Aก]")


@pytest.mark.skipif(not OPENCV_5, reason="before OpenCV 5 the fonts have ASCII characters only")
def test_characters_beyond_ascii_with_opencv_5():
    assert make_plates(3, syntaxes="[京沪]Ü#", random_state=0).target[0][1] == "Ü"


@pytest.mark.skipif(OPENCV_5, reason="OpenCV 5 draws them")
def test_characters_beyond_ascii_before_opencv_5():
    with pytest.raises(ValueError, match="install OpenCV 5"):
        make_plates(1, syntaxes="京#")


def test_glyphs_differ_between_characters():
    characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    for typeface in TYPEFACES:
        glyphs = {draw_glyph(character, typeface).tobytes() for character in characters}
        assert len(glyphs) == len(characters)
        assert not draw_glyph("A", typeface).flags.writeable


def test_glyphs_fill_the_height_of_a_capital():
    for typeface in TYPEFACES:
        rows = np.flatnonzero((draw_glyph("H", typeface) > 127).any(axis=1))
        # The first and last 16 of the 96 rows are for accents and descenders.
        assert abs(rows[0] - 16) <= 3
        assert abs(rows[-1] - 79) <= 3


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
    }
    return PlateStyle(**(look | changes))


def test_characters_have_a_fixed_pitch():
    plate = draw_plate("HHHHH", 40, style())
    assert plate.shape == (64, 164, 3)  # 40 + 2 * 12; 5 * 28 + 2 * 12
    np.testing.assert_array_equal(plate[0, 0], [0, 0, 200])
    ink = (plate[:, :, 0] > 127).any(axis=0)
    starts = np.flatnonzero(np.diff(ink.astype(int)) == 1)
    assert len(starts) == 5
    np.testing.assert_allclose(np.diff(starts), 28, atol=1)


def test_rows_are_drawn_below_each_other_and_centred():
    plate = draw_plate("HH\nHHHH", 40, style(upper=0.5, gap=0.25, aspect=1.0))
    # 20 + 10 + 40 + 2 * 12 high, 4 * 28 + 2 * 12 wide.
    assert plate.shape == (94, 136, 3)
    lines = (plate[:, :, 0] > 127).any(axis=1)
    edges = np.flatnonzero(np.diff(lines.astype(int)))
    np.testing.assert_allclose(edges, [11, 31, 41, 81], atol=2)
    for rows, number, pitch in ((slice(0, 37), 2, 14), (slice(37, None), 4, 28)):
        columns = (plate[rows, :, 0] > 127).any(axis=0)
        starts = np.flatnonzero(np.diff(columns.astype(int)) == 1)
        assert len(starts) == number
        np.testing.assert_allclose(np.diff(starts), pitch, atol=1)
        ink = np.flatnonzero(columns)
        assert (ink[0] + ink[-1]) / 2 == pytest.approx(67.5, abs=1.5)


def test_styles_for_one_row_and_two_rows_agree():
    one, two = (draw_style(np.random.default_rng(5), n_rows) for n_rows in (1, 2))
    assert (one.upper, one.gap) == (1.0, 0.0)
    assert two == replace(one, separator="none", aspect=two.aspect, upper=two.upper, gap=two.gap)
    looks = [draw_style(np.random.default_rng(seed), 2) for seed in range(60)]
    assert {look.separator for look in looks} == {"none"}
    assert 0.3 < np.mean([look.upper == 1 for look in looks]) < 0.7
    assert all(0.55 <= look.upper <= 1 and 0.14 <= look.gap <= 0.3 for look in looks)


@pytest.mark.parametrize("separator", ["gap", "dot", "dash"])
def test_a_separator_is_drawn_between_letters_and_digits(separator):
    together = draw_plate("ABC1234", 40, style())
    separated = draw_plate("ABC1234", 40, style(separator=separator))
    assert separated.shape[1] > together.shape[1] + 10
    # A text that contains a separator gets no second one.
    own = draw_plate("ABC-1234", 40, style(separator=separator))
    assert own.shape == draw_plate("ABC-1234", 40, style()).shape


def test_styles_vary():
    rng = np.random.default_rng(0)
    styles = [draw_style(rng) for _ in range(60)]
    assert len({look.scheme for look in styles}) >= 6
    assert {look.separator for look in styles} == {"none", "gap", "dot", "dash"}
    for look in styles:
        contrast = abs(np.mean(look.background) - np.mean(look.ink))
        assert contrast > 60


def test_the_view_is_aimed_at_the_centre():
    rng = np.random.default_rng(0)
    for _ in range(20):
        view = draw_view((150, 60), (90, 200), 0.5, rng)
        x, y = cv2.perspectiveTransform(np.array([[[150.0, 60.0]]]), view)[0, 0]
        assert 86 <= x <= 114
        assert 38 <= y <= 52


def test_exposure_keeps_shape_and_input():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (40, 90, 3), dtype=np.uint8)
    image.flags.writeable = False
    photos = [expose(image, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert photos[0].shape == image.shape
    assert photos[0].dtype == np.uint8
    np.testing.assert_array_equal(photos[0], photos[1])
    assert (photos[0] != photos[2]).any()
