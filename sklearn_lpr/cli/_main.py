"""The group of commands, its exit codes and its messages."""

import os
import warnings
from typing import Any

import click

from .. import __version__
from ._evaluate import evaluate
from ._fine_tune import fine_tune
from ._messages import Failure, show_warning
from ._read import read
from ._redact import redact

__all__ = ["main"]


class _Commands(click.Group):
    """Commands whose errors and warnings are messages without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the start-up messages of TensorFlow
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = show_warning
            try:
                return super().invoke(ctx)
            except BrokenPipeError:  # the reader of standard output has ended
                raise
            except (ValueError, TypeError, OSError, ImportError) as error:
                raise Failure(str(error)) from error
            except KeyboardInterrupt:
                click.echo("Interrupted.", err=True)
                ctx.exit(130)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 success; 1 finished, but some photos could not be processed; 2 wrong "
    "usage or an error; 130 interrupted.",
)
@click.version_option(__version__, prog_name="sklearn-lpr")
def main() -> None:
    """Read licence plates in photos, evaluate and fine-tune the recognizer, and redact plates."""


for command in (read, evaluate, fine_tune, redact):
    main.add_command(command)
