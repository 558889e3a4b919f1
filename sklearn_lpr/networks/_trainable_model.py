"""A Keras model whose loss takes any targets and scheduled values."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

__all__ = ["Loss", "TrainableModel"]

# See `NetworkDescription.loss`.
Loss = Callable[[Mapping[str, Any], Any, Mapping[str, Any]], Any]


class TrainableModel(keras.Model):
    """A functional model that is trained with the loss of its description.

    Keras compares one target with one output. Here the loss receives the whole output, all
    targets, and values that change from step to step.
    """

    def set_loss(self, loss: Loss) -> None:
        """Set the loss."""
        self._weighted_mean = _WeightedMean(loss)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the weighted mean loss of a mini-batch."""
        return self._weighted_mean(y, y_pred, sample_weight)


class _WeightedMean(keras.losses.Loss):
    """The weighted mean of the samples' losses."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(name="weighted_mean", dtype="float32")
        self._loss = loss

    def call(self, y_true: Any, y_pred: Any) -> Any:
        targets, scheduled = y_true
        return self._loss(targets, y_pred, scheduled)
