"""A lock that a forked process can use."""

import os
from threading import Lock

__all__ = ["ForkSafeLock"]


class ForkSafeLock:
    """A lock that is free in a forked process, although another thread of the parent held it.

    Attributes
    ----------
    lock : Lock
        Replaced by a free one after a fork.
    """

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):  # Windows has no fork
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = Lock()
