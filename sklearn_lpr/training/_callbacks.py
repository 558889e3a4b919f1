"""Adapter to scikit-learn's callbacks."""

from collections.abc import Callable, Mapping
from typing import Any

from ._progress import TrainingResult

__all__ = ["EpochTasks"]


class EpochTasks:
    """Notify callbacks of each epoch, as a subtask of `fit`.

    Parameters
    ----------
    context : CallbackContext
        The context of `fit`.
    estimator : estimator
    attributes : callable
        From a `TrainingResult` to the attributes of an estimator fitted with it.
    **data
        X, y and metadata, as passed to `fit`.
    """

    def __init__(
        self,
        context: Any,
        estimator: Any,
        attributes: Callable[[TrainingResult], Mapping[str, Any]],
        **data: Any,
    ) -> None:
        self._context = context
        self._attributes = attributes
        self._arguments = {"estimator": estimator, **data}
        self._n_known = 0

    def begin(self, epoch: int) -> None:
        """Notify callbacks that an epoch begins."""
        # A resumed run registers its completed epochs too, so that the task's number is right.
        for _ in range(self._n_known, epoch + 1):
            self._task = self._context.subcontext(task_name="epoch")
        self._n_known = epoch + 1
        self._task.call_on_fit_task_begin(**self._arguments)

    def end(self, result: TrainingResult) -> bool:
        """Notify callbacks that the epoch has ended; return True if one stops training."""
        return self._task.call_on_fit_task_end(
            **self._arguments, reconstruction_attributes=lambda: self._attributes(result)
        )
