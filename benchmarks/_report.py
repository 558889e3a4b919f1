"""Options and reports of benchmarks: command, versions, and a table of results."""

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

__all__ = ["add_data_argument", "argument_parser", "describe_environment", "publish"]

_PACKAGES = (
    "sklearn-lpr",
    "numpy",
    "scikit-learn",
    "keras",
    "tensorflow",
    "opencv-python",
)


def argument_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of all benchmarks."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write the report to this file, too"
    )
    return parser


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Add the option with the folder of real plates."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("../shared/data"),
        metavar="PATH",
        help="folder of real plates",
    )


def publish(title: str, text: str, rows: Sequence[Mapping[str, Any]], output: Path | None) -> None:
    """Print a report in Markdown, and write it to a file if one is given."""
    command = shlex.join(["python", *sys.argv])
    heading = f"# {title}\n\n`{command}`\n\n{describe_environment()}"
    report = f"{heading}\n\n{text.strip()}\n\n{_table(rows)}\n"
    print(report)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(report, encoding="utf-8")


def describe_environment() -> str:
    """Return the date, the versions and the machine."""
    versions = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.date.today().isoformat()}; Python {platform.python_version()}, "
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
