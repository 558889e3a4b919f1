"""Display of photos with detected plates."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon
from matplotlib.text import Annotation
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV

from sklearn_lpr import PlateImage
from sklearn_lpr.images import SampleError, box_corners, check_images
from sklearn_lpr.inspection import DetectionDisplay
from sklearn_lpr.inspection._matplotlib import RIGHT, WRONG

PLATES = np.stack([box_corners(20, 30, 60, 15), box_corners(120, 80, 60, 15)])
NOTHING = np.empty((0, 4, 2)), np.empty(0)
TRUE_POSITIVE, FALSE_POSITIVE, MISSED = "true positive", "false positive", "missed plate"
ANNOTATION = "annotation of a detected plate"


class BrightDetector(BaseEstimator):
    """Detector that finds one box, whose score is the brightest pixel."""

    n_searched = 0

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def score(self, X, y=None):
        return 0.0

    def detect_all(self, X):
        samples = check_images(X)
        type(self).n_searched += len(samples)
        return [(PLATES[:1], np.array([each.pixels().max() / 255])) for each in samples]


@pytest.fixture
def detector():
    """Return a detector that needs no training."""
    BrightDetector.n_searched = 0
    return BrightDetector().fit(None)


def photos(*values):
    """Return photos with one pixel of the given brightness."""
    made = np.full((len(values), 120, 200, 3), 9, np.uint8)
    made[:, 0, 0] = np.reshape(values, (-1, 1))
    return made


def outlines(ax):
    """Return the label and the corners of each outline."""
    return [
        (patch.get_label(), patch.get_xy()[:4] + 0.5)
        for patch in ax.patches
        if isinstance(patch, Polygon)
    ]


def labels(ax):
    return sorted(label for label, _ in outlines(ax))


def scores(ax):
    return [text.get_text() for text in ax.findobj(Annotation)]


def test_true_positives_false_positives_and_missed_plates():
    false_positive = box_corners(20, 90, 30, 10)
    found = np.stack([PLATES[0] + 1, false_positive]), np.array([0.951, 0.4])
    display = DetectionDisplay.from_predictions(photos(50), [PLATES], [found])
    (ax,) = display.ax_
    drawn = dict(outlines(ax))
    assert drawn.keys() == {TRUE_POSITIVE, FALSE_POSITIVE, MISSED, ANNOTATION}
    np.testing.assert_allclose(drawn[TRUE_POSITIVE], PLATES[0] + 1)
    np.testing.assert_allclose(drawn[FALSE_POSITIVE], false_positive)
    np.testing.assert_allclose(drawn[MISSED], PLATES[1])
    np.testing.assert_allclose(drawn[ANNOTATION], PLATES[0])
    assert sorted(scores(ax)) == ["0.40", "0.95"]
    assert ax.get_title() == "1 of 2 plates detected, 1 false positive"


def test_outlines_differ_in_colour_and_in_line_style():
    found = np.stack([PLATES[0], box_corners(20, 90, 30, 10)]), np.array([0.9, 0.4])
    display = DetectionDisplay.from_predictions(photos(50), [PLATES], [found])
    styles = {
        patch.get_label(): (to_rgb(patch.get_edgecolor()), patch.get_linestyle())
        for patch in display.ax_[0].patches
    }
    assert styles[TRUE_POSITIVE] == (to_rgb(RIGHT), "solid")
    assert styles[FALSE_POSITIVE] == (to_rgb(WRONG), "dashed")
    assert styles[MISSED][1] == "dotted"
    assert len({color for color, _ in styles.values()}) == 4
    (legend,) = display.figure_.legends
    assert {
        line.get_label(): (
            to_rgb(line.get_color()),
            {"-": "solid", "--": "dashed", ":": "dotted"}[line.get_linestyle()],
        )
        for line in legend.get_lines()
    } == styles


def test_second_detection_of_a_plate_is_a_false_positive():
    found = np.stack([PLATES[0] + 2, PLATES[0]]), np.array([0.6, 0.7])
    display = DetectionDisplay.from_predictions(photos(50), [PLATES[:1]], [found])
    drawn = dict(outlines(display.ax_[0]))
    np.testing.assert_allclose(drawn[TRUE_POSITIVE], PLATES[0])
    np.testing.assert_allclose(drawn[FALSE_POSITIVE], PLATES[0] + 2)


@pytest.mark.parametrize(("iou_threshold", "kind"), [(0.5, TRUE_POSITIVE), (0.9, FALSE_POSITIVE)])
def test_iou_threshold(iou_threshold, kind):
    found = PLATES[:1] + np.array([10, 0]), np.array([0.9])  # an IoU of 50 / 70
    display = DetectionDisplay.from_predictions(
        photos(50), [PLATES[:1]], [found], iou_threshold=iou_threshold
    )
    assert kind in labels(display.ax_[0])
    assert display.iou_threshold == iou_threshold


def test_tilted_detections_are_compared_with_annotated_boxes():
    # The box around the detection is the annotated one; its own area is a third less.
    tilted = np.array([[[20, 30], [80, 40], [80, 45], [20, 35]]], float)
    display = DetectionDisplay.from_predictions(
        photos(50), [PLATES[:1]], [(tilted, np.array([0.9]))], iou_threshold=0.99
    )
    assert labels(display.ax_[0]) == [ANNOTATION, TRUE_POSITIVE]


def test_photos_without_plates_and_without_detections():
    display = DetectionDisplay.from_predictions(
        photos(50, 50, 50), [[], [], PLATES], [NOTHING, (PLATES, np.array([0.9, 0.8])), NOTHING]
    )
    titles = [ax.get_title() for ax in display.ax_]
    assert titles == ["no plate", "no plate, 2 false positives", "0 of 2 plates detected"]
    assert [labels(ax) for ax in display.ax_] == [[], [FALSE_POSITIVE] * 2, [MISSED] * 2]


def test_without_annotations_no_errors_are_marked():
    found = PLATES, np.array([0.9, 0.8])
    display = DetectionDisplay.from_predictions(photos(50, 50), None, [found, NOTHING])
    assert [labels(ax) for ax in display.ax_] == [["detection"] * 2, []]
    assert [ax.get_title() for ax in display.ax_] == ["2 detections", "0 detections"]
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == ["detection"]
    assert display.y_true is None


def test_corners_of_samples_are_the_annotations(detector):
    annotated = PlateImage(photos(50)[0], PLATES[0])
    for display in (
        DetectionDisplay.from_estimator(detector, [annotated, photos(50)[0]]),
        DetectionDisplay.from_predictions(
            [annotated, photos(50)[0]], None, [(PLATES[:1], np.array([0.9]))] * 2
        ),
    ):
        titles = [ax.get_title() for ax in display.ax_]
        assert titles == ["1 of 1 plate detected", "no plate, 1 false positive"]
    display = DetectionDisplay.from_estimator(detector, [annotated], [PLATES])
    assert display.ax_[0].get_title() == "1 of 2 plates detected"


@pytest.mark.parametrize("wrapped", ["bare", "frozen", "search"])
def test_wrapped_detectors(detector, wrapped):
    estimator = {
        "bare": detector,
        "frozen": FrozenEstimator(detector),
        "search": GridSearchCV(detector, {}, cv=2),
    }[wrapped]
    if wrapped == "search":
        estimator.fit([0, 0], [0, 0])
    display = DetectionDisplay.from_estimator(estimator, photos(51, 102), [PLATES[:1]] * 2)
    assert isinstance(display, DetectionDisplay)
    assert [scores(ax) for ax in display.ax_] == [["0.20"], ["0.40"]]


def test_only_shown_photos_are_searched(detector):
    values = range(10, 20)
    DetectionDisplay.from_estimator(detector, photos(*values), [PLATES] * 10, n_photos=3)
    assert detector.n_searched == 3
    display = DetectionDisplay.from_estimator(
        detector, photos(*values), order="least_confident", n_photos=3
    )
    assert detector.n_searched == 13
    assert [image.max() for image in display.images] == [10, 11, 12]


def test_order_selects_photos():
    truth = [PLATES[:1], PLATES, PLATES[1:], PLATES]
    found = [
        (PLATES[:1], np.array([0.5])),
        (PLATES[:1], np.array([0.9])),
        (PLATES[:1], np.array([0.7])),
        NOTHING,
    ]
    shown = {}
    for order in ("given", "least_confident", "wrong"):
        display = DetectionDisplay.from_predictions(
            photos(10, 11, 12, 13), truth, found, order=order, n_photos=3
        )
        shown[order] = [int(image.max()) - 10 for image in display.images]
        # Plates and detections stay with their photo.
        for index, plates, detected in zip(
            shown[order], display.y_true, display.y_pred, strict=True
        ):
            np.testing.assert_array_equal(plates, truth[index])
            np.testing.assert_array_equal(detected[1], found[index][1])
    assert shown == {"given": [0, 1, 2], "least_confident": [3, 0, 2], "wrong": [2, 3, 1]}


@pytest.mark.parametrize(
    ("y_true", "order", "message"),
    [
        (None, "wrong", "order='wrong' needs the corners of the plates"),
        ([PLATES], "wrong", "the detections in all 1 are right"),
        ([PLATES], "best", "'order' parameter of DetectionDisplay.from_predictions must"),
    ],
)
def test_invalid_order_is_an_error(y_true, order, message):
    found = PLATES, np.array([0.9, 0.8])
    with pytest.raises(ValueError, match=message):
        DetectionDisplay.from_predictions(photos(50), y_true, [found], order=order)


def test_plates_beyond_the_photo_do_not_extend_the_axes():
    found = PLATES[:1] - np.array([40, 25]), np.array([0.9])
    display = DetectionDisplay.from_predictions(photos(50), None, [found])
    assert display.ax_[0].get_xlim() == (-0.5, 199.5)
    assert display.ax_[0].get_ylim() == (119.5, -0.5)


@pytest.mark.parametrize("top", [0, 100])
def test_scores_lie_within_the_photo(top):
    found = box_corners(20, top, 60, 15)[np.newaxis], np.array([0.9])
    display = DetectionDisplay.from_predictions(photos(50), None, [found])
    display.figure_.draw_without_rendering()
    (ax,) = display.ax_
    photo = ax.get_window_extent()
    (text,) = ax.findobj(Annotation)
    extent = text.get_window_extent()
    assert photo.y0 < extent.y0 < extent.y1 < photo.y1


@pytest.mark.parametrize("n_photos", [1, 5])
def test_figures_fit_the_number_of_photos(n_photos):
    found = PLATES, np.array([0.9, 0.8])
    display = DetectionDisplay.from_predictions(
        photos(*[50] * n_photos), [PLATES[:1]] * n_photos, [found] * n_photos
    )
    assert display.ax_.shape == (n_photos,)
    assert {ax.get_subplotspec().colspan.start for ax in display.ax_} <= {0, 1}
    width, height = display.figure_.get_size_inches()
    display.figure_.canvas.draw()  # computes the layout
    extent = display.figure_.get_tightbbox()
    assert extent.x0 >= -0.05
    assert extent.y0 >= -0.05
    assert extent.x1 <= width + 0.05
    assert extent.y1 <= height + 0.05


def test_photos_are_drawn_into_given_axes():
    figure, axes = plt.subplots(2, 2)
    display = DetectionDisplay.from_predictions(
        photos(1, 2, 3), [PLATES] * 3, [NOTHING] * 3, ax=axes
    )
    assert display.figure_ is figure
    assert list(display.ax_) == list(axes.flat[:3])
    assert not axes[1, 1].axison
    # Given axes get no legend, because the figure may hold others.
    assert not figure.legends
    with pytest.raises(ValueError, match="ax holds 1 axes for 3 photos"):
        display.plot(ax=axes[0, 0])


@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_grey_and_colour_photos(channels):
    DetectionDisplay.from_predictions(
        [np.full((90, 120, *channels), 90, np.uint8)], None, [NOTHING]
    )


def test_the_error_names_a_photo_that_cannot_be_decoded(tmp_path):
    broken = tmp_path / "photo.png"
    broken.write_bytes(b"no image")
    found = [(PLATES[:1], np.array([score])) for score in (0.9, 0.8, 0.7)]
    with pytest.raises(SampleError, match="Sample 2"):
        DetectionDisplay.from_predictions(
            [*photos(1, 2), broken], None, found, order="least_confident"
        )


def test_invalid_plates_and_detections_are_an_error(detector):
    found = PLATES, np.array([0.9, 0.8])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        DetectionDisplay.from_predictions(photos(1, 2), None, [found])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        DetectionDisplay.from_predictions(photos(1), [PLATES] * 2, [found])
    with pytest.raises(ValueError, match=r"y_true\[0\] must hold finite corners"):
        DetectionDisplay.from_predictions(photos(1), [PLATES[0]], [found])
    with pytest.raises(ValueError, match=r"y_pred\[0\] must be a pair \(corners, scores\)"):
        DetectionDisplay.from_predictions(photos(1), [PLATES], [PLATES[0]])
    with pytest.raises(ValueError, match=r"y_pred\[0\]\[1\] must hold one finite score"):
        DetectionDisplay.from_predictions(photos(1), [PLATES], [(PLATES, [0.9])])
    with pytest.raises(ValueError, match=r"y\[0\] must hold finite corners"):
        DetectionDisplay.from_estimator(detector, photos(1), [PLATES[0]])
    assert detector.n_searched == 0  # before detection


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_photos", 0), ("n_columns", 1.5), ("iou_threshold", 0), ("order", "best")],
)
def test_invalid_parameters_are_an_error_before_detection(name, value, detector):
    message = f"The '{name}' parameter of DetectionDisplay.from_estimator must .* Got {value!r}"
    with pytest.raises(ValueError, match=message):
        DetectionDisplay.from_estimator(detector, photos(1), [PLATES], **{name: value})
    with pytest.raises(ValueError, match="order='wrong' needs the corners"):
        DetectionDisplay.from_estimator(detector, photos(1), order="wrong")
    assert detector.n_searched == 0


def test_estimators_that_detect_nothing_are_an_error(recognizer):
    with pytest.raises(TypeError, match=r"Shade\(\) has no method detect_all"):
        DetectionDisplay.from_estimator(recognizer, photos(1))


def test_arguments_are_not_modified(detector):
    X, truth = photos(1), PLATES.copy()
    X.flags.writeable = truth.flags.writeable = False
    DetectionDisplay.from_predictions(X, (truth,), ((truth, (0.9, 0.8)),))
    DetectionDisplay.from_estimator(detector, X, (truth,))


def test_without_matplotlib_the_error_names_the_extra(detector, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("matplotlib.pyplot")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"DetectionDisplay.*'sklearn-lpr\[plot\]'"):
        DetectionDisplay.from_estimator(detector, photos(1))
    assert detector.n_searched == 0
