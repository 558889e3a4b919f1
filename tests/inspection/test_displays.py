"""Common behaviour of all displays."""

import sys

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.inspection import (
    AlignmentDisplay,
    CharacterConfusionDisplay,
    PlateReadingsDisplay,
    ReliabilityDisplay,
    RiskCoverageDisplay,
    SegmentationDisplay,
)
from sklearn_lpr.preprocessing import CharacterSegmenter, Segmentation

Y = ["A20", "A1", "A4"]
PREDICTIONS = [PlateReading(*each) for each in (("A20", 0.8), ("A10", 0.4), ("A4", 0.2))]

WITH_TRUTH = [
    CharacterConfusionDisplay,
    PlateReadingsDisplay,
    ReliabilityDisplay,
    RiskCoverageDisplay,
]
of_predictions = pytest.mark.parametrize("display", WITH_TRUTH)
of_plates = pytest.mark.parametrize(
    "display", [AlignmentDisplay, PlateReadingsDisplay, SegmentationDisplay]
)


def draw(display, plates, **kwargs):
    """Draw plates with any display of plates."""
    if display is PlateReadingsDisplay:
        return display.from_predictions(plates, None, ["A1"] * len(plates), **kwargs)
    if display is SegmentationDisplay:
        segmentation = Segmentation(np.array([[10.0, 5, 20, 14]]), np.array([0.9]))
        return display.from_predictions(plates, [segmentation] * len(plates), **kwargs)
    log_proba = np.log(np.full((len(plates), 4, 2), 0.5))
    return display.from_predictions(plates, log_proba, alphabet="A", **kwargs)


@of_predictions
@pytest.mark.parametrize("wrapped", ["bare", "pipeline", "frozen", "search"])
def test_wrapped_estimators(display, wrapped, recognizer, darken, shades):
    estimator = {
        "bare": recognizer,
        "pipeline": make_pipeline(darken, recognizer),
        "frozen": FrozenEstimator(make_pipeline(darken, recognizer)),
        "search": GridSearchCV(make_pipeline(darken, recognizer), {}, cv=2),
    }[wrapped]
    if wrapped == "search":
        estimator.fit(shades(9, 9), ["A0", "A0"])
    drawn = display.from_estimator(estimator, shades(200, 100, 40), Y)
    assert isinstance(drawn, display)
    assert drawn.figure_ is np.atleast_1d(drawn.ax_)[0].figure


@of_predictions
def test_estimators_without_a_recognizer_are_an_error(display, darken, shades):
    with pytest.raises(TypeError, match=r"Darken\(\) is not a recognizer"):
        display.from_estimator(darken, shades(1, 2, 3), Y)


@of_predictions
def test_invalid_predictions_are_an_error(display, shades):
    plates = (shades(1, 2, 3),) if display is PlateReadingsDisplay else ()
    with pytest.raises(ValueError, match="2"):
        display.from_predictions(*plates, ["A1", "A2"], PREDICTIONS)
    with pytest.raises((TypeError, ValueError), match=r"y_pred\[1\] is 7"):
        display.from_predictions(*plates, Y, [PREDICTIONS[0], 7, PREDICTIONS[2]])


@of_predictions
def test_arguments_are_not_modified(display, shades):
    y, predictions, plates = np.array(Y), tuple(PREDICTIONS), shades(1, 2, 3)
    y.flags.writeable = plates.flags.writeable = False
    leading = (plates,) if display is PlateReadingsDisplay else ()
    display.from_predictions(*leading, y, predictions)


@of_plates
@pytest.mark.parametrize("n_plates", [1, 5, pytest.param(20, marks=pytest.mark.slow)])
def test_figures_fit_the_number_of_plates(display, n_plates, shades):
    drawn = draw(display, shades(*range(10, 10 + n_plates)))
    assert drawn.ax_.shape == (n_plates,)
    width, height = drawn.figure_.get_size_inches()
    assert 3 <= width <= 12
    assert 0.5 <= height <= 26
    drawn.figure_.canvas.draw()  # computes the layout
    # Nothing is cut off at the edges of the figure.
    extent = drawn.figure_.get_tightbbox()
    assert extent.x0 >= -0.05
    assert extent.y0 >= -0.05
    assert extent.x1 <= width + 0.05
    assert extent.y1 <= height + 0.05


@pytest.mark.parametrize("value", [0, 1.5, "a"])
@pytest.mark.parametrize(
    ("display", "name"),
    [
        (AlignmentDisplay, "n_plates"),
        (AlignmentDisplay, "n_columns"),
        (CharacterConfusionDisplay, "n_characters"),
        (PlateReadingsDisplay, "n_plates"),
        (PlateReadingsDisplay, "n_columns"),
        (ReliabilityDisplay, "n_bins"),
        (SegmentationDisplay, "n_plates"),
        (SegmentationDisplay, "n_columns"),
    ],
)
def test_invalid_counts_are_an_error_before_prediction(display, name, value, recognizer, shades):
    y = (["A1"],) if display in WITH_TRUTH else ()
    estimator = CharacterSegmenter() if display is SegmentationDisplay else recognizer
    message = f"The '{name}' parameter of {display.__name__}.from_estimator must .* Got {value!r}"
    with pytest.raises(ValueError, match=message):
        display.from_estimator(estimator, shades(1), *y, **{name: value})
    assert recognizer.n_read == 0


@of_plates
def test_invalid_n_columns_is_an_error(display, shades):
    with pytest.raises(ValueError, match=f"parameter of {display.__name__}.from_predictions"):
        draw(display, shades(10), n_columns=0)
    with pytest.raises(ValueError, match=f"'n_columns' parameter of {display.__name__}.plot"):
        draw(display, shades(10)).plot(n_columns=0)


@pytest.mark.parametrize(
    ("display", "name"),
    [(CharacterConfusionDisplay, "n_characters"), (ReliabilityDisplay, "n_bins")],
)
def test_invalid_counts_are_an_error(display, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of {display.__name__}.from_pred"):
        display.from_predictions(Y, PREDICTIONS, **{name: 0})


@of_plates
def test_plates_are_drawn_into_given_axes(display, shades):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2)
    drawn = draw(display, shades(10, 20, 30), ax=axes)
    assert drawn.figure_ is figure
    assert list(drawn.ax_) == list(axes.flat[:3])
    assert not axes[1, 1].axison
    with pytest.raises(ValueError, match="ax holds 4 axes for 5 plates"):
        draw(display, shades(*range(10, 15)), ax=axes)


@of_plates
def test_n_columns(display, shades):
    drawn = draw(display, shades(*range(10, 16)), n_columns=3)
    columns = {ax.get_subplotspec().colspan.start for ax in drawn.ax_}
    assert columns == {0, 1, 2}


@of_plates
@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_grey_and_colour_images(display, channels):
    draw(display, [np.full((24, 94, *channels), 90, np.uint8)])


@pytest.mark.parametrize("display", [ReliabilityDisplay, RiskCoverageDisplay])
def test_texts_without_confidence_are_an_error(display):
    with pytest.raises(TypeError, match="y_pred holds no PlateReading objects"):
        display.from_predictions(Y, ["A20", "A10", "A4"])


@pytest.mark.parametrize("display", [*WITH_TRUTH, AlignmentDisplay, SegmentationDisplay])
def test_without_matplotlib_the_error_names_the_extra(display, recognizer, shades, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("matplotlib.pyplot")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    plates, y = shades(200, 100, 40), (Y,) if display in WITH_TRUTH else ()
    estimator = CharacterSegmenter() if display is SegmentationDisplay else recognizer
    with pytest.raises(ImportError, match=rf"{display.__name__}.*'sklearn-lpr\[plot\]'"):
        display.from_estimator(estimator, plates, *y)
    assert recognizer.n_read == 0  # before prediction


@pytest.mark.parametrize("display", [ReliabilityDisplay, RiskCoverageDisplay])
@pytest.mark.parametrize(("name", "value"), [("name", 3), ("sample_weight", 0.5)])
def test_invalid_parameters_of_curves_are_an_error(display, name, value, recognizer, shades):
    message = f"The '{name}' parameter of {display.__name__}.from_"
    with pytest.raises(ValueError, match=f"{message}predictions must be"):
        display.from_predictions(Y, PREDICTIONS, **{name: value})
    with pytest.raises(ValueError, match=f"{message}estimator must be"):
        display.from_estimator(recognizer, shades(1, 2, 3), Y, **{name: value})
    assert recognizer.n_read == 0
