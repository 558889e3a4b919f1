"""Compare crops of random plates with explicit perspective maps."""

import numpy as np
from geometry import coordinates, homography
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr.images import SampleError, box_corners
from sklearn_lpr.preprocessing import PlateCropper

HEIGHT, WIDTH = 180, 200
SCENE = coordinates(HEIGHT, WIDTH)
SCENE.flags.writeable = False

fractions = st.integers(-100, 100).map(lambda n: n / 100)
margins = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0])


@st.composite
def plates(draw, shortest=4, tilt=0.35, outside=0.09):
    """Return the corners of a rotated, tilted plate, which may lie partly outside the scene."""
    width, height = draw(st.integers(shortest, 110)), draw(st.integers(shortest, 60))
    quad = box_corners(-width / 2, -height / 2, width, height)
    quad += np.reshape([draw(fractions) for _ in range(8)], (4, 2)) * tilt * min(width, height)
    angle = np.pi * draw(fractions)
    quad = quad @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    beyond = outside * np.hypot(*(quad[1] - quad[0]))
    low, high = -quad.min(axis=0) - beyond, [WIDTH, HEIGHT] - quad.max(axis=0) + beyond
    place = low + (high - low) * [0.5 + draw(fractions) / 2, 0.5 + draw(fractions) / 2]
    # Eighths of a pixel are exact after any shift.
    return np.rint(8 * (quad + place)) / 8


def crop_of(scene, corners, **params):
    """Crop a plate; discard the example if the margin reaches beyond the horizon."""
    try:
        (crop,) = PlateCropper(**params).transform([PlateImage(scene, corners)])
    except SampleError as error:
        assume("horizon" not in error.reason)
        raise
    return crop


def sources(shape, corners, margin):
    """Return the scene coordinates of the centres of a crop's pixels."""
    height, width = shape
    inset = margin / (1 + 2 * margin)
    inner = box_corners(
        *np.multiply(inset, [width, height]), *np.multiply(1 - 2 * inset, [width, height])
    )
    rows, columns = np.mgrid[:height, :width] + 0.5
    x, y, depth = homography(inner, corners) @ [columns.ravel(), rows.ravel(), np.ones(rows.size)]
    return np.reshape([x / depth, y / depth], (2, height, width))


@given(plates(), margins)
def test_the_plates_corners_lie_at_the_fraction_of_the_margin(corners, margin):
    crop = crop_of(SCENE, corners, margin=margin)
    x, y = sources(crop.shape[:2], corners, margin)
    inside = (x > 2) & (x < WIDTH - 2) & (y > 2) & (y < HEIGHT - 2)
    # Pixel i shows the scene from i to i + 1: at its centre its colour is i.
    np.testing.assert_allclose(crop[inside][:, 0], (x - 0.5)[inside], atol=0.6)
    np.testing.assert_allclose(crop[inside][:, 1], (y - 0.5)[inside], atol=0.6)
    longest = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).reshape(2, 2).max(axis=0)
    np.testing.assert_allclose(crop.shape[1::-1], longest * (1 + 2 * margin), atol=0.51)


@given(plates(shortest=40, tilt=0.15, outside=0), st.integers(0, 2**32 - 1))
def test_a_pattern_in_perspective_is_rectified(corners, seed):
    blocks = np.random.default_rng(seed).integers(0, 256, (2, 3, 3), dtype=np.uint8)
    flat = np.kron(blocks, np.ones((64, 64, 1), np.uint8))
    matrix = homography(box_corners(0, 0, 192, 128), corners)
    # OpenCV places integers at the centres of pixels.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    seen = cv2.warpPerspective(
        flat, np.linalg.inv(half) @ matrix @ half, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE
    )
    upright = cv2.resize(crop_of(seen, corners), (192, 128), interpolation=cv2.INTER_AREA)
    found = upright.reshape(2, 64, 3, 64, 3)[:, 28:36, :, 28:36].mean(axis=(1, 3))
    np.testing.assert_allclose(found, blocks, atol=6)


@given(plates(), margins, st.booleans(), st.integers(0, 40), st.integers(0, 40))
def test_a_shift_of_the_whole_photo_does_not_change_the_crop(
    corners, margin, rectify, across, down
):
    # Pixels outside replicate the edge, so padding with the edge does not change a photo.
    moved = np.pad(SCENE, [(down, 9), (across, 7), (0, 0)], mode="edge")
    expected = crop_of(SCENE, corners, margin=margin, rectify=rectify)
    crop = crop_of(moved, np.add(corners, [across, down]), margin=margin, rectify=rectify)
    np.testing.assert_allclose(crop.astype(int), expected.astype(int), atol=1)


@given(plates(), margins)
def test_rotated_corners_rotate_the_crop(corners, margin):
    crop = crop_of(SCENE, corners, margin=margin)
    upside_down = crop_of(SCENE, np.roll(corners, 2, axis=0), margin=margin)
    np.testing.assert_allclose(upside_down[::-1, ::-1].astype(int), crop.astype(int), atol=1)


coordinate = st.integers(-30, 230) | st.floats(-30, 230) | st.sampled_from([0.0, 1e-9, 100, 200])


@given(
    st.lists(coordinate, min_size=8, max_size=8).map(lambda c: np.reshape(c, (4, 2))),
    st.floats(0, 2),
    st.booleans(),
)
@example(np.array([[0, 0], [100, 0], [100, 50], [50, 25.0000001]]), 0.0, True)
@example(np.array([[0, 0], [1e-9, 0], [100, 50], [0, 50]]), 2.0, True)
@example(np.array([[0, 0], [0.01, 0], [0.01, 100], [0, 100]]), 2.0, False)
def test_any_corners_are_cropped_or_refused_with_the_sample_named(corners, margin, rectify):
    X = [SCENE[:9], PlateImage(SCENE, corners)]
    cropper = PlateCropper(margin=margin, rectify=rectify, missing="whole")
    try:
        _, crop = cropper.transform(X)
    except SampleError as error:
        told = str(error)
        assert told.startswith("Sample 1: ")
        assert "orner" in told
    else:
        assert crop.dtype == np.uint8
        assert crop.size > 0
