"""Bootstrap confidence intervals."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Bootstrap"]

Floats = npt.NDArray[np.float64]

# The number of counts in memory at a time.
_CHUNK = 1_000_000


class Bootstrap(NamedTuple):
    """Percentile bootstrap over clusters: samples of one cluster are resampled together.

    B. Efron and R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """

    n_resamples: int
    confidence_level: float
    seed: int

    def intervals(
        self, numerators: Floats, denominators: Floats, cluster: npt.NDArray[np.intp]
    ) -> tuple[Floats, Floats]:
        """Compute a confidence interval for each ratio.

        Parameters
        ----------
        numerators, denominators : ndarray of shape (n_samples, n_ratios)
            A ratio is the sum of its numerators divided by the sum of its denominators.
        cluster : ndarray of shape (n_samples,)
            The cluster of each sample.

        Returns
        -------
        low, high : ndarray of shape (n_ratios,)
            NaN if there are fewer than two clusters.
        """
        n_ratios = numerators.shape[1]
        _, cluster = np.unique(cluster, return_inverse=True)
        n_clusters = cluster.max(initial=-1) + 1
        if n_clusters < 2:
            return np.full(n_ratios, np.nan), np.full(n_ratios, np.nan)
        sums = np.zeros((n_clusters, 2 * n_ratios))
        np.add.at(sums, cluster, np.hstack([numerators, denominators]))
        # Each call starts from the seed, so no interval depends on earlier calls.
        rng = np.random.default_rng(self.seed)
        step = max(1, _CHUNK // n_clusters)
        resampled = np.concatenate(
            [
                _resample(rng, n_clusters, min(step, self.n_resamples - start)) @ sums
                for start in range(0, self.n_resamples, step)
            ]
        )
        # A resample without any true character has no error rate per character.
        numerator, denominator = resampled[:, :n_ratios], resampled[:, n_ratios:]
        ratios = np.divide(
            numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0
        )
        tail = (1 - self.confidence_level) / 2
        low, high = (
            np.array([_quantile(column, level) for column in ratios.T])
            for level in (tail, 1 - tail)
        )
        return low, high


def _resample(rng: np.random.Generator, n_clusters: int, n_resamples: int) -> Floats:
    """Count how often each cluster is drawn, in resamples of `n_clusters` clusters."""
    draws = (rng.integers(n_clusters, size=n_clusters) for _ in range(n_resamples))
    return np.array([np.bincount(draw, minlength=n_clusters) for draw in draws], dtype=float)


def _quantile(values: Floats, level: float) -> float:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, level)) if len(known) else float("nan")
