"""The limit of threads in the environment."""

import os

__all__ = ["thread_limit"]


def thread_limit() -> int | None:
    """Return the limit in the environment variable OMP_NUM_THREADS, or None without one.

    OpenMP allows a list, with one limit for each level of nesting; the first one is returned.
    """
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(first) if first.isdecimal() and int(first) > 0 else None
