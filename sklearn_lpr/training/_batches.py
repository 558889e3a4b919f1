"""Mini-batches in shuffled order, built in threads while the network trains."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Batch", "Build", "Examples", "Targets", "TrainingSet"]

# Threads that build batches, and the number of batches that they build ahead of the training step.
_N_THREADS = 2
_AHEAD = 6

Targets = dict[str, npt.NDArray[Any]]
Build = Callable[[int, np.random.Generator], tuple[npt.NDArray[np.uint8], Targets]]


class Examples(Protocol):
    """Training examples: images with targets of any kind.

    The object is part of the key of `memory` and of the checkpoint. It must be picklable, and its
    state must determine every example that it builds.
    """

    def __len__(self) -> int:
        """Return the number of examples."""

    def prepare(self) -> Build:
        """Return a function that builds one example from its index and a random generator.

        The function returns the image and a dict of target arrays. All examples have the same
        shapes. Several threads call it at once. Augmentation draws random numbers from the
        generator, whose seed depends on the seed of the fit, the epoch and the index alone.
        """


@dataclass(frozen=True)
class Batch:
    """The input of one training step."""

    images: npt.NDArray[np.uint8]
    targets: Targets
    sample_weight: npt.NDArray[np.float32]


@dataclass(frozen=True)
class TrainingSet:
    """Training examples and their order in each epoch.

    Parameters
    ----------
    examples : Examples
    sample_weight : ndarray of shape (n_samples,), dtype float32
    batch_size : int
        The largest number of examples in a mini-batch; the batches of an epoch differ by at most
        one in size.
    shuffle : bool
        Whether each epoch has a different order.
    seed : int
        Determines the order of each epoch and every augmented example. The generator of an
        example depends on seed, epoch and index alone, so threads cannot change a result.
    """

    examples: Examples
    sample_weight: npt.NDArray[np.float32]
    batch_size: int
    shuffle: bool
    seed: int

    @property
    def n_batches(self) -> int:
        """The number of mini-batches in an epoch."""
        return -(-len(self.examples) // self.batch_size)

    def batches(self, max_iter: int, first: int = 0) -> Generator[Batch, None, None]:
        """Yield the mini-batches of all epochs from the first to `max_iter`."""
        build = self.examples.prepare()
        with ThreadPoolExecutor(_N_THREADS) as executor:
            waiting: deque[Future[Batch]] = deque()
            tasks = self._tasks(first, max_iter)
            try:
                for task in islice(tasks, _AHEAD):
                    waiting.append(executor.submit(self._build_batch, build, *task))
                while waiting:
                    yield waiting.popleft().result()
                    for task in islice(tasks, 1):
                        waiting.append(executor.submit(self._build_batch, build, *task))
            finally:
                for future in waiting:
                    future.cancel()

    def _tasks(self, first: int, max_iter: int) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
        for epoch in range(first, max_iter):
            order = np.arange(len(self.examples))
            if self.shuffle:
                order = np.random.default_rng([self.seed, epoch]).permutation(order)
            for indices in np.array_split(order, self.n_batches):
                yield epoch, indices

    def _build_batch(self, build: Build, epoch: int, indices: npt.NDArray[np.intp]) -> Batch:
        examples = [
            build(index, np.random.default_rng([self.seed, epoch, index]))
            for index in indices.tolist()
        ]
        images, targets = zip(*examples, strict=True)
        stacked = {name: np.stack([each[name] for each in targets]) for name in targets[0]}
        return Batch(np.stack(images), stacked, self.sample_weight[indices])
