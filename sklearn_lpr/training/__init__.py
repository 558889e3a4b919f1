"""Train any network: mini-batches, schedules, checkpoints, early stopping, callbacks."""

from ._base import BaseNetworkEstimator, TrainingTask
from ._batches import Batch, Build, Examples, TrainingSet
from ._fit_network import fit_network
from ._plan import TrainingPlan
from ._progress import TrainingResult
from ._schedules import LearningRate, Ramp

__all__ = [
    "BaseNetworkEstimator",
    "Batch",
    "Build",
    "Examples",
    "LearningRate",
    "Ramp",
    "TrainingPlan",
    "TrainingResult",
    "TrainingSet",
    "TrainingTask",
    "fit_network",
]
