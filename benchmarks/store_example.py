"""Run examples of the gallery, and store their output and figures for the documentation.

The documentation build runs short examples by itself. It shows the stored output of the others::

    python benchmarks/store_example.py fine_tuning halving_search
    python benchmarks/store_example.py ccpd_search --arguments ../shared/data/ccpd/plates

The arguments are passed to the examples. An example runs in a temporary folder. What it prints, and
the first figure that it writes, are stored in ``docs/stored``.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from _report import describe_environment

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "docs" / "stored"


def store_example(name, arguments):
    """Run an example and store what it writes."""
    path = ROOT / "examples" / f"{name}.py"
    if not path.is_file():
        sys.exit(f"There is no example {str(path)!r}; pass the name of a file without its .py.")
    resolved = [str(Path(each).resolve()) if Path(each).exists() else each for each in arguments]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(path), *resolved]
        run = subprocess.run(
            command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        output = run.stdout.replace(folder, ".")
        figures = sorted(Path(folder).glob("*.png"))
        if figures:
            (STORED / f"{name}.png").write_bytes(figures[0].read_bytes())
    header = " ".join(["$ python", f"examples/{name}.py", *arguments])
    text = f"{header}\n# {describe_environment()}\n\n{output}"
    (STORED / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME", help="such as fine_tuning")
    parser.add_argument("--arguments", nargs="*", default=[], help="passed to the examples")
    options = parser.parse_args()
    STORED.mkdir(exist_ok=True)
    for example in options.names:
        store_example(example, options.arguments)
