"""What every metric asks of its arguments."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._texts import check_texts

__all__ = ["check_confident_readings", "check_readings"]


def check_readings(
    y_true: Any, y_pred: Any, sample_weight: Any
) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """Check true texts, readings and weights; without weights every plate weighs 1."""
    true = check_texts(y_true, name="y_true", allow_empty=True).tolist()
    read = check_texts(y_pred, name="y_pred", allow_empty=True).tolist()
    if len(true) != len(read):
        raise ValueError(
            f"y_true holds {len(true)} texts and y_pred {len(read)}; pass one reading per plate."
        )
    if not true:
        raise ValueError("y_true is empty: a score needs at least one plate.")
    if sample_weight is None:
        return true, read, np.ones(len(true))
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.shape != (len(true),):
        raise ValueError(
            f"sample_weight has shape {weight.shape}; pass one weight for each of the {len(true)} "
            "plates."
        )
    bad = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if bad.size:
        raise ValueError(
            f"sample_weight[{bad[0]}] is {weight[bad[0]]}; weights are finite and not negative."
        )
    if not weight.any():
        raise ValueError("sample_weight is zero for every plate; give at least one a weight.")
    return true, read, weight


def check_confident_readings(
    y_true: Any, y_pred: Any, confidence: Any, sample_weight: Any
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Check readings with confidences; give which are exact, the confidences and the weights.

    Plates of weight 0 are left out.
    """
    true, read, weight = check_readings(y_true, y_pred, sample_weight)
    exact = np.array([text == reading for text, reading in zip(true, read, strict=True)])
    confidence = np.asarray(confidence, dtype=np.float64)
    if confidence.shape != exact.shape:
        raise ValueError(
            f"confidence has shape {confidence.shape}; pass one number for each of the "
            f"{len(true)} plates."
        )
    bad = np.flatnonzero(~((confidence >= 0) & (confidence <= 1)))
    if bad.size:
        raise ValueError(
            f"confidence[{bad[0]}] is {confidence[bad[0]]}; a confidence is a probability, from 0 "
            "to 1."
        )
    used = weight > 0
    return exact[used], confidence[used], weight[used]
