"""Messages on standard error."""

from pathlib import Path
from typing import Any

import click

__all__ = [
    "Failure",
    "check_folder",
    "check_new",
    "check_writable",
    "count",
    "show_warning",
    "warn",
]


class Failure(click.ClickException):
    """An error that ends a command."""

    exit_code = 2


def check_writable(option: str, path: Path | None) -> None:
    """Raise an error with the name of the option if there is no folder for a file to write.

    Raises
    ------
    Failure
    """
    if path is not None and not path.resolve().parent.is_dir():
        raise Failure(f"{option} {path}: there is no folder {str(path.parent)!r}; create it first.")


def check_new(option: str, path: Path, reason: str) -> None:
    """Raise an error if a file has content, which must not be lost for a reason.

    Raises
    ------
    Failure
    """
    if path.is_file() and path.stat().st_size:
        raise Failure(
            f"{option} {path}: the file exists, and {reason}; choose another name, or pass "
            "--overwrite to replace it."
        )


def check_folder(name: str, path: Path | None) -> None:
    """Raise an error with the name of the parameter if no folder can have the path.

    Raises
    ------
    Failure
    """
    if path is not None:
        existing = next(each for each in (path, *path.parents) if each.exists())
        if not existing.is_dir():
            raise Failure(f"{name} {path}: {str(existing)!r} is not a folder; choose another path.")


def count(number: int, noun: str) -> str:
    """Return a number with a noun in the singular or plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def warn(message: object) -> None:
    """Write a warning to standard error."""
    click.echo(f"Warning: {message}", err=True)


def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Replace `warnings.showwarning`: write the message without its place in the code."""
    warn(message)
