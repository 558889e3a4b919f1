"""Check the parameters of metrics."""

import reprlib
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval, validate_params
from .._texts import check_texts

__all__ = ["check_confidences", "check_params", "check_predictions"]

# Decorates all public metrics. The texts are checked by `check_predictions`, whose messages name
# the index.
check_params = validate_params(
    {
        "accuracy": [Interval(Real, 0, 1, closed="both")],
        "coverage": [Interval(Real, 0, 1, closed="right")],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)


def check_predictions(
    y_true: Any, y_pred: Any, sample_weight: Any
) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """Check true texts, predicted texts and weights; without weights, every plate has weight 1."""
    true = check_texts(y_true, name="y_true", allow_empty=True).tolist()
    predicted = check_texts(y_pred, name="y_pred", allow_empty=True).tolist()
    if len(true) != len(predicted):
        raise ValueError(
            f"y_true holds {len(true)} texts and y_pred {len(predicted)}; pass one predicted text "
            "per plate."
        )
    if not true:
        raise ValueError("y_true is empty: a score needs at least one plate.")
    if sample_weight is None:
        return true, predicted, np.ones(len(true))
    weight = _to_numbers(sample_weight, "sample_weight", "one weight per plate")
    if weight.shape != (len(true),):
        raise ValueError(
            f"sample_weight has shape {weight.shape}; pass one weight for each of the {len(true)} "
            "plates."
        )
    invalid = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if invalid.size:
        raise ValueError(
            f"sample_weight[{invalid[0]}] is {weight[invalid[0]]}; weights must be finite and not "
            "negative."
        )
    if not weight.any():
        raise ValueError("sample_weight is zero for every plate; at least one must be positive.")
    return true, predicted, weight


def _to_numbers(values: Any, name: str, needed: str) -> npt.NDArray[np.float64]:
    """Return numbers as an array; the error says which parameter holds none, and what it needs."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} is {reprlib.repr(values)}; pass {needed}.") from error


def check_confidences(
    y_true: Any, y_pred: Any, confidence: Any, sample_weight: Any
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Check predictions with confidences.

    Returns
    -------
    exact, confidence, weight : ndarray of shape (n_used,)
        Which predictions are exact, their confidences and weights. Plates of weight 0 are left
        out, and images without a plate and without a predicted text: the prediction is right, but
        its confidence 0 is not that of a text.
    """
    true, predicted, weight = check_predictions(y_true, y_pred, sample_weight)
    exact = np.array([text == prediction for text, prediction in zip(true, predicted, strict=True)])
    confidence = _to_numbers(
        confidence,
        "confidence",
        "one probability per plate, such as [each.confidence for each in predictions]",
    )
    if confidence.shape != exact.shape:
        raise ValueError(
            f"confidence has shape {confidence.shape}; pass one number for each of the "
            f"{len(true)} plates."
        )
    invalid = np.flatnonzero(~((confidence >= 0) & (confidence <= 1)))
    if invalid.size:
        raise ValueError(
            f"confidence[{invalid[0]}] is {confidence[invalid[0]]}; a confidence is a probability, "
            "from 0 to 1."
        )
    has_text = [bool(text or prediction) for text, prediction in zip(true, predicted, strict=True)]
    used = (weight > 0) & has_text
    return exact[used], confidence[used], weight[used]
