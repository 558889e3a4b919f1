import warnings

import numpy as np
import pytest

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.detection import ContourPlateDetector
from sklearn_lpr.images import SampleError, box_corners
from sklearn_lpr.images._quads import suppress_overlaps
from sklearn_lpr.preprocessing import PlateCropper, find_plates

SYNTHETIC = make_plates(12, random_state=7).data
SURE = ContourPlateDetector(threshold=0.5)


def drawn_plate(ground, text):
    """Draw a plate with white characters and its surroundings."""
    pixels = np.full((120, 240, 3), (90, 85, 80), np.uint8)
    pixels[36:84, 26:214] = ground
    for place, character in enumerate(text):
        at = (36 + 25 * place, 73)
        cv2.putText(pixels, character, at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (240, 240, 240), 3)
    return PlateImage(pixels, corners=box_corners(26, 36, 188, 48))


DRAWN = [
    drawn_plate((20, 60, 200), "AB12345"),
    drawn_plate((20, 110, 60), "XK90771"),
    drawn_plate((20, 60, 200), "HN46208"),
    drawn_plate((20, 110, 60), "PT35182"),
]


def photo_of(plates, seed=0):
    """Place up to six plates with their surroundings on a smooth, noisy background."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(60, 180, (4, 5, 3)).astype(np.uint8)
    photo = cv2.resize(ground, (900, 440), interpolation=cv2.INTER_CUBIC)
    photo = (photo + rng.normal(0, 5, photo.shape)).clip(0, 255).astype(np.uint8)
    corners = []
    for place, plate in enumerate(plates):
        pixels = plate.pixels()
        height, width = pixels.shape[:2]
        left_top = np.array([20 + place % 3 * 290, 20 + place // 3 * 210])
        x, y = left_top
        photo[y : y + height, x : x + width] = pixels
        corners.append(plate.corners + left_top)
    return photo, np.reshape(corners, (-1, 4, 2))


def overlap(first, second):
    a, b = np.float32(first), np.float32(second)
    common = cv2.intersectConvexConvex(a, b)[0]
    return common / (cv2.contourArea(a) + cv2.contourArea(b) - common)


@pytest.fixture(scope="module")
def street():
    return photo_of(DRAWN)


@pytest.fixture(scope="module")
def empty():
    return photo_of([])[0]


class Fixed:
    """Detector with fixed plates; the photo's first pixel is their number."""

    QUADS = np.stack([box_corners(10 * place, 5, 8, 4) for place in range(3)])

    def detect_all(self, X):
        return [
            (self.QUADS[: photo.flat[0]], np.array([0.9, 0.8, 0.7])[: photo.flat[0]]) for photo in X
        ]


class One:
    """Detector of at most one plate per photo."""

    def detect(self, X):
        return [Fixed.QUADS[0] if photo.flat[0] else None for photo in X]


class Constant:
    """Detector that returns the same result for each photo."""

    def __init__(self, found):
        self.found = found

    def detect_all(self, X):
        return [self.found] * len(X)


class OneResult:
    """Detector that returns the same result for each photo from the method `detect`."""

    def __init__(self, found):
        self.found = found

    def detect(self, X):
        return [self.found] * len(X)


class TooFew:
    """Detector that returns no results."""

    def detect_all(self, X):
        return []


def photo_with(count):
    photo = np.full((20, 60, 3), 50, np.uint8)
    photo.flat[0] = count
    return photo


# The detector


def test_all_plates_of_a_photo_are_found(street):
    photo, truth = street
    [(corners, scores)] = SURE.detect_all([photo])
    assert corners.shape == (4, 4, 2)
    assert scores.shape == (4,)
    assert corners.dtype == scores.dtype == np.float64
    for plate in truth:
        assert max(overlap(found, plate) for found in corners) > 0.5


def test_the_best_plate_is_first_and_equals_that_of_detect(street):
    photo, _ = street
    for threshold in (0, 0.2, 0.5):
        detector = ContourPlateDetector(threshold=threshold)
        [(corners, scores)] = detector.detect_all([photo])
        assert (np.diff(scores) <= 0).all()
        assert scores.min() >= threshold
        np.testing.assert_array_equal(corners[0], detector.detect([photo])[0])


def test_found_plates_hardly_overlap(street):
    photo, _ = street
    [(corners, _)] = ContourPlateDetector(threshold=0).detect_all([photo])
    assert len(corners) > 4
    for place, quad in enumerate(corners):
        for other in corners[:place]:
            a, b = np.float32(quad), np.float32(other)
            common = cv2.intersectConvexConvex(a, b)[0]
            assert common <= 0.15 * min(cv2.contourArea(a), cv2.contourArea(b))


def test_a_better_candidate_removes_those_that_it_overlaps():
    quads = np.stack(
        [
            box_corners(0, 0, 50, 20),  # overlaps the next by 3/5
            box_corners(20, 0, 50, 20),
            box_corners(30, 5, 10, 5),  # a part of both
            box_corners(69, 0, 50, 20),  # overlaps the second by 1/50
        ]
    )
    assert suppress_overlaps(quads, np.array([0.6, 0.9, 0.7, 0.8])) == [1, 3]
    # A box that overlaps only a removed one is kept.
    assert suppress_overlaps(quads, np.array([0.9, 0.8, 0.1, 0.7])) == [0, 3]
    # Of equal scores the first is kept.
    assert suppress_overlaps(quads[:2], np.array([0.5, 0.5])) == [0]


def test_photos_without_plates_have_empty_results(empty):
    for corners, scores in SURE.detect_all([empty, np.zeros((9, 9), np.uint8)]):
        assert corners.shape == (0, 4, 2)
        assert scores.shape == (0,)


# find_plates


def test_each_plate_becomes_a_sample(street):
    photos, truths = zip(street, photo_of(DRAWN[:2], seed=1), strict=True)
    samples, scene_index = find_plates(photos, detector=SURE)
    assert samples.dtype == object
    assert scene_index.tolist() == [0] * 4 + [1] * 2
    assert np.issubdtype(scene_index.dtype, np.integer)
    for sample, index in zip(samples, scene_index, strict=True):
        assert sample.source is photos[index]
        assert max(overlap(sample.corners, plate) for plate in truths[index]) > 0.5
    crops = PlateCropper(margin=0.1).fit_transform(samples)
    assert all(crop.shape[0] < 80 for crop in crops)


def test_most_plates_are_found_with_few_false_positives():
    composed = [photo_of(SYNTHETIC[place : place + 3], seed=place) for place in (0, 3, 6, 9)]
    samples, scene_index = find_plates([photo for photo, _ in composed], detector=SURE, n_jobs=2)
    hits = sum(
        any(overlap(sample.corners, plate) >= 0.5 for sample in samples[scene_index == index])
        for index, (_, truth) in enumerate(composed)
        for plate in truth
    )
    assert hits >= 10
    assert len(samples) - hits <= 2


def test_samples_are_in_the_order_of_the_detector():
    X = [photo_with(3), photo_with(1), photo_with(2)]
    samples, scene_index = find_plates(X, detector=Fixed())
    assert scene_index.tolist() == [0, 0, 0, 1, 2, 2]
    for sample, place in zip(samples, [0, 1, 2, 0, 0, 1], strict=True):
        np.testing.assert_array_equal(sample.corners, Fixed.QUADS[place])


def test_max_plates_takes_the_best():
    samples, scene_index = find_plates(
        [photo_with(3), photo_with(1)], detector=Fixed(), max_plates=2
    )
    assert scene_index.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(samples[1].corners, Fixed.QUADS[1])


def test_a_detector_with_detect_only_finds_at_most_one():
    with pytest.warns(UserWarning, match="in 1 of 3 photos"):
        samples, scene_index = find_plates(
            [photo_with(3), photo_with(0), photo_with(1)], detector=One()
        )
    assert scene_index.tolist() == [0, 2]
    np.testing.assert_array_equal(samples[1].corners, Fixed.QUADS[0])


def test_photos_without_a_plate_are_counted_in_one_warning():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        samples, scene_index = find_plates([photo_with(0)] * 3, detector=Fixed())
    assert [str(warning.message) for warning in caught] == [
        "No plate was found in 3 of 3 photos; they yield no samples."
    ]
    assert caught[0].filename == __file__
    assert samples.shape == scene_index.shape == (0,)
    assert np.issubdtype(scene_index.dtype, np.integer)


def test_the_detector_is_not_called_for_a_blank_photo():
    blank = np.full((20, 60), 3, np.uint8)
    with pytest.warns(UserWarning, match="in 1 of 2 photos"):
        _, scene_index = find_plates([blank, photo_with(1)], detector=Fixed())
    assert scene_index.tolist() == [1]


def test_the_sources_of_paths_are_paths(street, tmp_path):
    photo, _ = street
    path = tmp_path / "street.png"
    cv2.imwrite(str(path), photo[:, :, ::-1])
    (of_path, index), (of_array, _) = (find_plates([X], detector=SURE) for X in (path, photo))
    assert index.tolist() == [0, 0, 0, 0]
    for sample, other in zip(of_path, of_array, strict=True):
        assert sample.source is path
        np.testing.assert_array_equal(sample.corners, other.corners)


def test_all_forms_of_a_batch_share_memory():
    stack = np.stack([photo_with(1), photo_with(2)])
    stack.flags.writeable = False
    annotated = PlateImage(stack[0], corners=box_corners(30, 2, 20, 9))
    for X in (stack, stack[..., :1], list(stack), [annotated, stack[1]]):
        samples, scene_index = find_plates(X, detector=Fixed())
        assert scene_index.tolist() == [0, 1, 1]
        assert all(np.shares_memory(sample.source, stack) for sample in samples)
        np.testing.assert_array_equal(samples[0].corners, Fixed.QUADS[0])


def test_threads_and_other_photos_change_nothing(street, empty):
    photo, _ = street
    with pytest.warns(UserWarning, match="in 1 of 3 photos"):
        samples, scene_index = find_plates([empty, photo, photo], detector=SURE, n_jobs=3)
    assert scene_index.tolist() == [1] * 4 + [2] * 4
    alone, _ = find_plates([photo], detector=SURE)
    for sample, other in zip(samples, [*alone, *alone], strict=True):
        np.testing.assert_array_equal(sample.corners, other.corners)


def test_a_file_that_cannot_be_read_is_named(street, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"nothing")
    with pytest.raises(SampleError, match=r"Sample 1: .*broken\.jpg"):
        find_plates([street[0], tmp_path / "broken.jpg"])


class Refusing:
    def detect_all(self, X):
        raise SampleError(0, "it is too dark.")


@pytest.mark.parametrize(
    ("detector", "message"),
    [
        (Refusing(), "Sample 1: it is too dark"),
        (Constant(Fixed.QUADS), r"Sample 1: The 'detector' .* a tuple \(corners, scores\)"),
        (Constant((Fixed.QUADS[0], [0.9])), r"Sample 1: .*corners of shape \(n_plates, 4, 2\)"),
        (Constant((Fixed.QUADS * np.nan, [0.9] * 3)), "Sample 1: .*find_plates .*finite"),
        (Constant(("corners", [0.9])), "Sample 1: .*find_plates must return corners"),
        (Constant((None, None)), "Sample 1: .*find_plates must return corners"),
        (
            Constant((Fixed.QUADS, [0.9])),
            r"Sample 1: .*one finite score for each of 3 plates .*detect_all. Got \[0\.9\] instead",
        ),
        (Constant((Fixed.QUADS, [0.9] * 4)), "Sample 1: .*one finite score for each of 3 plates"),
        (Constant((Fixed.QUADS, [[0.9]] * 3)), "Sample 1: .*one finite score for each of 3 plates"),
        (Constant((Fixed.QUADS, [0.9, 0.8, np.nan])), "Sample 1: .*one finite score"),
        (Constant((Fixed.QUADS, None)), "Sample 1: .*one finite score"),
        (Constant(([*Fixed.QUADS.tolist()[:2], [1]], [0.9] * 3)), "Sample 1: .*must return corn"),
        (OneResult(Fixed.QUADS), r"Sample 1: .*corners of shape \(4, 2\) in finite numbers, or N"),
        (OneResult(np.full((4, 2), np.inf)), "Sample 1: .*method detect. Got"),
        (OneResult("none"), "Sample 1: .*method detect. Got 'none' instead"),
        (TooFew(), "Sample 1: .*a list with one item for each sample"),
        (Constant((Fixed.QUADS + 1000, [0.9] * 3)), "Sample 1: Corner .* lies outside the image"),
        (Constant((Fixed.QUADS[:, ::-1], [0.9] * 3)), "Sample 1: Corners .* convex quadrilateral"),
    ],
)
def test_an_invalid_result_of_a_detector_names_the_sample(detector, message):
    blank = np.zeros((20, 60), np.uint8)
    with pytest.raises(SampleError, match=message):
        find_plates([blank, photo_with(1)], detector=detector)


@pytest.mark.parametrize(
    "params", [{"detector": 3}, {"max_plates": 0}, {"max_plates": 1.5}, {"n_jobs": "all"}]
)
def test_invalid_parameters_are_rejected(params):
    (name,) = params
    with pytest.raises(ValueError, match=f"The '{name}' parameter of find_plates"):
        find_plates([photo_with(1)], **params)


def test_an_empty_batch_is_rejected():
    with pytest.raises(ValueError, match="X is empty"):
        find_plates([])


def test_a_detector_may_return_lists_and_empty_results():
    with pytest.warns(UserWarning, match="in 1 of 1 photos"):
        samples, _ = find_plates([photo_with(1)], detector=Constant(([], [])))
    assert len(samples) == 0
    samples, _ = find_plates(
        [photo_with(1)], detector=Constant((Fixed.QUADS.astype(int).tolist(), [1, 0, 0]))
    )
    np.testing.assert_array_equal([sample.corners for sample in samples], Fixed.QUADS)
