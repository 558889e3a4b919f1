"""The error that names the sample of a batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

__all__ = ["SampleError", "naming_sample"]


class SampleError(ValueError):
    """Raised when a sample of a batch cannot be used.

    Parameters
    ----------
    index : int
        The sample's index in the batch.
    reason : str
        Why the sample cannot be used.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(index, reason)
        self.index = index
        self.reason = reason

    def __str__(self) -> str:
        return f"Sample {self.index}: {self.reason}"

    def shifted(self, start: int) -> Self:
        """Return the same error for a whole batch, of which this batch starts at `start`."""
        return type(self)(self.index + start, self.reason)


@contextmanager
def naming_sample(index: int) -> Iterator[None]:
    """Convert a ValueError about one sample into a `SampleError` that names its index."""
    try:
        yield
    except SampleError:
        raise
    except ValueError as error:
        raise SampleError(index, str(error)) from error
