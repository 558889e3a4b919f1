"""Check the log-probabilities passed to a decoder."""

import numpy as np
import numpy.typing as npt

__all__ = ["check_log_proba"]


def check_log_proba(log_proba: npt.NDArray[np.floating], alphabet: str) -> npt.NDArray[np.floating]:
    """Check that log-probabilities fit an alphabet and contain no NaN."""
    log_proba = np.asarray(log_proba)
    if log_proba.ndim != 3 or log_proba.shape[2] != 1 + len(alphabet):
        raise ValueError(
            f"log_proba has shape {log_proba.shape}; pass (n_samples, n_time_steps, "
            f"{1 + len(alphabet)}) for alphabet={alphabet!r}."
        )
    has_nan = np.isnan(log_proba)
    if has_nan.any():
        index = np.flatnonzero(has_nan.any(axis=(1, 2)))[0]
        raise ValueError(
            f"log_proba[{index}] has NaN; a network outputs NaN after a training run that "
            "diverged. Lower learning_rate_init and train again."
        )
    return log_proba
