"""Run an example of the gallery, and store its output and figure for the documentation.

The documentation build runs short examples by itself. It shows the stored output of the others::

    python benchmarks/store_example.py fine_tuning
    python benchmarks/store_example.py ccpd_search ../shared/data/ccpd/plates

The example runs in a temporary folder. What it prints is stored in ``benchmarks/results``, and the
first figure that it writes in ``docs/images``, both under its name.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from _report import describe_environment

ROOT = Path(__file__).resolve().parents[1]


def store_example(name, arguments):
    path = ROOT / "examples" / f"{name}.py"
    if not path.is_file():
        sys.exit(f"There is no example {str(path)!r}; pass the name of a file without its .py.")
    title = path.read_text(encoding="utf-8").split("\n")[1]
    resolved = [str(Path(each).resolve()) if Path(each).exists() else each for each in arguments]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, str(path), *resolved],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        output = run.stdout.replace(f"{folder}{os.sep}", "").strip("\n")
        figures = sorted(Path(folder).glob("*.png"))
        if figures:
            (ROOT / "docs" / "images" / f"{name}.png").write_bytes(figures[0].read_bytes())
    command = shlex.join(["python", f"examples/{name}.py", *arguments])
    report = f"# {title}\n\n`{command}`\n\n{describe_environment()}\n\n```\n{output}\n```\n"
    (ROOT / "benchmarks" / "results" / f"{name}.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="the name of the example, such as fine_tuning")
    parser.add_argument("arguments", nargs="*", help="passed to the example")
    options = parser.parse_args()
    store_example(options.name, options.arguments)
