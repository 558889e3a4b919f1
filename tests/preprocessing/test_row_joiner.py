import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.images import SampleError
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, RowJoiner
from sklearn_lpr.preprocessing._level_rows import _shear
from sklearn_lpr.preprocessing._plate_rows import _are_two, _find_sides, _is_crossed, _variation
from sklearn_lpr.preprocessing._row_network import has_two_rows

TWO_ROWS = ["@@@\n####", "@@\n@####", "##-@#\n###.##"]
GROUND, INK = 220, 20


def strokes(shape, *rows):
    """Draw vertical strokes, 4 pixels wide with period 8; rows are left, top, right, bottom."""
    pixels = np.full(shape, GROUND, np.uint8)
    for left, top, right, bottom in rows:
        for x in range(left, right, 8):
            pixels[top:bottom, x : x + 4] = INK
    return pixels


# An upper row of 4 strokes, 24 pixels high, and a lower one of 8, 36 pixels high.
UPPER, LOWER = (40, 12, 68, 36), (24, 46, 84, 82)
PLATE = strokes((96, 112), UPPER, LOWER)


def joined(pixels, **params):
    (result,) = RowJoiner(**params).transform([pixels])
    return result


def count(pixels, **params):
    (result,) = RowJoiner(**params).count_rows([pixels])
    return result


def dark_runs(line):
    """Return the starts and the widths of the dark runs of a line of pixels."""
    dark = np.concatenate([[0], (line < (GROUND + INK) / 2).astype(int), [0]])
    starts, stops = np.flatnonzero(np.diff(dark) == 1), np.flatnonzero(np.diff(dark) == -1)
    return starts, stops - starts


def test_the_upper_row_is_on_the_left_and_both_have_one_height():
    result = joined(PLATE)
    starts, widths = dark_runs(result[len(result) // 2])
    assert len(starts) == 12
    # The upper row is enlarged from 24 to 36 pixels, by half.
    np.testing.assert_allclose(widths, [6] * 4 + [4] * 8, atol=1)
    np.testing.assert_allclose(np.diff(starts)[:3], 12, atol=1)
    np.testing.assert_allclose(np.diff(starts)[4:], 8, atol=1)
    heights = [dark_runs(result[:, start + 1])[1].tolist() for start in starts]
    np.testing.assert_allclose(heights, [[36]] * 12, atol=3)
    tops = [dark_runs(result[:, start + 1])[0][0] for start in starts]
    assert np.ptp(tops) <= 3


def test_about_a_quarter_of_the_height_is_kept_around_the_rows():
    result = joined(PLATE)
    # 36 pixels, and 9 above and below.
    assert len(result) == pytest.approx(54, abs=3)
    starts, widths = dark_runs(result[len(result) // 2])
    assert starts[0] == pytest.approx(9, abs=4)
    assert result.shape[1] - (starts[-1] + widths[-1]) == pytest.approx(9, abs=4)
    # Twice as much between the rows, plus the effect of smoothing at their ends.
    assert 18 <= starts[4] - (starts[3] + widths[3]) <= 30


def test_a_narrow_gap_is_padded_and_never_shows_the_other_row():
    plate = strokes((96, 112), (24, 10, 84, 46), (24, 50, 84, 86))
    result = joined(plate)
    starts, _ = dark_runs(result[len(result) // 2])
    assert len(starts) == 16
    # There are 9 pixels above the lower and below the upper strokes; 2 of them are the gap.
    for start in starts:
        tops, heights = dark_runs(result[:, start + 1])
        assert len(tops) == 1
        assert tops[0] == pytest.approx(9, abs=3)
        assert heights[0] == pytest.approx(36, abs=3)


@pytest.mark.parametrize("thickness", [2, 5])
def test_a_frame_is_removed(thickness):
    plate = PLATE.copy()
    cv2.rectangle(plate, (4, 4), (107, 91), INK, thickness)
    result = joined(plate)
    assert len(dark_runs(result[len(result) // 2])[0]) == 12


def test_light_characters_on_dark_are_split_the_same_way():
    result = joined(255 - PLATE)
    np.testing.assert_allclose(result, 255 - joined(PLATE).astype(int), atol=1)


def test_colours_do_not_change():
    colours = np.stack([PLATE, PLATE // 2, 255 - PLATE], axis=2)
    result = joined(colours)
    assert result.ndim == 3
    starts, _ = dark_runs(result[len(result) // 2, :, 0])
    np.testing.assert_allclose(result[len(result) // 2, starts[-1] + 1], [20, 10, 235], atol=20)
    np.testing.assert_allclose(result[1, 1], [220, 110, 35], atol=2)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (PLATE, 2),
        (strokes((96, 112), (8, 8, 104, 40), (8, 56, 104, 88)), 2),
        # One row with the same aspect ratio.
        (strokes((96, 112), (8, 24, 104, 72)), 1),
        (strokes((96, 112), (8, 4, 104, 92)), 1),
        # A caption above it, or a line of print below.
        (strokes((96, 112), (32, 8, 80, 18), (8, 32, 104, 88)), 1),
        (strokes((96, 112), (8, 8, 104, 64), (8, 78, 104, 88)), 1),
        # Two rows on a plate that is too wide.
        (strokes((30, 112), (8, 2, 104, 12), (8, 17, 104, 28)), 1),
        # Two rows on a plate that is nearly as wide.
        (strokes((40, 112), (8, 2, 104, 16), (8, 22, 104, 38)), 2),
        # Horizontal lines only.
        (np.repeat(np.arange(96, dtype=np.uint8)[:, None] // 8 % 2 * 200, 112, axis=1), 1),
        (np.zeros((1, 1, 3), np.uint8), 1),
        (np.array([[0, 255]], np.uint8), 1),
    ],
    ids=[
        "unequal",
        "equal",
        "one",
        "high",
        "caption",
        "print",
        "wide",
        "long",
        "level",
        "blank",
        "line",
    ],
)
def test_rows_are_counted(pixels, expected):
    assert count(pixels) == expected
    if expected == 1:
        result = joined(pixels)
        np.testing.assert_array_equal(result, pixels)
        assert not np.shares_memory(result, pixels)


def draw(text, font, scale, thickness):
    (width, height), _ = cv2.getTextSize(text, font, scale, thickness)
    place = ((150 - width) // 2, (96 + height) // 2)
    plate = np.full((96, 150), GROUND, np.uint8)
    return cv2.putText(plate, text, place, font, scale, INK, thickness, cv2.LINE_AA)


FEW = ["8", "B", "H", "R", "S", "88", "EH", "HH", "8B", "BR"]


@pytest.mark.parametrize("text", FEW)
def test_plates_of_one_or_two_characters_have_one_row(text):
    plate = draw(text, cv2.FONT_HERSHEY_SIMPLEX, 2.4, 7)
    assert count(plate) == 1
    np.testing.assert_array_equal(joined(plate), plate)


def test_one_or_two_characters_of_most_fonts_have_one_row():
    faces = ["SIMPLEX", "PLAIN", "DUPLEX", "COMPLEX", "TRIPLEX", "COMPLEX_SMALL"]
    plates = [
        draw(text, getattr(cv2, f"FONT_HERSHEY_{face}"), scale, thickness)
        for face in faces
        for text in FEW
        for scale, thickness in [(2.4, 7), (2.4, 3), (1.6, 5)]
    ]
    # OpenCV 4 draws a few 8 whose waist is narrower than the gap between its strokes.
    assert (RowJoiner().count_rows(plates) == 2).sum() <= 3


def test_equal_rows_whose_strokes_do_not_cross_the_gap_are_two():
    plate = strokes((96, 112), (40, 12, 72, 42), (40, 54, 72, 84))
    assert count(plate) == 2


THREE_ROWS = strokes((120, 112), (24, 8, 84, 34), (24, 44, 84, 70), (24, 80, 84, 106))


@pytest.mark.parametrize("method", ["transform", "count_rows"])
def test_a_warning_counts_plates_with_three_rows(method):
    with pytest.warns(UserWarning, match="2 of 4 plates .* three rows, the first is sample 1"):
        getattr(RowJoiner(n_jobs=2), method)([PLATE, THREE_ROWS, PLATE[:40], 255 - THREE_ROWS])


def test_the_number_of_rows_can_be_given():
    one_row = strokes((48, 112), (8, 12, 104, 36))
    assert count(PLATE, rows=1) == 1
    np.testing.assert_array_equal(joined(PLATE, rows=1), PLATE)
    assert count(one_row, rows=2) == 2
    # Without a visible gap the plate is split in the middle.
    level = np.repeat(np.arange(48, dtype=np.uint8)[:, None], 20, axis=1)
    np.testing.assert_array_equal(joined(level, rows=2), np.hstack([level[:24], level[24:]]))
    # A blank image or a single line of pixels cannot be split.
    blank = np.full((20, 30, 3), 7, np.uint8)
    line = np.array([[0, 255, 9]], np.uint8)
    assert RowJoiner(rows=2).count_rows([blank, line]).tolist() == [1, 1]
    for result, given in zip(
        RowJoiner(rows=2).transform([blank, line]), [blank, line], strict=True
    ):
        np.testing.assert_array_equal(result, given)


@pytest.mark.filterwarnings("ignore:.*seem to have three rows:UserWarning")
@pytest.mark.parametrize("rows", ["auto", 2])
def test_any_image_is_joined_or_returned_unchanged(rows):
    rng = np.random.default_rng(0)
    shapes = [(h, w) for h in (1, 2, 3, 5, 9, 16, 70) for w in (1, 2, 3, 8, 40, 300)]
    X = [rng.integers(0, 2, shape, dtype=np.uint8) * 255 for shape in shapes]
    X += [np.repeat(pixels[:1], len(pixels), axis=0) for pixels in X]
    X += [pixels * (np.arange(len(pixels)) % 4 > 1)[:, None].astype(np.uint8) for pixels in X]
    for given, result in zip(X, RowJoiner(rows=rows).transform(X), strict=True):
        assert result.dtype == np.uint8
        assert result.ndim == given.ndim
        assert result.size


@pytest.mark.parametrize(("margin", "minimum"), [(0.0, 0.97), (0.1, 0.95)])
def test_synthetic_plates_are_distinguished(margin, minimum):
    cropper = PlateCropper(margin=margin)
    two = cropper.transform(make_plates(150, syntaxes=TWO_ROWS, random_state=10).data)
    one = cropper.transform(make_plates(150, syntaxes=["@###", "@@@####"], random_state=11).data)
    counts = RowJoiner().count_rows(two)
    # It misses upper rows of only two thin letters.
    assert (counts == 2).mean() > minimum
    assert (RowJoiner().count_rows(one) == 1).mean() > 0.98
    results = RowJoiner().transform(two)
    for given, result, number in zip(two, results, counts, strict=True):
        if number == 1:
            np.testing.assert_array_equal(result, given)
            continue
        aspects = [pixels.shape[1] / pixels.shape[0] for pixels in (given, result)]
        assert aspects[1] > 1.2 * aspects[0]
        assert count(result) == 1


@pytest.mark.parametrize("mirror", [False, True], ids=["left", "right"])
@pytest.mark.parametrize(
    "width",
    [
        21,  # the band's edge ends beside the first stroke of the lower row
        14,  # the band's edge continues in the first stroke
    ],
)
def test_a_band_beside_the_upper_row_leaves_the_lower_row_whole(width, mirror):
    pixels = np.full((96, 112), GROUND, np.uint8)
    for x in (40, 66):
        pixels[12:36, x : x + 6] = INK
    for x in (8, 37, 66, 95):
        pixels[46:82, x : x + 6] = INK
    pixels[:45, :width] = INK  # its edge crosses the gap
    pixels = pixels[:, ::-1] if mirror else pixels
    result = joined(pixels)
    starts, widths = dark_runs(result[len(result) // 2])
    lower = starts[np.abs(widths - 6) <= 1]  # the upper row is enlarged by half
    np.testing.assert_allclose(np.diff(lower), [29, 29, 29], atol=1)


@pytest.mark.parametrize("slope", [-0.25, -0.12, 0.12, 0.25])
def test_the_rows_of_a_tilted_plate_are_made_level(slope):
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * (PLATE.shape[1] - 1) / 2]])
    tilted = cv2.warpAffine(PLATE, matrix, PLATE.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    result = joined(tilted)
    assert result.shape == pytest.approx(joined(PLATE).shape, abs=6)
    starts, widths = dark_runs(result[len(result) // 2])
    assert len(starts) == 12
    for start, width in zip(starts, widths, strict=True):
        tops, heights = dark_runs(result[:, start + width // 2])
        np.testing.assert_allclose(tops, [len(result) / 2 - 18], atol=4)
        np.testing.assert_allclose(heights, [36], atol=4)


def test_upper_ends_of_few_strokes_are_kept():
    # Two of five strokes in the upper row begin 8 pixels above the others.
    plate = strokes((96, 112), (36, 20, 76, 36), (52, 12, 68, 36), LOWER)
    result = joined(plate, rows=2)
    starts, _ = dark_runs(result[len(result) // 2])
    assert len(starts) == 13
    tops = [dark_runs(result[:, start + 1])[0][0] for start in starts[:5]]
    assert len(result) == pytest.approx(54, abs=3)
    assert min(tops) >= 4


@pytest.mark.parametrize("layout", ["united_states", "peru", "brazil"])
def test_captions_are_not_rows(layout):
    plates = make_plates(80, layouts=layout, random_state=20)
    counts = RowJoiner().count_rows(PlateCropper(margin=0.05).transform(plates.data))
    assert (counts == plates.frame["rows"]).mean() > 0.96


def test_captions_of_real_plates_are_not_rows(shared_data):
    X = load_plates(shared_data / "crops" / "pe").data
    # Without the network, one in sixty.
    assert (RowJoiner(n_jobs=2).count_rows(X[::5]) == 1).all()


def test_real_plates_with_one_row_do_not_change(shared_data):
    samples = [
        *PlateCropper(margin=0.1).transform(load_ccpd(shared_data / "ccpd" / "plates").data[::20]),
        *load_plates(shared_data / "crops" / "vn").data[::20],
        *load_plates(shared_data / "crops" / "eu_mixed").data[::4],
    ]
    assert (RowJoiner().count_rows(samples) == 1).mean() > 0.99


def test_real_plates_with_two_rows_are_found(shared_data):
    images = shared_data / "crops" / "tn" / "images"
    names = ["193.jpg", "278.jpg", "345.jpg", "576.jpg", "607.jpg", "825.jpg"]
    assert RowJoiner().count_rows([images / name for name in names]).tolist() == [2] * 6


def test_the_result_depends_on_the_sample_only():
    X = [PLATE, PlateImage(PLATE[:40]), 255 - PLATE, PLATE[..., None], np.zeros((4, 4), np.uint8)]
    alone = [RowJoiner().transform([sample])[0] for sample in X]
    together = RowJoiner(n_jobs=3).fit_transform(X)
    assert together.dtype == object
    assert together.shape == (5,)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)
    counts = RowJoiner(n_jobs=3).count_rows(X)
    assert counts.dtype == int
    assert counts.tolist() == [2, 1, 2, 2, 1]


def test_read_only_input_in_any_layout_is_not_modified():
    before = PLATE.copy()
    before.flags.writeable = False
    for view in (before, np.asfortranarray(before), np.repeat(before, 2, axis=1)[:, ::2]):
        view.flags.writeable = False
        np.testing.assert_array_equal(joined(view), joined(PLATE))
        assert not np.shares_memory(joined(view), view)
    np.testing.assert_array_equal(before, strokes((96, 112), UPPER, LOWER))


def test_it_is_a_stateless_pipeline_step():
    scenes = make_plates(3, syntaxes=TWO_ROWS, random_state=0).data
    pipeline = make_pipeline(PlateCropper(), RowJoiner(), PlateNormalizer())
    assert pipeline.transform(scenes).shape == (3, 24, 94, 3)
    assert clone(pipeline).set_params(rowjoiner__rows=2).fit_transform(scenes).shape[0] == 3
    joiner = RowJoiner(rows=2)
    assert repr(pickle.loads(pickle.dumps(joiner))) == "RowJoiner(rows=2)"
    assert set(vars(joiner.fit([PLATE]))) == {"rows", "n_jobs"}


@pytest.mark.parametrize("method", ["fit", "transform", "count_rows"])
@pytest.mark.parametrize(
    ("params", "name"),
    [({"rows": 3}, "rows"), ({"rows": "two"}, "rows"), ({"n_jobs": 0.5}, "n_jobs")],
)
def test_invalid_parameters_are_rejected(method, params, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of RowJoiner must be"):
        getattr(RowJoiner(**params), method)([PLATE])


@pytest.mark.parametrize("method", ["transform", "count_rows"])
def test_a_damaged_file_is_named_with_its_index(method, tmp_path):
    path = tmp_path / "damaged.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n....")
    with pytest.raises(SampleError, match=r"Sample 1: .*damaged\.png"):
        getattr(RowJoiner(), method)([PLATE, path])


@pytest.mark.parametrize(("strong_lines", "crossed"), [([], False), ([13], False), ([11], True)])
def test_strokes_cross_a_gap_if_they_are_on_its_three_lines(strong_lines, crossed):
    strokes = np.tile([0, 0, 0, 90, 90, 90], 10).astype(np.float32)
    edges = np.zeros((24, 60), np.float32)
    edges[2:9] = edges[15:22] = strokes
    edges[strong_lines] = 3 * strokes
    patch = np.full((24, 60), 220, np.uint8)  # without ink between the rows
    patch[2:9] = patch[15:22] = 220 - strokes
    assert _is_crossed(patch, edges, ((2, 9), (15, 22)), gap=11) == crossed


def test_the_variation_of_a_line_is_that_without_its_gradient():
    gradient = [20, 60, 100, 140, 180]
    ink = [100, 100, 150, 100, 100]  # a mean of 110 and squared differences of 1600 and 4 x 100
    both = [20, 60, 150, 140, 180]
    found = _variation(np.array([gradient, ink, both, [7] * 5], np.uint8))
    np.testing.assert_allclose(found, [0, 20, 20, 0], atol=1e-3)


@pytest.mark.parametrize("upside_down", [False, True], ids=["lower", "upper"])
def test_a_side_of_the_plate_runs_along_a_row_and_beyond_both_its_ends(upside_down):
    edges = np.zeros((64, 40), np.float32)
    edges[36:50, [5, 15, 25]] = 90  # across the gap at 40 and along the row, from 44 to 50
    edges[54:, 5] = 90  # only far below the row
    edges[51:54, 25] = 90
    expected = np.zeros(40, np.float32)
    # The taps of a filter of width 5 and deviation 1.
    taps = np.exp([-2, -0.5, 0, -0.5, -2])
    expected[23:28] = 90 * taps / taps.sum()
    edges, extent, gap = (edges[::-1], (14, 20), 23) if upside_down else (edges, (44, 50), 40)
    np.testing.assert_allclose(_find_sides(edges, extent, gap), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("valley", "weak", "are_two"),
    [
        (0.0, 0.0, True),
        (0.2, 0.0, False),  # not deep enough
        # Weak lines are not counted up to half of the maximum: 0.6 times 10 is 6, times 18 is 10.8.
        (0.0, 0.4, True),
        (0.0, 0.6, False),
    ],
)
def test_two_parts_of_a_peak_are_rows_if_they_are_as_high_as_the_other(valley, weak, are_two):
    peak = np.float32([1] * 6 + [valley] * 3 + [1] * 6)
    other = np.float32([1] * 10 + [weak] * 8)
    assert _are_two(peak, other) == are_two


@pytest.mark.parametrize("width", [7, 8])
def test_columns_rise_by_the_slope_times_their_distance_from_the_middle(width):
    rows = np.repeat(np.arange(12, dtype=np.float32)[:, None], width, axis=1)
    expected = rows + 0.25 * (np.arange(width) - (width - 1) / 2)
    np.testing.assert_allclose(_shear(rows, 0.25)[2:-2], expected[2:-2], atol=1e-3)


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ({"syntaxes": TWO_ROWS}, True),
        ({"syntaxes": ["@###", "@@@####"]}, False),
        ({"layouts": "united_states"}, False),  # with captions
    ],
)
def test_the_network_tells_two_rows_from_one_with_a_caption(formats, expected):
    crops = PlateCropper(margin=0.05).transform(make_plates(40, random_state=10, **formats).data)
    assert np.mean([has_two_rows(crop) == expected for crop in crops]) > 0.9
