"""What every benchmark says of itself: its command, its versions, its figures as a table."""

import argparse
import datetime
import importlib.metadata
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["add_data_argument", "argument_parser", "publish"]

_PACKAGES = (
    "sklearn-lpr",
    "numpy",
    "scikit-learn",
    "keras",
    "tensorflow",
    "opencv-python",
)


def argument_parser(description: str) -> argparse.ArgumentParser:
    """Give a parser with what all benchmarks take."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report here as well")
    return parser


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Let the command name the folder of real plates."""
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), metavar="PATH", help="the real plates"
    )


def publish(title: str, text: str, rows: Sequence[Mapping[str, Any]], output: Path | None) -> None:
    """Print a report in Markdown, and write it to a file where one is given."""
    report = f"# {title}\n\n{_circumstances()}\n\n{text.strip()}\n\n{_table(rows)}\n"
    print(report)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(report, encoding="utf-8")


def _circumstances() -> str:
    command = shlex.join(["python", *sys.argv])
    versions = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    return (
        f"`{command}`\n\n{datetime.date.today().isoformat()}; Python {platform.python_version()}, "
        f"{versions}; {platform.machine()}, {os.cpu_count()} cores."
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(absent)"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(rows[0])
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [f"| {' | '.join(_cell(row[column]) for column in columns)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
