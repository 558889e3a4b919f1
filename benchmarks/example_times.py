"""Measure how long examples of the gallery take.

Run from the project's root::

    python benchmarks/example_times.py --output benchmarks/results/example_times.md

Each example runs in a process of its own, in a temporary folder. Without names, those run that need
no data set.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _report import argument_parser, publish

ROOT = Path(__file__).resolve().parents[1]
NEED_DATA = {"ccpd_search", "cross_dataset"}


def main() -> None:
    parser = argument_parser(__doc__)
    names = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as read_plates")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in names:
            parser.error(f"there is no example {name!r}; there are {', '.join(names)}")
    rows = []
    for name in arguments.names or [name for name in names if name not in NEED_DATA]:
        rows.append({"example": f"{name}.py", "seconds": f"{seconds_of(name):.0f}"})
        print(rows[-1], flush=True)
    publish(
        "Time of the examples",
        "Wall-clock seconds of each example, the start of its process and imports included.",
        rows,
        arguments.output,
    )


def seconds_of(name: str) -> float:
    """Return the seconds that an example takes."""
    path = ROOT / "examples" / f"{name}.py"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, str(path)],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
