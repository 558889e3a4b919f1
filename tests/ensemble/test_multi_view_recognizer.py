"""Tests of test-time augmentation, with a recognizer that reads the width of a bar."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr import PlateImage
from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.ensemble import MultiViewRecognizer
from sklearn_lpr.ensemble._multi_view_recognizer import _rescale
from sklearn_lpr.images import SampleError, check_images
from sklearn_lpr.preprocessing import PlateNormalizer


class BarRecognizer(RecognizerMixin, BaseEstimator):
    """Predict the number of dark columns, with a confidence for each number."""

    def __init__(self, confidences=None):
        self.confidences = confidences

    def fit(self, X, y):
        self.widths_ = []
        return self

    def read(self, X):
        check_is_fitted(self)
        widths = [int((sample.pixels()[8] < 128).sum()) for sample in check_images(X)]
        self.widths_.append(widths)
        texts = ["40" if width == 40 else "other" for width in widths]
        confidences = [self.confidences.get(width, 0.4) for width in widths]
        return [PlateReading(*each) for each in zip(texts, confidences, strict=True)]


def bar(width, n_columns=100):
    image = np.full((16, n_columns), 255, np.uint8)
    start = (n_columns - width) // 2
    image[:, start : start + width] = 0
    return image


def recognizer(**confidences):
    return BarRecognizer({int(name[1:]): value for name, value in confidences.items()})


def test_views_of_plates_in_doubt_are_fused():
    views = MultiViewRecognizer(recognizer(w40=0.5)).fit([bar(40)], ["40"])
    [result] = views.read([bar(40)])
    # 38, 42 and 37.2 columns are dark in the views.
    assert views.estimator_.widths_ == [[40], [38, 42, 38]]
    assert (result.text, result.confidence) == ("other", pytest.approx(3 * 0.4 / 4))
    assert dict(result.candidates) == pytest.approx({"other": 0.3, "40": 0.125})


def test_a_text_that_the_views_do_not_outvote_stays():
    views = MultiViewRecognizer(recognizer(w40=0.89), [(0.95, 1), (1.05, 1)], max_confidence=0.9)
    [result] = views.fit([bar(40)], ["40"]).read([bar(40)])
    assert (result.text, result.confidence) == ("40", pytest.approx(0.89 / 3))


@pytest.mark.parametrize(("limit", "n_again"), [(0.9, 1), (0.5, 1), (0.4, 0), (0, 0), (1.1, 2)])
def test_plates_of_sufficient_confidence_are_predicted_once(limit, n_again):
    views = MultiViewRecognizer(recognizer(w40=0.9, w20=0.4), [(0.9, 1)], max_confidence=limit)
    views.fit([bar(40)], ["40"])
    results = views.read([bar(40), bar(20)])
    assert [len(widths) for widths in views.estimator_.widths_] == [2] + [n_again] * (n_again > 0)
    if limit < 1:
        assert results[0] == PlateReading("40", 0.9)


def test_the_prediction_does_not_depend_on_the_batch():
    images = [bar(width) for width in (40, 20, 42, 40)]
    views = MultiViewRecognizer(recognizer(w40=0.5, w42=0.95)).fit(images, ["40"] * 4)
    together = views.read(images)
    assert together == [views.read([image])[0] for image in images]
    assert together == views.read([PlateImage(image) for image in images])


def test_a_fitted_recognizer_needs_no_fit():
    fitted = recognizer(w40=0.5).fit([bar(40)], ["40"])
    assert MultiViewRecognizer(fitted).predict([bar(40)]).tolist() == ["other"]
    with pytest.raises(NotFittedError):
        MultiViewRecognizer(recognizer()).predict([bar(40)])


def test_it_is_the_last_step_of_a_pipeline():
    chain = make_pipeline(PlateNormalizer(16, 100), MultiViewRecognizer(recognizer(w40=0.5)))
    assert clone(chain).fit([bar(80, 200)], ["80"]).predict([bar(80, 200)]).tolist() == ["other"]


def test_samples_with_corners_are_rejected_before_prediction():
    views = MultiViewRecognizer(recognizer(w40=0.9)).fit([bar(40)], ["40"])
    photo = PlateImage(bar(40), corners=[[0, 0], [50, 0], [50, 15], [0, 15]])
    with pytest.raises(SampleError, match=r"Sample 1: it has corners=\[\[0.0, .*PlateCropper"):
        views.read([bar(40), photo])
    assert views.estimator_.widths_ == []


def test_empty_predictions_are_final():
    class Blind(BarRecognizer):
        def read(self, X):
            self.widths_.append(len(X))
            return [PlateReading("", 0.0)] * len(X)

    views = MultiViewRecognizer(Blind(), max_confidence=1.1).fit([bar(40)], ["40"])
    assert views.predict([bar(40)]).tolist() == [""]
    assert views.estimator_.widths_ == [1]


@pytest.mark.parametrize("shape", [(5, 9), (4, 8), (5, 9, 3)])
def test_images_are_scaled_about_their_middle(shape):
    y, x = np.indices(shape[:2])
    image = np.uint8(20 * x + 4 * y)
    if len(shape) == 3:
        image = np.repeat(image[..., np.newaxis], 3, axis=2)
    scaled = _rescale(image, 2.0, 1.0)
    middle = (shape[1] - 1) / 2
    expected = 20 * (middle + (x - middle) / 2) + 4 * y
    assert scaled.shape == shape
    np.testing.assert_allclose(scaled if scaled.ndim == 2 else scaled[..., 0], expected, atol=1)
    np.testing.assert_array_equal(_rescale(image, 1.0, 1.0), image)


@pytest.mark.parametrize("scales", [[], [0.9], [(0.9,)], [(0.9, 0)], [(-1, 1)], [(np.nan, 1)]])
@pytest.mark.parametrize("method", ["fit", "read"])
def test_invalid_scales_are_rejected(scales, method):
    views = MultiViewRecognizer(recognizer().fit(None, None), scales=scales)
    arguments = ([bar(40)], ["40"]) if method == "fit" else ([bar(40)],)
    with pytest.raises(ValueError, match=r"scales=.* must be a sequence of pairs"):
        getattr(views, method)(*arguments)


@pytest.mark.parametrize("limit", [-0.1, None, "high"])
def test_an_invalid_limit_is_rejected(limit):
    with pytest.raises(ValueError, match="max_confidence"):
        MultiViewRecognizer(recognizer(), max_confidence=limit).fit([bar(40)], ["40"])
