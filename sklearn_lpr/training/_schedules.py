"""Values that change during training: the learning rate and linear ramps.

Keras's `CosineDecay` is part of the compiled optimizer. Compiled networks are shared by fits with
different learning rates, so the rate is computed here and assigned before each step.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["LearningRate", "Ramp"]

# Where the "step" schedule divides the rate by ten, as fractions of all steps.
_DROPS = (0.4, 0.8)


@dataclass(frozen=True)
class LearningRate:
    """A linear warm-up to `peak`, then a constant rate, two drops, or a cosine decay to 0.

    Source of the cosine: I. Loshchilov and F. Hutter, "SGDR", ICLR 2017, equation 5; of the
    drops: LPRNet's authors, every 100,000 of 250,000 steps.

    Parameters
    ----------
    peak : float
    schedule : {"cosine", "constant", "step"}
    warmup : float
        The fraction of steps over which the rate rises.
    """

    peak: float
    schedule: str
    warmup: float

    def at(self, step: int, n_steps: int) -> float:
        """Return the learning rate of a step, counted from 0, out of `n_steps`."""
        n_warmup = self.warmup * n_steps
        if step < n_warmup:
            return self.peak * (step + 1) / (n_warmup + 1)
        if self.schedule == "constant":
            return self.peak
        if self.schedule == "step":
            return self.peak * 0.1 ** sum(step >= fraction * n_steps for fraction in _DROPS)
        progress = (step - n_warmup) / max(n_steps - n_warmup, 1)
        return self.peak * 0.5 * (1 + np.cos(np.pi * progress))


@dataclass(frozen=True)
class Ramp:
    """A value that changes linearly between two fractions of all steps.

    Parameters
    ----------
    start, end : float
        The fractions of steps at which the change begins and ends; ``start <= end``.
    first, last : float
        The values before and after.
    """

    start: float
    end: float
    first: float
    last: float

    def at(self, step: int, n_steps: int) -> float:
        """Return the value at a step, counted from 0, out of `n_steps`."""
        fraction = step / n_steps
        if fraction >= self.end:
            return self.last
        if fraction <= self.start:
            return self.first
        risen = (fraction - self.start) / (self.end - self.start)
        return self.first + (self.last - self.first) * risen
