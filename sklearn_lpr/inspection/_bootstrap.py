"""Intervals for rates, by drawing plates anew."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Bootstrap"]

Floats = npt.NDArray[np.float64]

# So many counts are in memory at a time.
_CHUNK = 1_000_000


class Bootstrap(NamedTuple):
    """The percentile bootstrap over clusters: what belongs together is drawn together.

    Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """

    n_resamples: int
    confidence_level: float
    seed: int

    def intervals(
        self, numerators: Floats, denominators: Floats, cluster: npt.NDArray[np.intp]
    ) -> tuple[Floats, Floats]:
        """Give an interval for each rate.

        Parameters
        ----------
        numerators, denominators : ndarray of shape (n_samples, n_rates)
            A rate is the sum of its numerators over that of its denominators.
        cluster : ndarray of shape (n_samples,)
            Which cluster each sample is of.

        Returns
        -------
        low, high : ndarray of shape (n_rates,)
            NaN where there are fewer than two clusters, which have nothing to draw from.
        """
        n_rates = numerators.shape[1]
        _, cluster = np.unique(cluster, return_inverse=True)
        n_clusters = cluster.max(initial=-1) + 1
        if n_clusters < 2:
            return np.full(n_rates, np.nan), np.full(n_rates, np.nan)
        sums = np.zeros((n_clusters, 2 * n_rates))
        np.add.at(sums, cluster, np.hstack([numerators, denominators]))
        # Always from the seed: no interval depends on those that were asked for before.
        rng = np.random.default_rng(self.seed)
        step = max(1, _CHUNK // n_clusters)
        drawn = np.concatenate(
            [
                _draw_counts(rng, n_clusters, min(step, self.n_resamples - start)) @ sums
                for start in range(0, self.n_resamples, step)
            ]
        )
        # A draw without any character has no rate per character.
        numerator, denominator = drawn[:, :n_rates], drawn[:, n_rates:]
        rates = np.divide(
            numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0
        )
        tail = (1 - self.confidence_level) / 2
        low, high = (
            np.array([_quantile(column, level) for column in rates.T]) for level in (tail, 1 - tail)
        )
        return low, high


def _draw_counts(rng: np.random.Generator, n_clusters: int, n_draws: int) -> Floats:
    """Say how often each cluster is drawn, for some draws of as many as there are."""
    draws = (rng.integers(n_clusters, size=n_clusters) for _ in range(n_draws))
    return np.array([np.bincount(drawn, minlength=n_clusters) for drawn in draws], dtype=float)


def _quantile(values: Floats, level: float) -> float:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, level)) if len(known) else float("nan")
