"""Stop training when the validation score no longer improves.

Keras's `EarlyStopping` monitors one number without a tie-breaker, has no state that a checkpoint
could hold, and keeps the last weights of the best epoch instead of their moving average.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ._checkpoint import State, add_prefix, select_prefix

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["EarlyStopping", "Scorer"]

# Returns the score of a network with its weights in place, and a second one that breaks ties. It
# is part of the key of `memory` and of the checkpoint, so it must be picklable.
Scorer = Callable[["Network"], tuple[float, float]]


@dataclass
class EarlyStopping:
    """Keep the weights of the best epoch, and stop some epochs after it.

    An epoch is better if its score is higher, or equal with a higher tie-breaker: for a
    recognizer the mean log-probability, which rises while no plate is predicted correctly yet.

    Parameters
    ----------
    score : callable
        Returns the validation score and the tie-breaker.
    tol : float
        The least rise of the tie-breaker that counts as better.
    n_iter_no_change : int
        The number of epochs without improvement before training stops.
    """

    score: Callable[[], tuple[float, float]]
    tol: float
    n_iter_no_change: int
    scores: list[float] = field(default_factory=list)
    best_weights: "Weights" = field(default_factory=dict)
    _best: tuple[float, float] = (-np.inf, -np.inf)
    _n_worse: int = 0

    @property
    def best_score(self) -> float:
        """The highest validation score."""
        return self._best[0]

    @property
    def should_stop(self) -> bool:
        """Whether training should stop."""
        return self._n_worse >= self.n_iter_no_change

    def update(self, weights: "Weights") -> None:
        """Score the weights after an epoch, which are in place."""
        score, tie_breaker = self.score()
        self.scores.append(score)
        best_score, best_tie_breaker = self._best
        if score > best_score or (
            score == best_score and tie_breaker > best_tie_breaker + self.tol
        ):
            self._best, self._n_worse = (score, tie_breaker), 0
            self.best_weights = weights
        else:
            self._n_worse += 1

    @property
    def state(self) -> State:
        """The state for a checkpoint: all but the parameters."""
        return {
            "scores": np.array(self.scores, np.float64),
            "best": np.array(self._best, np.float64),
            "n_worse": np.array(self._n_worse),
            **add_prefix("weights", self.best_weights),
        }

    def restore(self, state: State) -> None:
        """Restore a state."""
        self.scores = state["scores"].tolist()
        score, tie_breaker = state["best"].tolist()
        self._best = score, tie_breaker
        self._n_worse = state["n_worse"].item()
        self.best_weights = select_prefix("weights", state)
