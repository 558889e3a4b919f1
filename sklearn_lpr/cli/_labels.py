"""The labels of a command."""

from pathlib import Path
from typing import Any

from ._messages import Failure

__all__ = ["load_labels"]


def load_labels(path: Path, split: str | None) -> Any:
    """Load the argument LABELS of a command with `load_plates`.

    Raises
    ------
    Failure
        If there are no labels.
    """
    from ..datasets import load_plates

    try:
        return load_plates(path, split=split)
    except ValueError as error:
        message = str(error)
        if message.startswith("path="):  # the name in Python
            message = f"LABELS {message.removeprefix('path=')}"
        raise Failure(message) from error
