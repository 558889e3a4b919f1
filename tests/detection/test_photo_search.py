"""The search of a photo with a network that finds bright rectangles exactly."""

import numpy as np
import pytest
from bright_photos import find_bright, photo_with

from sklearn_lpr._detection._heat_map import OFFSET_UNIT
from sklearn_lpr._detection._photo_search import PhotoSearch, reduce_and_pad
from sklearn_lpr.images import box_corners


def search(forward, pixels, **changes):
    settings = {"working_size": 640, "fine_size": None, "threshold": 0.35, "refine": False}
    return PhotoSearch(forward, **{**settings, **changes})(pixels)


def test_a_plate_is_found_in_pixels_of_the_photo(perfect_forward):
    corners, scores = search(perfect_forward, photo_with((100, 60, 80, 24)))
    np.testing.assert_allclose(corners, [box_corners(100, 60, 80, 24)], atol=1e-3)
    assert scores == pytest.approx([1], abs=1e-3)
    assert perfect_forward.shapes == [(256, 320, 3)]  # padded to multiples of 32


@pytest.mark.parametrize(
    ("size", "shape"), [((240, 320), (256, 320)), ((33, 64), (64, 64)), ((31, 1), (32, 32))]
)
def test_images_are_padded_to_multiples_of_32(perfect_forward, size, shape):
    search(perfect_forward, np.full((*size, 3), 40, np.uint8))
    assert perfect_forward.shapes[0] == (*shape, 3)


def test_photos_are_reduced_to_the_working_size(perfect_forward):
    photo = photo_with((800, 400, 320, 96), height=960, width=1280)
    corners, _ = search(perfect_forward, photo)
    assert perfect_forward.shapes == [(480, 640, 3)]
    np.testing.assert_allclose(corners, [box_corners(800, 400, 320, 96)], atol=4)


@pytest.mark.parametrize(
    ("size", "scale", "shape"),
    [((960, 1280), 0.25, (240, 320)), ((961, 1283), 0.31, (298, 398)), ((900, 3), 0.2, (180, 1))],
)
def test_reduced_photos_show_the_means_of_their_pixels(size, scale, shape):
    # Grey levels rise evenly over the photo, so that any mean is the level at its centre.
    levels = np.linspace(10, 240, size[0])[:, np.newaxis, np.newaxis]
    photo = np.broadcast_to(levels, (*size, 3)).round().astype(np.uint8)
    image, ratio = reduce_and_pad(photo, scale)
    np.testing.assert_allclose(ratio, np.divide(size, shape)[::-1])
    step = 230 / shape[0]
    expected = 10 + step * (np.arange(shape[0]) + 0.5)
    np.testing.assert_allclose(image[: shape[0], 0, 0], expected, atol=1.5)
    assert image.shape[0] % 32 == image.shape[1] % 32 == 0


def test_larger_photos_are_searched_twice(perfect_forward):
    # The small plate is 3 pixels wide in the reduced photo, and 20 in the finer one.
    photo = photo_with((200, 200, 20, 8), (1000, 500, 640, 160), height=1080, width=1920)
    once, _ = search(perfect_forward, photo, working_size=256)
    assert len(once) == 1
    twice, _ = search(perfect_forward, photo, working_size=256, fine_size=1920)
    assert len(twice) == 2
    widths = sorted(twice[:, 1, 0] - twice[:, 0, 0])
    np.testing.assert_allclose(widths, [20, 640], atol=8)


@pytest.mark.parametrize(("fine_size", "n_searches"), [(None, 1), (700, 1), (900, 2), (5000, 2)])
def test_the_second_search_must_be_finer(perfect_forward, fine_size, n_searches):
    photo = photo_with((400, 300, 100, 30), height=600, width=1000)
    search(perfect_forward, photo, fine_size=fine_size)
    assert len(perfect_forward.shapes) == n_searches


def test_a_small_photo_is_searched_once_and_not_enlarged(perfect_forward):
    search(perfect_forward, photo_with((20, 20, 40, 12), height=64, width=96), fine_size=1536)
    assert perfect_forward.shapes == [(64, 96, 3)]


def without_wide_plates(forward, fraction=0.6):
    """Return a forward pass that misses plates wider than a fraction of the image."""

    def narrow(image):
        image = image.copy()
        for corners in find_bright(image):
            (left, top), (right, bottom) = corners[0].astype(int), corners[2].astype(int)
            if right - left > fraction * image.shape[1]:
                image[top:bottom, left:right] = 40
        return forward(image)

    return narrow


@pytest.mark.parametrize("factor", [1, 4])
def test_a_plate_that_fills_the_photo_is_found(perfect_forward, factor):
    box = np.array((10, 60, 300, 100)) * factor
    photo = photo_with(box, height=240 * factor, width=320 * factor)
    corners, scores = search(without_wide_plates(perfect_forward), photo)
    np.testing.assert_allclose(corners, [box_corners(*box)], atol=1e-3 if factor == 1 else 4)
    assert scores == pytest.approx([1], abs=1e-3)
    # The photo, and the photo with a border of half its sides.
    assert perfect_forward.shapes[1:] == [(480, 640, 3)]


def test_a_doubtful_plate_is_kept_beside_one_that_fills_the_photo(perfect_forward):
    narrow = without_wide_plates(perfect_forward)

    def forward(image):
        output = narrow(image)
        if image.shape == (256, 320, 3):
            output[..., 0] = np.minimum(output[..., 0], 0.0)
        return output

    photo = photo_with((10, 60, 300, 100), (20, 200, 60, 20))
    corners, scores = search(forward, photo)
    # The search with a border keeps wide plates only.
    assert scores == pytest.approx([1, 0.5], abs=1e-3)
    np.testing.assert_allclose(corners[:, 1, 0] - corners[:, 0, 0], [300, 60], atol=1e-3)


@pytest.mark.parametrize("box", [(300, 200, 700, 220), (600, 300, 90, 30), (10, 5, 200, 60)])
def test_the_refinement_makes_corners_exact(perfect_forward, box):
    photo = photo_with(box, height=900, width=1200)
    rough, _ = search(perfect_forward, photo, working_size=200)
    exact, _ = search(perfect_forward, photo, working_size=200, refine=True)
    truth = box_corners(*box)
    error, left = np.abs(rough - truth).max(), np.abs(exact - truth).max()
    assert left < max(1.0, 0.02 * box[2])
    assert left <= max(error, 0.5)
    assert perfect_forward.shapes[-1] == (160, 256, 3)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [(0.9, 0.4, True), (0.2, 0.8, True), (0.9, 0.1, False), (0.1, 0.99, False), (0.9, 0, False)],
)
def test_the_score_is_the_geometric_mean_of_both_looks(perfect_forward, first, second, found):
    photo = photo_with((100, 60, 80, 24))

    def forward(image):
        output = perfect_forward(image)
        score = second if image.shape == (160, 256, 3) else first
        highest = -30 if score == 0 else np.log(score / (1 - score))
        output[..., 0] += np.float32(highest) - output[..., 0].max()
        return output

    corners, scores = search(forward, photo, refine=True, threshold=0.35)
    assert len(corners) == found
    if found:
        assert scores == pytest.approx([np.sqrt(first * second)], abs=1e-3)
    alone, _ = search(forward, photo, refine=False, threshold=0.35)
    assert len(alone) == (first >= 0.35)


def test_corners_are_inside_the_photo(perfect_forward):
    corners, _ = search(perfect_forward, photo_with((240, 100, 80, 24)), refine=True)
    assert corners.min() >= 0
    assert (corners <= [320, 240]).all()


def test_the_best_detection_is_the_first(perfect_forward):
    photo = photo_with((20, 30, 80, 24), (200, 150, 60, 20))

    def forward(image):
        output = perfect_forward(image)
        output[:10, ..., 0] = np.minimum(output[:10, ..., 0], 1.0)
        return output

    corners, scores = search(forward, photo)
    assert corners[0, 0].tolist() == pytest.approx([200, 150], abs=1e-3)
    assert scores[0] > scores[1] == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-6)


def test_nothing_is_found_in_a_dark_photo(perfect_forward):
    corners, scores = search(perfect_forward, photo_with(), refine=True, fine_size=1536)
    assert corners.shape == (0, 4, 2)
    assert scores.shape == (0,)


def test_a_twisted_quadrilateral_becomes_the_box_around_it(perfect_forward):
    def forward(image):
        output = perfect_forward(image)
        # The top left corner goes below the bottom left one.
        output[..., 2] += 40 / OFFSET_UNIT
        return output

    corners, _ = search(forward, photo_with((100, 60, 80, 24)))
    np.testing.assert_allclose(corners, [box_corners(100, 60, 80, 40)], atol=1e-3)


@pytest.mark.parametrize(("right_edge", "oblique"), [(4, True), (6, False)])
def test_a_quadrilateral_too_oblique_becomes_the_box_around_it(
    perfect_forward, right_edge, oblique
):
    def forward(image):
        output = perfect_forward(image)
        # The bottom right corner is lifted; the left edge stays 24 pixels long.
        output[..., 6] += (right_edge - 24) / OFFSET_UNIT
        return output

    corners, _ = search(forward, photo_with((100, 60, 80, 24)))
    expected = box_corners(100, 60, 80, 24)
    if not oblique:
        expected[2, 1] = 60 + right_edge
    np.testing.assert_allclose(corners, [expected], atol=1e-3)


def test_detections_without_a_size_are_dropped(perfect_forward):
    def forward(image):
        output = perfect_forward(image)
        output[..., 1:] = 0
        return output

    corners, scores = search(forward, photo_with((100, 60, 80, 24)))
    assert corners.shape == (0, 4, 2)
    assert scores.shape == (0,)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shift", [(-2000, -2000), (2000, 0), (0, 2000), (1e9, 1e9)])
@pytest.mark.parametrize("width", [20, 1500])
def test_detections_far_outside_the_photo_are_dropped(perfect_forward, shift, width):
    def forward(image):
        output = perfect_forward(image)
        quad = box_corners(0, 0, width, 0.3 * width) + shift
        output[..., 1:] = (quad / OFFSET_UNIT).reshape(8)
        return output

    corners, _ = search(forward, photo_with((100, 60, 80, 24)), refine=True)
    assert corners.shape == (0, 4, 2)


def test_offsets_that_are_not_finite_are_no_plates(perfect_forward):
    def forward(image):
        output = perfect_forward(image)
        output[..., 3] = np.nan
        return output

    corners, _ = search(forward, photo_with((100, 60, 80, 24)), refine=True)
    assert corners.shape == (0, 4, 2)


def test_a_quadrilateral_twisted_to_no_area_becomes_the_box_around_it(perfect_forward):
    def forward(image):
        output = perfect_forward(image)
        # The two right corners are exchanged, so that the halves have opposite signs.
        output[..., [3, 4, 5, 6]] = output[..., [5, 6, 3, 4]]
        return output

    corners, _ = search(forward, photo_with((100, 60, 80, 24)))
    np.testing.assert_allclose(corners, [box_corners(100, 60, 80, 24)], atol=1e-3)


@pytest.mark.parametrize("box", [(0, 0, 80, 24), (240, 216, 80, 24), (0, 100, 80, 24)])
def test_plates_at_the_border_are_found(perfect_forward, box):
    corners, _ = search(perfect_forward, photo_with(box), refine=True)
    np.testing.assert_allclose(corners, [box_corners(*box)], atol=1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 5000), (5000, 2)])
def test_photos_of_any_shape_are_searched(perfect_forward, shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    corners, _ = search(perfect_forward, pixels, refine=True, fine_size=1536)
    assert corners.shape == (0, 4, 2)


def test_views_and_read_only_photos_are_searched(perfect_forward):
    photo = photo_with((100, 60, 80, 24))
    photo.flags.writeable = False
    expected, _ = search(perfect_forward, photo, refine=True)
    np.testing.assert_allclose(expected, [box_corners(100, 60, 80, 24)], atol=1)
    mirrored = np.ascontiguousarray(photo[:, ::-1, ::-1])
    found, _ = search(perfect_forward, mirrored[:, ::-1, ::-1], refine=True)
    np.testing.assert_array_equal(found, expected)


def test_a_fine_size_below_the_working_size_is_not_searched(perfect_forward):
    photo = photo_with((400, 300, 100, 30), height=600, width=1000)
    search(perfect_forward, photo, working_size=640, fine_size=64)
    assert perfect_forward.shapes == [(384, 640, 3)]


@pytest.mark.parametrize(("width", "height"), [(20, 6), (40, 12), (64, 20)])
def test_small_plates_are_enlarged_at_most_twice(perfect_forward, width, height):
    windows = []

    def forward(image):
        if image.shape == (160, 256, 3):
            windows.append(image)
        return perfect_forward(image)

    photo = photo_with((100, 60, width, height))
    corners, _ = search(forward, photo, refine=True)
    np.testing.assert_allclose(corners, [box_corners(100, 60, width, height)], atol=1)
    (window,) = windows
    (box,) = find_bright(window)
    np.testing.assert_allclose(np.ptp(box, axis=0), (2 * width, 2 * height), atol=2)


@pytest.mark.parametrize(("logit", "found"), [(5, True), (-5, False)])
def test_a_second_network_drops_what_is_no_plate(perfect_forward, logit, found):
    def corner_forward(windows):
        return np.tile(np.array([logit, *[0] * 8], np.float32), (len(windows), 1))

    photo = photo_with((100, 60, 80, 24))
    corners, _ = search(perfect_forward, photo, refine=True, corner_forward=corner_forward)
    assert len(corners) == found
    # Without a candidate that is left, the detection network is not asked again.
    assert ((160, 256, 3) in perfect_forward.shapes) == found


@pytest.mark.parametrize(("logits", "found"), [((-5, 5), True), ((-5, -5), False)])
def test_the_second_network_looks_again_at_what_it_doubts(perfect_forward, logits, found):
    calls = []

    def corner_forward(windows):
        logit = logits[min(len(calls), 1)]
        calls.append(windows)
        # A quarter of the plate's height to the right and down.
        return np.tile(np.array([logit, *[0.5] * 8], np.float32), (len(windows), 1))

    photo = photo_with((100, 60, 80, 24))
    corners, _ = search(perfect_forward, photo, refine=True, corner_forward=corner_forward)
    assert len(corners) == found
    assert not np.array_equal(calls[0], calls[1])  # around the corners that it found


def test_the_corner_network_looks_around_the_mean_of_both_networks(perfect_forward):
    def corner_forward(windows):
        # Half a unit, a quarter of the plate's height, to the right of the centre and down.
        return np.tile(np.array([5, *[0.5] * 8], np.float32), (len(windows), 1))

    photo = photo_with((100, 60, 80, 24))
    corners, _ = search(perfect_forward, photo, refine=True, corner_forward=corner_forward)
    # The mean of 0 and 6 pixels, and another 6. In the mirrored window, right is left.
    np.testing.assert_allclose(corners, [box_corners(100, 69, 80, 24)], atol=1)


@pytest.mark.parametrize(("likeness", "found"), [(0.9, True), (0.2, True), (0.1, False)])
def test_the_score_is_lower_where_the_corner_network_doubts(perfect_forward, likeness, found):
    calls = []

    def corner_forward(windows):
        # It is sure of the first detection, and doubts when it searches again.
        calls.append(windows)
        logit = 10 if len(calls) == 1 else np.log(likeness / (1 - likeness))
        return np.tile(np.array([logit, *[0] * 8], np.float32), (len(windows), 1))

    photo = photo_with((100, 60, 80, 24))
    corners, scores = search(perfect_forward, photo, refine=True, corner_forward=corner_forward)
    assert len(corners) == found
    if found:
        assert scores == pytest.approx([np.sqrt(likeness)], abs=1e-3)
