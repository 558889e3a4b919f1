"""The labels of a command."""

from pathlib import Path
from typing import Any

import click

from ._messages import Failure

__all__ = ["image_folder_option", "load_labels"]

image_folder_option = click.option(
    "--image-folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that contains all images, if that of LABELS does not.",
)


def load_labels(path: Path, split: str | None, image_folder: Path | None) -> Any:
    """Load the argument LABELS of a command with `load_plates`.

    Raises
    ------
    Failure
        If there are no labels.
    """
    from ..datasets import load_plates

    try:
        return load_plates(path, split=split, image_folder=image_folder)
    except (OSError, ValueError) as error:
        # The names in Python.
        message = str(error).replace("as image_folder", "as --image-folder")
        if message.startswith("path="):
            message = f"LABELS {message.removeprefix('path=')}"
        elif message.startswith("image_folder="):
            message = f"--image-folder {message.removeprefix('image_folder=')}"
            message = message.replace("pass image_folder=None", "leave out --image-folder")
        raise Failure(message) from error
