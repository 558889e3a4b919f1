"""An error that knows which sample it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

__all__ = ["SampleError", "naming_sample"]


class SampleError(ValueError):
    """A sample of a batch cannot be used.

    Parameters
    ----------
    index : int
        Of the sample in the batch.
    reason : str
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(index, reason)
        self.index = index
        self.reason = reason

    def __str__(self) -> str:
        return f"Sample {self.index}: {self.reason}"

    def shifted(self, start: int) -> Self:
        """Give the same error for a batch of which this one is the part from `start`."""
        return type(self)(self.index + start, self.reason)


@contextmanager
def naming_sample(index: int) -> Iterator[None]:
    """Turn a ValueError about one sample into a `SampleError` that names its index."""
    try:
        yield
    except SampleError:
        raise
    except ValueError as error:
        raise SampleError(index, str(error)) from error
