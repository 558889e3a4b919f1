import numpy as np
import pytest

from sklearn_lpr.images import box_corners, corners_from_box

BOX = [[10, 20], [104, 20], [104, 44], [10, 44]]


@pytest.mark.parametrize(
    ("box", "options"),
    [
        ([10, 20, 94, 24], {}),
        ((10, 20, 94, 24), {"format": "xywh", "height": 60, "width": 120}),
        (np.array([10, 20, 104, 44]), {"format": "xyxy"}),
        ([57 / 200, 32 / 100, 94 / 200, 24 / 100], {"format": "yolo", "height": 100, "width": 200}),
    ],
)
def test_formats(box, options):
    corners = corners_from_box(box, **options)
    assert corners.dtype == np.float64
    np.testing.assert_allclose(corners, BOX)
    np.testing.assert_allclose(corners, box_corners(10, 20, 94, 24))


@pytest.mark.parametrize(
    ("box", "options", "message"),
    [
        ([10, 20, 94], {}, "four finite numbers"),
        ([[10, 20, 94, 24]], {}, "four finite numbers"),
        ([10, 20, np.nan, 24], {}, "four finite numbers"),
        ([10, 20, np.inf, 24], {}, "four finite numbers"),
        ([10, 20, None, 24], {}, "four finite numbers"),
        ([10, 20, "a", 24], {}, "four numbers"),
        ([10**400, 20, 94, 24], {}, "four numbers"),
        ([10, 20, 0, 24], {}, "width 0 and height 24; both must be positive"),
        ([10, 20, 94, -24], {}, "must be positive"),
        ([104, 20, 10, 44], {"format": "xyxy"}, "must be positive"),
        ([10, 44, 104, 20], {"format": "xyxy"}, "must be positive"),
        ([0.5, 0.5, 0.1, 0.1], {"format": "yolo"}, "needs height and width"),
        ([0.5, 0.5, 0.1, 0.1], {"format": "yolo", "height": 9}, "needs height and width"),
        ([10, 20, 94, 24], {"format": "yolo", "height": 9, "width": 9}, "fractions between 0"),
        ([-0.1, 0.5, 0.1, 0.1], {"format": "yolo", "height": 9, "width": 9}, "fractions between"),
        ([0.5, 0.5, 0, 0.1], {"format": "yolo", "height": 9, "width": 9}, "must be positive"),
        ([120, 20, 94, 24], {"height": 60, "width": 120}, "lies outside the image of 120 x 60"),
        ([10, -24, 94, 24], {"height": 60, "width": 120}, "lies outside the image"),
        ([10, 20, 94, 24], {"format": "coco"}, "'format' parameter"),
        ([10, 20, 94, 24], {"height": 0}, "'height' parameter"),
        (7, {}, "'box' parameter"),
    ],
)
def test_impossible_boxes(box, options, message):
    with pytest.raises(ValueError, match=message):
        corners_from_box(box, **options)
