import pickle

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from threadpoolctl import threadpool_info

from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.datasets.synthetic._glyphs import CAP_HEIGHT, OVERHANG, TYPEFACES, draw_glyph
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper

TEXT = "AB52C34"


def draw(text=TEXT, gap=9, ground=215, ink=35, size=40, pitch=27, margin=(22, 20)):
    """Draw characters on a grey plate; return it and their boxes (x, y, width, height)."""
    overhang = round(size * OVERHANG)
    left, top = margin
    plate = np.full((size + 2 * top, 2 * left + pitch * len(text) + gap), ground, float)
    boxes = []
    for index, character in enumerate(text):
        glyph = draw_glyph(character, TYPEFACES[1])
        width = min(pitch - 5, round(0.62 * size * glyph.shape[1] / CAP_HEIGHT))
        glyph = cv2.resize(glyph, (width, size + 2 * overhang), interpolation=cv2.INTER_AREA)
        x = left + pitch * index + (pitch - width) // 2 + gap * (index >= 2)
        area = plate[top - overhang : top + size + overhang, x : x + width]
        area += (ink - ground) * (glyph / 255)
        boxes.append([x, top, width, size])
    return plate.clip(0, 255).astype(np.uint8), np.array(boxes, float)


def noisy(plate, seed=0):
    noise = np.random.default_rng(seed).normal(0, 5, plate.shape)
    return (cv2.GaussianBlur(plate, (3, 3), 0) + noise).clip(0, 255).astype(np.uint8)


def overlap(found, expected):
    """Return the intersection over union of each box with its best match."""
    start = np.maximum(found[:, np.newaxis, :2], expected[:, :2])
    end = np.minimum(
        (found[:, :2] + found[:, 2:])[:, np.newaxis], expected[:, :2] + expected[:, 2:]
    )
    common = np.prod(np.maximum(end - start, 0), axis=2)
    areas = np.prod(found[:, 2:], axis=1)[:, np.newaxis] + np.prod(expected[:, 2:], axis=1)
    ratio = common / (areas - common)
    return ratio[linear_sum_assignment(ratio, maximize=True)]


def segment(plate, **params):
    (found,) = CharacterSegmenter(**params).segment([plate])
    return found


def transform(plate, **params):
    (segments,) = CharacterSegmenter(**params).transform([plate])
    return segments


@pytest.mark.parametrize(("ground", "ink"), [(215, 35), (40, 220), (90, 160), (150, 100)])
def test_boxes_are_those_of_the_characters(ground, ink):
    plate, boxes = draw(ground=ground, ink=ink)
    found = segment(noisy(plate))
    assert len(found.boxes) == len(TEXT)
    assert overlap(found.boxes, boxes).min() > 0.6
    assert (np.diff(found.boxes[:, 0]) > 0).all()
    assert found.boxes.dtype == found.scores.dtype == np.float64
    assert found.scores.shape == (len(TEXT),)
    assert ((found.scores > 0.5) & (found.scores < 1)).all()


@pytest.mark.parametrize("text", ["7", "A1", "XY34", "AB123", "ABC123", "AB12CD34", "ABC123456"])
def test_the_number_of_characters_is_found(text):
    plate, boxes = draw(text, margin=(30, 22))
    found = segment(noisy(plate))
    assert len(found.boxes) == len(text)
    assert overlap(found.boxes, boxes).min() > 0.5


@pytest.mark.parametrize("factor", [0.4, 1, 3])
def test_size_does_not_matter(factor):
    plate, boxes = draw()
    size = (round(plate.shape[1] * factor), round(plate.shape[0] * factor))
    plate = cv2.resize(plate, size, interpolation=cv2.INTER_AREA)
    found = segment(plate)
    assert len(found.boxes) == len(TEXT)
    assert overlap(found.boxes / factor, boxes).min() > 0.6


@pytest.mark.parametrize("slope", [-0.12, 0.12])
def test_sloping_rows_are_found_and_levelled(slope):
    plate, boxes = draw(margin=(25, 30))
    shear = np.array([[1, 0, 0], [slope, 1, -slope * plate.shape[1] / 2]])
    sloping = cv2.warpAffine(
        plate, shear, plate.shape[::-1], borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_LINEAR
    )
    boxes[:, 1] += slope * (boxes[:, 0] + boxes[:, 2] / 2 - plate.shape[1] / 2)
    found = segment(sloping)
    assert len(found.boxes) == len(TEXT)
    assert overlap(found.boxes, boxes).min() > 0.6
    # After levelling, each character is placed as on the plate without slope.
    drift = centre_rows(sloping) - centre_rows(plate)
    assert abs(np.polyfit(np.arange(len(TEXT)), drift, 1)[0]) < 0.3


def centre_rows(plate):
    """Return the vertical centre of mass of each segment's ink."""
    ink = 255 - transform(plate, width=20)[:, :, :, 0].mean(axis=2)
    return (ink @ np.arange(ink.shape[1])) / ink.sum(axis=1)


def frame(plate):
    cv2.rectangle(plate, (2, 2), (plate.shape[1] - 3, plate.shape[0] - 3), 35, 3)


def bolts(plate):
    for x in (40, plate.shape[1] - 40):
        for y in (8, plate.shape[0] - 9):
            cv2.circle(plate, (x, y), 4, 70, cv2.FILLED)


def dot(plate):
    cv2.circle(plate, (22 + 2 * 27 + 5, plate.shape[0] // 2), 3, 35, cv2.FILLED)


def strip(plate):
    plate[:14] = 60
    cv2.putText(plate, "COUNTRY", (70, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 230, 1)


@pytest.mark.parametrize("clutter", [frame, bolts, dot, strip])
def test_other_objects_are_discarded(clutter):
    plate, boxes = draw()
    clutter(plate)
    found = segment(noisy(plate))
    assert len(found.boxes) == len(TEXT)
    assert overlap(found.boxes, boxes).min() > 0.6


def test_touching_characters_are_split():
    plate, boxes = draw("888888", gap=0, pitch=22)
    assert boxes[1, 0] - boxes[0, 0] - boxes[0, 2] <= 5
    plate = cv2.GaussianBlur(plate, (7, 3), 2.5)
    found = segment(plate)
    assert len(found.boxes) == 6
    assert overlap(found.boxes, boxes).min() > 0.5


def test_broken_characters_are_merged():
    plate, boxes = draw()
    plate[38:41] = 215  # a scratch through the whole row
    found = segment(noisy(plate))
    assert len(found.boxes) == len(TEXT)
    assert overlap(found.boxes, boxes).min() > 0.6


@pytest.mark.parametrize("n_characters", [1, 3, 6, 7, 8, (8, 9)])
def test_the_requested_number_is_found(n_characters):
    plate = noisy(draw()[0])
    expected = n_characters if isinstance(n_characters, int) else n_characters[0]
    found = segment(plate, n_characters=n_characters)
    assert len(found.boxes) == expected
    assert len(transform(plate, n_characters=n_characters)) == expected


def test_a_range_limits_the_number():
    plates = [noisy(draw(text)[0]) for text in ("AB12", "AB12C34", "AB12C345D")]
    for low, high in ((1, 20), (5, 8), (7, 7)):
        found = CharacterSegmenter(n_characters=(low, high)).segment(plates)
        assert [len(plate.boxes) for plate in found] == [np.clip(n, low, high) for n in (4, 7, 9)]


def test_segments_show_their_characters():
    plate, boxes = draw()
    segments = transform(plate, color="grey", contrast=None, aspect="stretch", margin=0.0)
    assert segments.shape == (7, 32, 24, 1)
    assert segments.dtype == np.uint8
    for shown, (x, y, width, height) in zip(segments, boxes.astype(int), strict=True):
        expected = cv2.resize(plate[y : y + height, x : x + width], (24, 32))
        assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.6


def test_padding_keeps_narrow_characters_narrow():
    plate, _ = draw("M1M1M1", pitch=34, gap=0)
    padded, stretched = (
        (transform(plate, aspect=aspect, margin=0.0)[..., 0] < 100).mean(axis=(1, 2))
        for aspect in ("pad", "stretch")
    )
    ratio = padded / stretched
    assert ratio[1::2].max() < 0.95 * ratio[0::2].min()


def test_the_margin_shows_the_surroundings():
    plate, _ = draw()
    heights = [(transform(plate, margin=m)[0] < 128).any(axis=(1, 2)).sum() for m in (0.0, 0.5)]
    assert heights[0] > 28
    assert heights[1] == pytest.approx(16, abs=4)  # the row fills 1 / (1 + 2 * 0.5) of 32 lines


@pytest.mark.parametrize("color", ["grey", "rgb"])
@pytest.mark.parametrize("contrast", [None, "equalize", "clahe", "stretch"])
@pytest.mark.parametrize("grey", [True, False])
def test_color_determines_the_channels(color, contrast, grey):
    plate = draw()[0]
    rgb = np.dstack([plate, plate // 2, plate // 3])
    segments = transform(
        plate if grey else rgb, color=color, contrast=contrast, height=20, width=16
    )
    assert segments.shape == (7, 20, 16, 3 if color == "rgb" else 1)
    if color == "rgb":
        assert np.array_equal(segments[..., 0], segments[..., 2]) == grey


def test_contrast_is_stretched_for_the_whole_row():
    plate, _ = draw(ground=130, ink=100)
    assert np.ptp(transform(plate, contrast=None)) < 60
    assert np.ptp(transform(plate)) == 255


@pytest.mark.parametrize("aspect", ["pad", "stretch"])
@pytest.mark.parametrize("margin", [0, 1])
@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (2, 3), (5, 5), (400, 30)])
def test_unusual_crops(shape, aspect, margin):
    crop = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for n_characters in (None, 3):
        segments = transform(crop, n_characters=n_characters, aspect=aspect, margin=margin)
        assert segments.shape[1:] == (32, 24, 1)
        assert len(segments) <= (n_characters or 36)


@pytest.mark.parametrize("shape", [(1, 9000), (3, 40000), (40000, 3), (20, 40000, 3)])
def test_very_long_crops_take_little_memory(shape, monkeypatch):
    sides = []
    warp = cv2.warpAffine

    def spy(pixels, matrix, size, **options):
        sides.extend([*pixels.shape[:2], *size])
        return warp(pixels, matrix, size, **options)

    monkeypatch.setattr(cv2, "warpAffine", spy)
    crop = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for n_characters in (None, 3):
        assert transform(crop, n_characters=n_characters).shape[1:] == (32, 24, 1)
    assert max(sides) < 2**15 - 1  # the maximum of OpenCV 4


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (40, 90), (40, 90, 3)])
@pytest.mark.parametrize("color", ["grey", "rgb"])
@pytest.mark.parametrize("n_characters", [None, 7])
def test_blank_crops_have_no_segments(shape, color, n_characters):
    blank = np.full(shape, 130, np.uint8)
    segments = transform(blank, color=color, n_characters=n_characters)
    assert segments.shape == (0, 32, 24, 3 if color == "rgb" else 1)
    assert segments.dtype == np.uint8
    found = segment(blank, n_characters=n_characters)
    assert found.boxes.shape == (0, 4)
    assert found.scores.shape == (0,)


def test_without_characters_there_are_no_segments():
    ramp = np.tile(np.linspace(60, 190, 120).astype(np.uint8), (40, 1))
    assert transform(ramp).shape == (0, 32, 24, 1)
    assert segment(ramp).boxes.shape == (0, 4)


@pytest.fixture
def batch():
    texts = ("AB12", "AB12C34", "XY345")
    plates = [
        noisy(draw(text, margin=(20 + 5 * seed, 18))[0], seed) for seed, text in enumerate(texts)
    ]
    return [*plates, np.dstack([plates[1]] * 3), np.full((10, 20, 3), 7, np.uint8)]


def assert_same(actual, expected):
    assert isinstance(actual, np.ndarray)
    assert actual.dtype == object
    assert actual.shape == (len(expected),)
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_equal_counts_return_an_object_array():
    plate = noisy(draw()[0])
    result = CharacterSegmenter().transform([plate, plate])
    assert result.shape == (2,)
    assert result.dtype == object


def test_a_plate_does_not_depend_on_the_batch_or_on_threads(batch):
    segmenter = CharacterSegmenter()
    together = segmenter.fit_transform(batch * 2)
    assert_same(segmenter.set_params(n_jobs=3).transform(batch * 2), together)
    for index, sample in enumerate(batch):
        np.testing.assert_array_equal(segmenter.transform([sample])[0], together[index])


def test_segment_and_transform_agree(batch):
    segmenter = CharacterSegmenter(n_jobs=2)
    counts = [len(found.boxes) for found in segmenter.segment(batch)]
    assert counts == [len(segments) for segments in segmenter.transform(batch)] == [4, 7, 5, 7, 0]


def test_read_only_memmaps_are_not_modified(tmp_path):
    plates = np.stack([noisy(draw()[0], seed) for seed in range(3)])[..., np.newaxis]
    np.save(tmp_path / "plates.npy", plates)
    memmap = np.load(tmp_path / "plates.npy", mmap_mode="r")
    result = CharacterSegmenter().transform(memmap)
    assert_same(result, CharacterSegmenter().transform(plates))
    for segments in result:
        segments[:] = 0
    np.testing.assert_array_equal(memmap, plates)


@pytest.mark.parametrize(
    "view",
    [
        lambda rgb: rgb[:, :, ::-1],
        lambda rgb: rgb[::2, ::2],
        lambda rgb: np.asfortranarray(rgb),
        lambda rgb: rgb[:, :, 1],
        lambda rgb: rgb[:, ::-1, 1],
    ],
    ids=["bgr", "strided", "fortran", "channel", "mirrored"],
)
@pytest.mark.parametrize("color", ["grey", "rgb"])
def test_layout_in_memory_does_not_matter(view, color):
    plate = noisy(draw()[0])
    pixels = view(np.dstack([plate, plate // 2, 255 - plate]))
    expected = transform(pixels.copy(order="C"), color=color)
    np.testing.assert_array_equal(transform(pixels, color=color), expected)


def test_the_number_of_blas_threads_does_not_change(batch):
    before = threadpool_info()
    CharacterSegmenter().transform(batch)
    assert threadpool_info() == before


def test_clone_pickle_tags_and_pipeline():
    plates = make_plates(3, random_state=1)
    pipeline = make_pipeline(PlateCropper(margin=0.1), CharacterSegmenter(n_characters=(5, 9)))
    expected = pipeline.transform(plates.data)
    assert_same(pickle.loads(pickle.dumps(clone(pipeline))).fit_transform(plates.data), expected)
    pipeline.set_params(charactersegmenter__height=20, charactersegmenter__n_characters=7)
    assert [segments.shape for segments in pipeline.transform(plates.data)] == [(7, 20, 24, 1)] * 3
    assert not get_tags(CharacterSegmenter()).requires_fit
    assert repr(CharacterSegmenter(n_characters=7)) == "CharacterSegmenter(n_characters=7)"


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"n_characters": 0}, "n_characters"),
        ({"n_characters": 7.0}, "n_characters"),
        ({"n_characters": (8, 7)}, "n_characters"),
        ({"n_characters": (0, 7)}, "n_characters"),
        ({"n_characters": (5, 6, 7)}, "n_characters"),
        ({"n_characters": (5, "7")}, "n_characters"),
        ({"height": 0}, "height"),
        ({"width": 24.0}, "width"),
        ({"color": "gray"}, "color"),
        ({"contrast": "gamma"}, "contrast"),
        ({"margin": -0.1}, "margin"),
        ({"aspect": "keep"}, "aspect"),
        ({"n_jobs": 1.5}, "n_jobs"),
    ],
)
def test_invalid_parameters_are_rejected(params, name):
    segmenter, X = CharacterSegmenter(**params), draw()[0][np.newaxis, ..., np.newaxis]
    for method in (segmenter.fit, segmenter.transform, segmenter.segment):
        with pytest.raises(ValueError, match=f"'{name}' parameter of CharacterSegmenter must be"):
            method(X)


def test_synthetic_plates():
    plates = make_plates(40, random_state=3)
    crops = PlateCropper(margin=0.1).transform(plates.data)
    counts = [len(segments) for segments in CharacterSegmenter().transform(crops)]
    assert np.mean(np.array(counts) == [len(text) for text in plates.target]) > 0.9


def held_out(plates):
    splitter = PlateShuffleSplit(1, test_size=0.2, random_state=0)
    return next(splitter.split(plates.data, plates.target))[1]


def test_real_rectified_plates_of_seven_and_eight(shared_data):
    plates = load_ccpd(shared_data / "ccpd" / "plates")
    some = held_out(plates)[::4]
    crops = PlateCropper(margin=0.1).transform(plates.data[some])
    counts = np.array([len(found.boxes) for found in CharacterSegmenter().segment(crops)])
    assert np.mean(counts == [len(text) for text in plates.target[some]]) > 0.9


def test_real_plates_with_annotated_boxes(shared_data):
    plates = load_plates(shared_data / "crops" / "eg_char_boxes")
    some = held_out(plates)[::4]
    n_right = n_found = n_boxes = 0
    for index, found in zip(some, CharacterSegmenter().segment(plates.data[some]), strict=True):
        height, width = plates.data[index].pixels().shape[:2]
        boxes = plates.frame["char_boxes"][index][:, 1:] * np.array([width, height] * 2)
        boxes[:, :2] -= boxes[:, 2:] / 2
        n_right += (overlap(found.boxes, boxes) >= 0.5).sum()
        n_found += len(found.boxes)
        n_boxes += len(boxes)
    assert n_right / n_boxes > 0.9
    assert n_right / n_found > 0.9
