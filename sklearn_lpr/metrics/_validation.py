"""What every metric asks of its arguments."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._texts import check_texts

__all__ = ["check_readings"]


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
