"""Check the log-probabilities passed to a decoder."""

import numpy as np
import numpy.typing as npt

__all__ = ["check_log_proba"]

# Rounding, also of quantized networks, may raise the sum of the probabilities above 1.
_TOLERANCE = 0.01


def check_log_proba(log_proba: npt.NDArray[np.floating], alphabet: str) -> npt.NDArray[np.floating]:
    """Check that log-probabilities fit an alphabet and belong to possible probabilities."""
    log_proba = np.asarray(log_proba)
    if log_proba.ndim != 3 or log_proba.shape[2] != 1 + len(alphabet):
        raise ValueError(
            f"log_proba has shape {log_proba.shape}; pass (n_samples, n_time_steps, "
            f"{1 + len(alphabet)}) for alphabet={alphabet!r}."
        )
    with np.errstate(over="ignore"):
        totals = np.exp(log_proba).sum(axis=2)
    possible = totals <= 1 + _TOLERANCE  # False for NaN, too
    if possible.all():
        return log_proba
    has_nan = np.isnan(totals)
    if has_nan.any():
        index = np.flatnonzero(has_nan.any(axis=1))[0]
        raise ValueError(
            f"log_proba[{index}] has NaN; a network outputs NaN after a training run that "
            "diverged. Lower learning_rate_init and train again."
        )
    index, step = np.argwhere(~possible)[0]
    raise ValueError(
        f"log_proba[{index}] has probabilities that sum to {totals[index, step]:.3g} at time "
        f"step {step}; pass log-probabilities, as from a log-softmax, rather than logits or "
        "probabilities."
    )
