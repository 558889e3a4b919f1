"""What whole and segmented plates must be, and how they are padded."""

import numpy as np
import pytest

from sklearn_lpr.networks import SegmentedPlates, WholePlates, count_segments, image_shape

ARCHITECTURE = {"name": "any", "height": 2, "width": 3, "channels": 1, "n_segments": 3}


def segments(*levels):
    """Return segments of 2 x 3 pixels, each with one pixel of another level than the others."""
    plate = np.zeros((len(levels), 2, 3, 1), np.uint8)
    plate[:, 0, 0, 0] = levels
    return plate


def test_segmented_plates_are_padded_with_zeros():
    X = [segments(7), segments(1, 2, 3), segments()]
    for container in (X, tuple(X), np.array([*X, None], dtype=object)[:3]):
        images = SegmentedPlates().check(container)
        assert images.dtype == np.uint8
        assert images.shape == (3, 3, 2, 3, 1)
        assert images[:, :, 0, 0, 0].tolist() == [[7, 0, 0], [1, 2, 3], [0, 0, 0]]
        assert images.sum() == 13
    assert SegmentedPlates().check([segments()]).shape == (1, 1, 2, 3, 1)


def test_segments_with_equal_pixels_are_not_counted():
    images = SegmentedPlates().check([segments(7, 0, 5), segments(0, 0, 0) + 9, segments(1)])
    assert count_segments(images).tolist() == [2, 0, 1]
    assert SegmentedPlates().find_blank(images).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("AB12", TypeError, "X is a str; pass the output of a CharacterSegmenter"),
        ([], ValueError, r"X is empty: found 0 sample\(s\)"),
        ([segments(1).tolist()], ValueError, "Sample 0: it is of type list; .*CharacterSegmenter"),
        ([segments(1), None], ValueError, "Sample 1: it is of type NoneType"),
        ([segments(1)[0]], ValueError, r"Sample 0: the shape is \(2, 3, 1\); a segmented plate"),
        ([segments(1).repeat(2, axis=3)], ValueError, r"Sample 0: the shape is \(1, 2, 3, 2\)"),
        ([segments(1), segments(1) / 255], ValueError, "Sample 1: the dtype is float64; images"),
        (
            [segments(1), segments(1)[:, :1]],
            ValueError,
            r"Sample 1: its segments have shape \(1, 3, 1\), those of the first \(2, 3, 1\)",
        ),
        ([segments(1)[:, :0]], ValueError, r"Segments of shape \(0, 3, 1\) have no pixels"),
    ],
)
def test_invalid_segmented_plates_are_errors(X, error, message):
    with pytest.raises(error, match=message):
        SegmentedPlates().check(X)


@pytest.mark.parametrize(("n_segments", "padded"), [(1, 3), (3, 3), (4, 6), (6, 6), (7, 12)])
def test_segments_are_padded_for_a_network_of_twice_the_width(n_segments, padded):
    images = SegmentedPlates().check([segments(*range(1, n_segments + 1))])
    found, architecture = SegmentedPlates().fit_in(images, ARCHITECTURE, "SegmentCNN")
    assert architecture == {**ARCHITECTURE, "n_segments": padded}
    assert found.shape == (1, padded, 2, 3, 1)
    np.testing.assert_array_equal(found[:, :n_segments], images)
    assert not found[:, n_segments:].any()


def test_segments_of_another_size_than_in_fit_are_errors():
    with pytest.raises(ValueError, match=r"segments of shape \(2, 3, 1\), but .*\(2, 4, 1\) as in"):
        SegmentedPlates().fit_in(segments(1)[None], {**ARCHITECTURE, "width": 4}, "SegmentCNN")


def test_whole_plates_are_stacked_and_have_the_size_of_fit():
    form, plates = WholePlates(), [*segments(0, 5)]
    images = form.check(plates)
    np.testing.assert_array_equal(images, segments(0, 5), strict=True)
    assert form.find_blank(images).tolist() == [True, False]
    found, architecture = form.fit_in(images, ARCHITECTURE, "LPRNetCTC")
    assert found is images
    assert architecture is ARCHITECTURE
    with pytest.raises(ValueError, match=r"shape \(2, 3, 1\), but LPRNetCTC .*\(9, 3, 1\) as in"):
        form.fit_in(images, {**ARCHITECTURE, "height": 9}, "LPRNetCTC")


def test_the_shape_is_height_width_and_channels():
    assert image_shape(ARCHITECTURE) == (2, 3, 1)
