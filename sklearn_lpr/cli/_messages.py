"""Messages on standard error."""

from typing import Any

import click

__all__ = ["Failure", "show_warning", "warn"]


class Failure(click.ClickException):
    """An error that ends a command."""

    exit_code = 2


def warn(message: object) -> None:
    """Write a warning to standard error."""
    click.echo(f"Warning: {message}", err=True)


def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Replace `warnings.showwarning`: write the message without its place in the code."""
    warn(message)
