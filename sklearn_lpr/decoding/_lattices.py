"""What every decoder asks of the lattices that it reads."""

import numpy as np
import numpy.typing as npt

__all__ = ["check_lattices"]


def check_lattices(log_proba: npt.NDArray[np.floating], alphabet: str) -> npt.NDArray[np.floating]:
    """Check that lattices fit an alphabet and hold numbers."""
    log_proba = np.asarray(log_proba)
    if log_proba.ndim != 3 or log_proba.shape[2] != 1 + len(alphabet):
        raise ValueError(
            f"log_proba has shape {log_proba.shape}; pass (n_samples, n_columns, "
            f"{1 + len(alphabet)}) for alphabet={alphabet!r}."
        )
    broken = np.isnan(log_proba)
    if broken.any():
        index = np.flatnonzero(broken.any(axis=(1, 2)))[0]
        raise ValueError(
            f"log_proba[{index}] has NaN; a network gives such lattices after a training "
            "that diverged. Lower learning_rate_init and train again."
        )
    return log_proba
