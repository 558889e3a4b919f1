"""Conversion of columns of other libraries to arrays."""

from typing import Any

__all__ = ["to_array"]


def to_array(values: Any) -> Any:
    """Return a column of pandas, polars or pyarrow as an array, and anything else as it is."""
    if not hasattr(values, "to_numpy"):
        return values
    try:
        return values.to_numpy()
    except ValueError:  # an array of pyarrow, which copies only if it is told to
        return values.to_numpy(zero_copy_only=False)
