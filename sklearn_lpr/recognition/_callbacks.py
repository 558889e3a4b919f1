"""What scikit-learn's callbacks hear of a training."""

from collections.abc import Callable, Mapping
from typing import Any

from ._progress import FittedNetwork

__all__ = ["EpochTasks"]


class EpochTasks:
    """Tell callbacks of each epoch, as of a subtask of `fit`.

    Parameters
    ----------
    context : CallbackContext
        Of the fit.
    estimator : estimator
    attributes : callable
        From a `FittedNetwork` to the attributes of an estimator that was fitted so.
    **data
        X, y and metadata, as `fit` took them.
    """

    def __init__(
        self,
        context: Any,
        estimator: Any,
        attributes: Callable[[FittedNetwork], Mapping[str, Any]],
        **data: Any,
    ) -> None:
        self._context = context
        self._attributes = attributes
        self._told = {"estimator": estimator, **data}
        self._n_known = 0

    def begin(self, epoch: int) -> None:
        """Tell that an epoch begins."""
        # Also those behind a training that goes on are known, so that a task's number is right.
        for _ in range(self._n_known, epoch + 1):
            self._task = self._context.subcontext(task_name="iteration")
        self._n_known = epoch + 1
        self._task.call_on_fit_task_begin(**self._told)

    def end(self, fitted: FittedNetwork) -> bool:
        """Tell that the epoch has ended; True means stop."""
        return self._task.call_on_fit_task_end(
            **self._told, reconstruction_attributes=lambda: self._attributes(fitted)
        )
