"""scikit-learn's estimator checks, with an adapter from the rows of a table to images."""

import joblib
import numpy as np
import pytest
from estimators import META_RECOGNIZERS, RECOGNIZERS, TRANSFORMERS
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_lpr.ensemble import VotingRecognizer
from sklearn_lpr.images import object_array

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning"),  # there are few rows
]

# Tables of any width become images of the same width, so that one network fits all checks.
N_COLUMNS = 12
ONE_STEP = {"max_iter": 1, "batch_size": 512}


class Rows(BaseEstimator):
    """Pass each row to an estimator as an image of height 1 with edges, which is never blank.

    The adapter validates what scikit-learn's checks require of tables (numbers of features, NaN,
    sparse input), which does not apply to images. The checks of the package cover images.
    """

    def __init__(self, estimator=None):
        self.estimator = estimator

    def _fit(self, images, *texts):
        inner = clone(self.estimator)
        before = joblib.hash(inner.get_params())
        returned = inner.fit(images, *texts)
        # The checks examine only the adapter, so that the adapter examines the estimator.
        assert returned is inner
        assert joblib.hash(inner.get_params()) == before
        self.estimator_ = inner
        return self

    def _images(self, X):
        rows = grey_rows(X)
        return np.pad(rows, [(0, 0), (1, 1)], constant_values=(0, 255))[
            :, np.newaxis, :, np.newaxis
        ]


class TransformedRows(TransformerMixin, Rows):
    """Convert each transformed image to three numbers."""

    def fit(self, X, y=None):
        return self._fit(self._images(validate_data(self, X, dtype=float)))

    def transform(self, X):
        check_is_fitted(self)
        images = self._images(validate_data(self, X, dtype=float, reset=False))
        results = [np.asarray(item, float).ravel() for item in self.estimator_.transform(images)]
        assert len(results) == len(images)
        return np.array([[len(row), row.sum(), row @ np.arange(len(row))] for row in results])


class RecognizedRows(Rows):
    """Convert texts to numbers."""

    def fit(self, X, y):
        X, y = validate_data(self, X, y, dtype=float)
        texts = [chr(65 + int(abs(value)) % 26) for value in y]
        return self._fit(self._images(X), texts)

    def predict(self, X):
        check_is_fitted(self)
        images = self._images(validate_data(self, X, dtype=float, reset=False))
        return np.array(
            [float(int.from_bytes(t.encode())) for t in self.estimator_.predict(images)]
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class RecognizedSegmentedRows(RecognizedRows):
    """Pass each number of a row as a segment."""

    def _images(self, X):
        slope = np.arange(0, 20, 5, dtype=np.uint8)  # a blank segment would be dropped
        segments = grey_rows(X)[:, :, np.newaxis] + slope
        return object_array(list(segments[:, :, np.newaxis, :, np.newaxis]))


def grey_rows(X):
    """Convert numbers to grey levels, repeated to N_COLUMNS."""
    rows = np.clip(100 + 30 * X, 0, 235).astype(np.uint8)
    return rows[:, np.arange(N_COLUMNS) % rows.shape[1]]


# A row has no corners and no detectable plate. The checks of the package cover both.
ADAPTED = [
    TransformedRows(estimator)
    for name, estimator in TRANSFORMERS.items()
    if name not in ("PlateCropper", "PlateRedactor") and not name.endswith(", detector")
] + [
    RecognizedRows(clone(RECOGNIZERS["LPRNetCTC"]).set_params(**ONE_STEP)),
    RecognizedRows(
        VotingRecognizer([("one", clone(RECOGNIZERS["LPRNetCTC"]).set_params(**ONE_STEP))])
    ),
    RecognizedSegmentedRows(clone(RECOGNIZERS["SegmentCNN"]).set_params(**ONE_STEP)),
    *(
        RecognizedRows(clone(estimator).set_params(cv=2))
        for estimator in META_RECOGNIZERS.values()
        if hasattr(estimator, "cv")
    ),
]


def expected_failures(adapted):
    if hasattr(adapted.estimator, "cv"):
        return {"check_fit2d_1sample": "one plate cannot be held out; the message is about plates"}
    return {}


@parametrize_with_checks(ADAPTED, expected_failed_checks=expected_failures)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def onnx_file(draw_weights, tmp_path_factory):
    pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    from sklearn_lpr.export import to_onnx

    network = draw_weights(clone(RECOGNIZERS["LPRNetCTC"]), (1, N_COLUMNS + 2, 1))
    return to_onnx(network, tmp_path_factory.mktemp("export") / "recognizer.onnx")


@parametrize_with_checks([RecognizedRows(RECOGNIZERS["OnnxRecognizer"])])
def test_sklearn_checks_of_onnx_recognizer(estimator, check, onnx_file):
    check(clone(estimator).set_params(estimator__path=onnx_file))


def test_the_adapter_examines_the_estimator():
    class ReturnsNothing(BaseEstimator):
        def fit(self, X, y=None):
            pass

    class ChangesItself(BaseEstimator):
        def __init__(self, amount=1):
            self.amount = amount

        def fit(self, X, y=None):
            self.amount += 1
            return self

    for wrong in (ReturnsNothing(), ChangesItself()):
        with pytest.raises(AssertionError):
            TransformedRows(wrong).fit(np.zeros((4, 3)))
