"""The recognizer of a command, and the options that select it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ..applications import load_recognizer
from ..syntax import get_syntax
from ._messages import Failure

__all__ = ["format_option", "load_model", "model_option"]

format_option: Callable[[Any], Any] = click.option(
    "--format",
    "formats",
    metavar="NAME",
    multiple=True,
    help="Plate format that decides between characters in doubt, such as brazil; may be repeated. "
    "Default: all known ones.",
)
model_option: Callable[[Any], Any] = click.option(
    "--model",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A pipeline in a file: .onnx, or .joblib, which may run any code: use only files that you "
    "trust. Default: the recognizer of the package.",
)


def _known(formats: Sequence[str]) -> list[str]:
    """Check the names of plate formats."""
    for name in formats:
        try:
            get_syntax(name)
        except ValueError as error:
            raise click.UsageError(f"--format {name}: {error}") from error
    return list(formats)


def load_model(model: Path | None, formats: Sequence[str], *, detect: bool = True) -> Any:
    """Return the recognizer that the options select."""
    if model is None:
        return load_recognizer(_known(formats) or None, detect)
    if formats:
        raise click.UsageError("--format selects formats of the package's recognizer, not --model.")
    if model.suffix.lower() == ".onnx":
        from ..export import load_pipeline

        return load_pipeline(model)
    import joblib

    try:
        return joblib.load(model)
    except Exception as error:  # a pickle may raise any error
        raise Failure(f"--model {model} cannot be loaded: {error!r}.") from error
