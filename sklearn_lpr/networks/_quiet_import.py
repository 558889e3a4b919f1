"""Import a backend without its start-up messages."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_startup_messages"]

# Lines that TensorFlow writes from C++ while it is imported, whatever its log level: information,
# warnings, and errors of libraries for graphics cards that are registered twice.
_STARTUP = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog"
    rb"|[IW]\d{4} \d\d:"
    rb"|\d{4}-\d\d-\d\d [\d:.]+: [IW] tensorflow/"
    rb"|(E\d{4} |\d{4}-\d\d-\d\d [\d:.]+: E ).*(Unable to register|already been registered)"
    rb"|To enable the following instructions"
)


@contextmanager
def without_startup_messages() -> Iterator[None]:
    """Leave out TensorFlow's start-up messages; all else on the standard error is kept.

    TensorFlow writes them to the file descriptor, so that replacing ``sys.stderr`` has no effect.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors are raised anyway
    try:
        original = os.dup(2)
    except OSError:  # the process has no standard error
        yield
        return
    with tempfile.TemporaryFile() as captured:
        _flush()
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(original, 2)
            os.close(original)
            captured.seek(0)
            kept = [line for line in captured if not _STARTUP.match(line)]
            if kept:
                os.write(2, b"".join(kept))


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
