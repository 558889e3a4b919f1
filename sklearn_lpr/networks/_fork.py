"""Detect a process that was forked after Keras's backend had started its threads."""

import os

import keras

__all__ = ["check_not_forked"]

_started = False
_forked = False


def check_not_forked() -> None:
    """Raise an error where a network would wait for ever, and note that the backend starts.

    Raises
    ------
    RuntimeError
        If this process was forked after a network had been used in its parent.
    """
    global _started
    if _forked:
        raise RuntimeError(
            "This process was forked after a network had been used in its parent process. The "
            f"threads of {keras.config.backend()} do not survive a fork, so that the network would "
            "wait for ever. Start processes by 'spawn' or 'forkserver' "
            "(multiprocessing.get_context, or joblib's default backend 'loky'), use the network "
            "after the fork only, or export it by sklearn_lpr.export.to_onnx: load_pipeline "
            "returns a pipeline that works after a fork."
        )
    _started = True


def _note_fork() -> None:
    global _forked
    _forked = _forked or _started


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_note_fork)
