"""Command-line arguments that several scripts take."""

import argparse
from pathlib import Path
from typing import Any

__all__ = ["argument_parser"]

_ARGUMENTS: dict[str, dict[str, Any]] = {
    "--data": {
        "default": Path("../shared/data"),
        "help": "folder of the real photos and plates",
    },
    "--fonts": {
        "default": Path("../shared/fonts"),
        "help": "folder of the typefaces of real plates",
    },
    "--work": {
        "required": True,
        "help": "folder outside of the repository for checkpoints and weights",
    },
}


def argument_parser(docstring: str, *names: str) -> argparse.ArgumentParser:
    """Return a parser with some of the arguments ``--data``, ``--fonts`` and ``--work``.

    Parameters
    ----------
    docstring : str
        That of the script; its first line is the description.
    *names : str
    """
    parser = argparse.ArgumentParser(description=docstring.splitlines()[0])
    for name in names:
        parser.add_argument(name, type=Path, metavar="PATH", **_ARGUMENTS[name])
    return parser
