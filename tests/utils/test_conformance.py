"""scikit-learn's own checks, through an adapter that turns the rows of a table into images."""

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
    pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning"),  # of so few rows
]

# Tables of any width become images of one, so that one network serves all checks.
N_COLUMNS = 12
ONE_STEP = {"max_iter": 1, "batch_size": 512}


class Rows(BaseEstimator):
    """Show each row to an estimator as an image one pixel high, with an edge that is never blank.

    What scikit-learn's checks ask of tables (numbers of features, NaN, sparse input) the adapter
    refuses itself, as they can say nothing of images; the package's own checks see to those.
    """

    def __init__(self, estimator=None):
        self.estimator = estimator

    def _fit(self, images, *texts):
        inner = clone(self.estimator)
        before = joblib.hash(inner.get_params())
        returned = inner.fit(images, *texts)
        # The checks look at the adapter alone, so it looks at the estimator.
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
    """Turn each transformed image into three numbers."""

    def fit(self, X, y=None):
        return self._fit(self._images(validate_data(self, X, dtype=float)))

    def transform(self, X):
        check_is_fitted(self)
        images = self._images(validate_data(self, X, dtype=float, reset=False))
        results = [np.asarray(item, float).ravel() for item in self.estimator_.transform(images)]
        assert len(results) == len(images)
        return np.array([[len(row), row.sum(), row @ np.arange(len(row))] for row in results])


class ReadRows(Rows):
    """Turn texts into numbers."""

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


class ReadSegmentedRows(ReadRows):
    """Show each number of a row as a segment."""

    def _images(self, X):
        slope = np.arange(0, 20, 5, dtype=np.uint8)  # a segment of one colour would be none
        segments = grey_rows(X)[:, :, np.newaxis] + slope
        return object_array(list(segments[:, :, np.newaxis, :, np.newaxis]))


def grey_rows(X):
    """Turn numbers into levels of grey, repeated to N_COLUMNS."""
    rows = np.clip(100 + 30 * X, 0, 235).astype(np.uint8)
    return rows[:, np.arange(N_COLUMNS) % rows.shape[1]]


# A row has neither corners nor a plate to find; the package's own checks have both.
ADAPTED = [
    TransformedRows(estimator)
    for name, estimator in TRANSFORMERS.items()
    if name not in ("PlateCropper", "PlateRedactor") and not name.endswith(", detector")
] + [
    ReadRows(clone(RECOGNIZERS["LPRNetCTC"]).set_params(**ONE_STEP)),
    ReadRows(VotingRecognizer([("one", clone(RECOGNIZERS["LPRNetCTC"]).set_params(**ONE_STEP))])),
    ReadSegmentedRows(clone(RECOGNIZERS["SegmentCNN"]).set_params(**ONE_STEP)),
    *(ReadRows(clone(estimator).set_params(cv=2)) for estimator in META_RECOGNIZERS.values()),
]


def expected_failures(adapted):
    if hasattr(adapted.estimator, "cv"):
        return {"check_fit2d_1sample": "one plate cannot be held out; the error speaks of plates"}
    return {}


@parametrize_with_checks(ADAPTED, expected_failed_checks=expected_failures)
def test_scikit_learns_checks_hold(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def onnx_file(draw_weights, tmp_path_factory):
    pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")
    from sklearn_lpr.export import to_onnx

    network = draw_weights(clone(RECOGNIZERS["LPRNetCTC"]), (1, N_COLUMNS + 2, 1))
    return to_onnx(network, tmp_path_factory.mktemp("export") / "reader.onnx")


@parametrize_with_checks([ReadRows(RECOGNIZERS["OnnxRecognizer"])])
def test_scikit_learns_checks_hold_without_keras(estimator, check, onnx_file):
    check(clone(estimator).set_params(estimator__path=onnx_file))


def test_the_adapter_sees_what_the_checks_cannot():
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
