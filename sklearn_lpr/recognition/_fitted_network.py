"""A training from first weights to last ones, as a function that can be cached."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..decoding import best_paths, text_log_probability
from ._batches import Batch, TrainingSet
from ._training import StopRule, TrainingPlan, train

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["FittedNetwork", "fit_network", "lattices"]

# Bounds the memory of the activations, whatever the number of plates.
_READING_BATCH = 256


@dataclass(frozen=True)
class FittedNetwork:
    """What a training gives.

    Parameters
    ----------
    weights : dict of ndarray
    loss_curve : list of float
        By epoch.
    validation_scores : list of float or None
        The share of validation plates read exactly, by epoch.
    best_score : float or None
        The highest of them.
    exact : float
        The share of the probed training plates that is read exactly.
    """

    weights: "Weights"
    loss_curve: list[float]
    validation_scores: list[float] | None
    best_score: float | None
    exact: float


def fit_network(
    architecture: dict[str, Any],
    first_weights: "Weights",
    data: TrainingSet,
    validation: Batch | None,
    probe: Batch,
    plan: TrainingPlan,
    tol: float,
    n_iter_no_change: int,
    version: str,
    verbose: bool,
) -> FittedNetwork:
    """Train a network; the result depends on the arguments but for `verbose` alone.

    Parameters
    ----------
    architecture : dict
    first_weights : dict of ndarray
    data : TrainingSet
    validation : Batch or None
        Plates by which to stop early.
    probe : Batch
        Training plates that are read in the end.
    plan : TrainingPlan
    tol, n_iter_no_change : float, int
        See `StopRule`.
    version : str
        Of the package: a cache of another version does not count.
    verbose : bool

    Returns
    -------
    FittedNetwork
    """
    from ..networks import borrow_network

    with borrow_network(architecture) as network:
        network.start_training(first_weights, seed=plan.seed, **plan.optimizer)
        stop_rule = None
        if validation is not None:
            stop_rule = StopRule(
                lambda: _score(network, validation), tol=tol, n_iter_no_change=n_iter_no_change
            )
        losses = train(network, data, plan, stop_rule=stop_rule, verbose=verbose)
        if stop_rule is not None:
            network.load(stop_rule.best_weights)
        exact, _ = _score(network, probe)
        return FittedNetwork(
            network.weights,
            losses,
            None if stop_rule is None else stop_rule.scores,
            None if stop_rule is None else stop_rule.best_score,
            exact,
        )


def lattices(network: "Network", images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Give the lattices of any number of images."""
    starts = range(0, len(images), _READING_BATCH)
    return np.concatenate(
        [network.log_proba(images[start : start + _READING_BATCH]) for start in starts]
    )


def _score(network: "Network", plates: Batch) -> tuple[float, float]:
    """Give the share of plates read exactly and the mean log-probability of their texts."""
    log_proba = lattices(network, plates.images)
    texts = [symbols[symbols > 0] for symbols in plates.symbols]
    found, _ = best_paths(log_proba)
    exact = [np.array_equal(path, text) for path, text in zip(found, texts, strict=True)]
    return float(np.mean(exact)), float(np.mean(text_log_probability(log_proba, texts)))
