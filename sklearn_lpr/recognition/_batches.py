"""The batches of a training, augmented beside it."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from ._alphabet import encode_texts

__all__ = ["Batch", "TrainingSet"]

# Threads that augment, and batches that they may be ahead: a step must never wait for them.
_N_THREADS = 2
_AHEAD = 6

Draw = Callable[[int, np.random.Generator], tuple[npt.NDArray[np.uint8], str]]


@dataclass(frozen=True)
class Batch:
    """What a network takes in one step."""

    images: npt.NDArray[np.uint8]
    symbols: npt.NDArray[np.int32]
    sample_weight: npt.NDArray[np.float32]


@dataclass(frozen=True)
class TrainingSet:
    """The plates that a network learns from, and the order in which it sees them.

    Parameters
    ----------
    images : ndarray of shape (n_samples, ...), dtype uint8
    texts : ndarray of shape (n_samples,), dtype str
    sample_weight : ndarray of shape (n_samples,), dtype float32
    alphabet : str
    longest_text : int
        The length to which symbols are padded.
    augmentation : object or None
        See `PlateAugmenter.prepare`; gives no longer texts.
    batch_size : int
        Batches hold at most so many plates, and differ by one at the most.
    shuffle : bool
        Whether each epoch has an order of its own.
    seed : int
        Of the orders and of the draws: those of a plate depend on seed, epoch and index alone,
        so that threads cannot change a result.
    """

    images: npt.NDArray[np.uint8]
    texts: npt.NDArray[np.str_]
    sample_weight: npt.NDArray[np.float32]
    alphabet: str
    longest_text: int
    augmentation: Any
    batch_size: int
    shuffle: bool
    seed: int

    @property
    def n_batches(self) -> int:
        """The batches of an epoch."""
        return -(-len(self.images) // self.batch_size)

    def batches(self, max_iter: int, first: int = 0) -> Generator[Batch, None, None]:
        """Give the batches of all epochs from the first to `max_iter`, one after the other."""
        tasks = self._tasks(first, max_iter)
        if self.augmentation is None:
            for _, indices in tasks:
                yield self._batch(indices, self.images[indices], self.texts[indices])
            return
        draw = self.augmentation.prepare(self.images, self.texts)
        with ThreadPoolExecutor(_N_THREADS) as executor:
            waiting: deque[Future[Batch]] = deque()
            try:
                for task in islice(tasks, _AHEAD):
                    waiting.append(executor.submit(self._drawn_batch, draw, *task))
                while waiting:
                    yield waiting.popleft().result()
                    for task in islice(tasks, 1):
                        waiting.append(executor.submit(self._drawn_batch, draw, *task))
            finally:
                for future in waiting:
                    future.cancel()

    def _tasks(self, first: int, max_iter: int) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
        for epoch in range(first, max_iter):
            order = np.arange(len(self.images))
            if self.shuffle:
                order = np.random.default_rng([self.seed, epoch]).permutation(order)
            for indices in np.array_split(order, self.n_batches):
                yield epoch, indices

    def _drawn_batch(self, draw: Draw, epoch: int, indices: npt.NDArray[np.intp]) -> Batch:
        drawn = [
            draw(index, np.random.default_rng([self.seed, epoch, index]))
            for index in indices.tolist()
        ]
        images, texts = zip(*drawn, strict=True)
        return self._batch(indices, np.stack(images), texts)

    def _batch(
        self,
        indices: npt.NDArray[np.intp],
        images: npt.NDArray[np.uint8],
        texts: Sequence[str] | npt.NDArray[np.str_],
    ) -> Batch:
        symbols = encode_texts(texts, self.alphabet, self.longest_text)
        return Batch(images, symbols, self.sample_weight[indices])
