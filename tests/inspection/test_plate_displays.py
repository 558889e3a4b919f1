"""Displays of plates: predictions, segments and time steps."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.offsetbox import AnnotationBbox, TextArea
from matplotlib.patches import Rectangle
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import SampleError, box_corners, object_array
from sklearn_lpr.inspection import AlignmentDisplay, PlateReadingsDisplay, SegmentationDisplay
from sklearn_lpr.inspection._matplotlib import RIGHT, WRONG
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, Segmentation

PREDICTIONS = [
    PlateReading("A1", 0.9),
    PlateReading("B2", 0.3),
    PlateReading("C3", 0.6),
    PlateReading("", 0.0),
]
Y = ["A1", "B3", "C8", "D4"]


def texts(ax):
    """Return the texts above axes with their colours."""
    return [
        (area.get_text(), area._text.get_color())
        for box in ax.findobj(AnnotationBbox)
        for area in box.offsetbox.findobj(TextArea)
        if area.get_text()
    ]


def test_wrong_characters_are_marked_above_the_true_ones(shades):
    display = PlateReadingsDisplay.from_predictions(
        shades(10, 20), ["AB1", "AB1"], [PlateReading("AB1", 0.987), PlateReading("8B", 0.4)]
    )
    right, wrong = (texts(ax) for ax in display.ax_)
    assert [text for text, _ in right] == ["A", "B", "1", "  99%"]
    assert WRONG not in dict(right).values()
    assert [(text, color == WRONG) for text, color in wrong] == [
        *[("8", True), ("A", True)],
        *[("B", False), ("B", False)],
        *[("·", True), ("1", True)],
        ("  40%", False),
    ]
    edges = [to_rgb(ax.spines["top"].get_edgecolor()) for ax in display.ax_]
    assert edges[0] != to_rgb(WRONG) == edges[1]


def test_without_true_texts_nothing_is_marked(shades):
    display = PlateReadingsDisplay.from_predictions(shades(10, 20), None, ["AB", ""])
    assert [[text for text, _ in texts(ax)] for ax in display.ax_] == [
        ["A", "B"],
        [" no text"],
    ]
    assert all(color != WRONG for ax in display.ax_ for _, color in texts(ax))


@pytest.mark.parametrize("n_plates", [1, 5, 7])
def test_all_texts_are_within_the_figure(n_plates):
    layouts = "china" if hasattr(cv2, "FontFace") else None
    X, y = make_plates(n_plates, layouts=layouts, random_state=3, return_X_y=True)
    predictions = [PlateReading("藏" + text[1:], 0.5) for text in y]
    display = PlateReadingsDisplay.from_predictions(X, y, predictions)
    display.figure_.draw_without_rendering()
    renderer = display.figure_.canvas.get_renderer()
    high, wide = display.figure_.bbox.height, display.figure_.bbox.width
    for ax in display.ax_:
        bottom = ax.get_window_extent(renderer).y1
        for box in ax.findobj(AnnotationBbox):
            extent = box.get_window_extent(renderer)
            # Outlines of Chinese characters are slightly higher than their line.
            assert bottom < extent.y0 < extent.y1 + 3 < high
            assert 0 < extent.x0 < extent.x1 < wide


@pytest.mark.parametrize(
    ("order", "shown"),
    [("given", "ABC"), ("least_confident", ["", "B2", "C3"]), ("wrong", ["C3", "B2", ""])],
)
def test_order_selects_plates(order, shown, shades):
    display = PlateReadingsDisplay.from_predictions(
        shades(1, 2, 3, 4), Y, PREDICTIONS, order=order, n_plates=3
    )
    assert [text[: len(each)] for text, each in zip(display.y_pred, shown, strict=True)] == [*shown]
    # Each prediction is shown with its image.
    for image, text in zip(display.images, display.y_pred, strict=True):
        assert image.max() == 1 + [each.text for each in PREDICTIONS].index(text)


def test_wrong_texts_without_confidence_keep_their_order(shades):
    predicted = [prediction.text for prediction in PREDICTIONS]
    display = PlateReadingsDisplay.from_predictions(shades(1, 2, 3, 4), Y, predicted, order="wrong")
    assert display.y_pred == ["B2", "C3", ""]
    assert display.confidence is None


@pytest.mark.parametrize(
    ("y_true", "y_pred", "order", "message"),
    [
        (None, PREDICTIONS, "wrong", "order='wrong' needs the true texts"),
        (Y, ["A1"] * 4, "least_confident", "order='least_confident' needs confidences"),
        (["A1"] * 4, ["A1"] * 4, "wrong", "all 4 predictions are right"),
        (Y, PREDICTIONS, "best", "'order' parameter of PlateReadingsDisplay.from_predictions must"),
    ],
)
def test_invalid_order_is_an_error(y_true, y_pred, order, message, shades):
    with pytest.raises(ValueError, match=message):
        PlateReadingsDisplay.from_predictions(shades(1, 2, 3, 4), y_true, y_pred, order=order)


def test_only_shown_plates_are_predicted(recognizer, shades):
    plates = shades(*range(10, 60))
    PlateReadingsDisplay.from_estimator(recognizer, plates, n_plates=4)
    assert recognizer.n_read == 4
    display = PlateReadingsDisplay.from_estimator(
        recognizer,
        plates,
        [f"A{value // 10}" for value in range(11, 61)],
        order="wrong",
        n_plates=4,
    )
    assert recognizer.n_read == 54
    assert display.y_pred == ["A5", "A4", "A3", "A2"]


def test_samples_with_corners_are_cropped():
    scene = np.zeros((100, 200, 3), np.uint8)
    scene[40:60, 60:140] = 255
    plate = PlateImage(scene, box_corners(60, 40, 80, 20))
    display = PlateReadingsDisplay.from_predictions([plate, scene], None, ["A", "B"])
    assert display.images[0].shape == (24, 96, 3)
    assert display.images[1].shape == scene.shape


def test_the_error_names_a_sample_that_cannot_be_decoded(tmp_path, shades):
    broken = tmp_path / "plate.png"
    broken.write_bytes(b"no image")
    samples = [*shades(1, 2), broken]
    with pytest.raises(SampleError, match="Sample 2"):
        PlateReadingsDisplay.from_predictions(
            samples,
            None,
            [PlateReading("A", 1 - index / 5) for index in range(3)],
            order="least_confident",
        )


@pytest.mark.skipif(int(cv2.__version__[0]) < 5, reason="before OpenCV 5 its fonts hold ASCII only")
def test_chinese_plates_are_drawn_without_warnings():
    X, y = make_plates(2, layouts="china", random_state=0, return_X_y=True)
    wrong = [("沪" if text[0] == "京" else "京") + text[1:] for text in y]
    PlateReadingsDisplay.from_predictions(X, y, wrong).figure_.canvas.draw()


def test_boxes_and_scores_equal_those_of_the_segmenter(recognizer):
    X, _ = make_plates(2, random_state=0, return_X_y=True)
    cropper, segmenter = PlateCropper(margin=0.1), CharacterSegmenter()
    segmentations = segmenter.segment(cropper.transform(X))
    pipelines = [make_pipeline(cropper, segmenter), make_pipeline(cropper, segmenter, recognizer)]
    for pipeline in (*pipelines, FrozenEstimator(pipelines[1])):
        display = SegmentationDisplay.from_estimator(pipeline, X)
        for ax, segmentation in zip(display.ax_, segmentations, strict=True):
            drawn = [[*box.get_xy(), box.get_width(), box.get_height()] for box in ax.patches]
            np.testing.assert_allclose(np.add(drawn, [0.5, 0.5, 0, 0]), segmentation.boxes)
            assert [text for text, _ in texts(ax)] == [
                f"{100 * s:.0f}" for s in segmentation.scores
            ]


def test_a_segmenter_alone_and_a_plate_without_characters(shades):
    display = SegmentationDisplay.from_estimator(CharacterSegmenter(), shades(0, 0), n_plates=1)
    assert [text for text, _ in texts(display.ax_[0])] == ["no characters"]
    assert not display.ax_[0].findobj(
        lambda each: type(each) is Rectangle and each.get_ec()[0] > 0.8
    )


def test_boxes_beyond_the_image_do_not_extend_the_axes(shades):
    segmentation = Segmentation(np.array([[-20.0, -10, 200, 60]]), np.array([0.5]))
    display = SegmentationDisplay.from_predictions(shades(50), [segmentation])
    assert display.ax_[0].get_xlim() == (-0.5, 93.5)
    assert display.ax_[0].get_ylim() == (23.5, -0.5)


def test_estimators_without_a_segmenter_are_an_error(recognizer, shades):
    with pytest.raises(TypeError, match=r"Shade\(\) has no method segment"):
        SegmentationDisplay.from_estimator(recognizer, shades(1))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        SegmentationDisplay.from_predictions(shades(1, 2), [])


def test_bars_show_the_most_probable_symbols(recognizer, darken, shades):
    display = AlignmentDisplay.from_estimator(
        make_pipeline(darken, recognizer), shades(80, 160, 90)
    )
    assert display.texts == ["AB"] * 3
    np.testing.assert_array_equal(display.images[1].max(), 80)
    for ax in display.ax_:
        np.testing.assert_allclose([bar.get_height() for bar in ax.patches], [0.8, 0.6, 0.7])
        np.testing.assert_allclose([bar.get_x() + 0.425 for bar in ax.patches], [0.5, 1.5, 2.5])
        assert texts(ax) == [("A", RIGHT), ("B", RIGHT)]


def legend_texts(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_legend_of_bars(shades):
    log_proba = np.log(np.full((2, 4, 3), 1 / 3))
    display = AlignmentDisplay.from_predictions(shades(1, 2), log_proba, alphabet="AB")
    assert legend_texts(display.figure_) == [
        "blank",
        "character",
        "character with probability < 50%",
    ]
    (legend,) = display.figure_.legends
    colors = [to_rgb(patch.get_facecolor()) for patch in legend.get_patches()]
    assert colors == [to_rgb(color) for color in ("0.8", RIGHT, WRONG)]
    assert {ax.get_ylabel() for ax in display.ax_} == {"probability"}
    # Given axes get no legend, because the figure may hold others.
    figure, axes = plt.subplots(2)
    AlignmentDisplay.from_predictions(shades(1, 2), log_proba, alphabet="AB", ax=axes)
    assert not figure.legends


def test_units_of_segment_scores(shades):
    segmentation = Segmentation(np.array([[10.0, 5, 20, 14]]), np.array([0.9]))
    display = SegmentationDisplay.from_predictions(shades(50), [segmentation])
    assert display.figure_.get_supxlabel() == "numbers: probability of a character in %"
    figure, ax = plt.subplots()
    SegmentationDisplay.from_predictions(shades(50), [segmentation], ax=ax)
    assert not figure.get_supxlabel()


@pytest.mark.parametrize(("merge_repeats", "text"), [(True, "ABA"), (False, "AABA")])
def test_repeats_are_merged_except_for_segments(merge_repeats, text, shades):
    best = [1, 1, 0, 2, 1]
    log_proba = np.log(np.full((5, 3), 0.3))
    log_proba[range(5), best] = np.log([0.35, 0.4, 0.4, 0.9, 0.6])
    display = AlignmentDisplay.from_predictions(
        [shades(9)[0]], [log_proba], alphabet="AB", merge_repeats=merge_repeats
    )
    assert display.texts == [text]
    characters = texts(display.ax_[0])
    assert "".join(character for character, _ in characters) == text
    # Characters with a probability below 0.5 are marked.
    assert characters[0] == ("A", WRONG)
    assert characters[-2:] == [("B", RIGHT), ("A", RIGHT)]
    if merge_repeats:  # above the most probable time step of the run
        assert display.ax_[0].findobj(AnnotationBbox)[0].xy[0] == 1.5


def test_each_segment_is_a_time_step(recognizer, darken):
    class Segments(type(darken)):
        def transform(self, X):
            return object_array([np.full((count, 8, 6, 1), 9, np.uint8) for count in (3, 1, 0)])

    class OfSegments(type(recognizer)):
        def log_proba(self, X):
            log_proba = np.log(np.full((3, 5, 3), [0.9, 0.05, 0.05]))
            log_proba[:2, ::2] = np.log([0.1, 0.8, 0.1])
            return log_proba

    display = AlignmentDisplay.from_estimator(make_pipeline(Segments(), OfSegments()), [1, 2, 3])
    assert display.texts == ["AAA", "A", ""]
    assert [image.shape[:2] for image in display.images] == [(8, 18), (8, 6), (1, 1)]


def test_log_proba_that_does_not_fit_is_an_error(recognizer, shades):
    with pytest.raises(
        ValueError, match=r"log_proba\[0\] has shape \(3, 3\); pass \(n_time_steps, 2\)"
    ):
        AlignmentDisplay.from_predictions(shades(1), np.zeros((1, 3, 3)), alphabet="A")
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        AlignmentDisplay.from_predictions(shades(1, 2), np.zeros((1, 3, 2)), alphabet="A")

    class WithoutLogProba(type(recognizer)):
        log_proba = property()

    with pytest.raises(TypeError, match="has no method log_proba"):
        AlignmentDisplay.from_estimator(WithoutLogProba(), shades(1))
