r"""Compare the speed of two versions of the package: import, training, prediction, preprocessing.

Run from the project's root, with a checkout of each version::

    git worktree add ../baseline v0.1.0
    python benchmarks/versions.py --baseline ../baseline --candidate . \
        --output benchmarks/results/versions.md

The versions take turns, each turn in a new process, and each round swaps their order. A ratio is
that of the two measurements of the same round, so that it is valid on a busy machine, too.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from _report import argument_parser, publish

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.preprocessing import PlateCropper

TASKS = ("import", "recognizers")
WORKER = Path(__file__).with_name("_versions_worker.py")


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--baseline", type=Path, required=True, metavar="FOLDER", help="a checkout")
    parser.add_argument("--candidate", type=Path, default=Path(), metavar="FOLDER", help="another")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--n-imports", type=int, default=3, help="import processes per turn")
    parser.add_argument("--n-plates", type=int, default=512, help="training plates")
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--calls", type=int, default=50, help="timed calls per quantity")
    arguments = parser.parse_args()

    versions = {"baseline": arguments.baseline, "candidate": arguments.candidate}
    turns: list[dict[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as folder:
        plates = Path(folder) / "plates.npz"
        if "recognizers" in arguments.tasks:
            write_plates(plates, arguments.n_plates)
        for index in range(arguments.rounds):
            order = list(versions.items())[:: 1 if index % 2 == 0 else -1]
            turns.append({name: measure(path, plates, arguments) for name, path in order})
            print(pick(turns[-1], "times"), flush=True)
    publish(
        "Speed of two versions",
        f"Baseline {describe(arguments.baseline)}, candidate {describe(arguments.candidate)}. "
        f"Medians of {arguments.rounds} rounds; ratios are candidate to baseline, paired by round, "
        f"with their range. Synthetic plates; n_filters={arguments.n_filters}, "
        f"{arguments.n_plates} training plates, {arguments.epochs} epochs, other parameters at "
        f"their defaults. {compare_results(turns)}",
        table([pick(turn, "times") for turn in turns]),
        arguments.output,
    )


def write_plates(file: Path, n_plates: int) -> None:
    """Write scenes, their corners, crops and texts, which both versions use."""
    X, y = make_plates(n_plates, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)
    scenes = {f"scene_{index}": sample.pixels() for index, sample in enumerate(X)}
    crops = {f"crop_{index}": crop for index, crop in enumerate(crops)}
    np.savez(file, y=y, corners=[sample.corners for sample in X], **scenes, **crops)


def measure(checkout: Path, plates: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the tasks with a version; return its times, and results that should not differ."""
    measured: dict[str, Any] = {"times": {}, "results": {}}
    if "import" in arguments.tasks:
        runs = [run(checkout, "import") for _ in range(arguments.n_imports)]
        measured["times"] |= {key: statistics.median(each[key] for each in runs) for key in runs[0]}
    if "recognizers" in arguments.tasks:
        options = (arguments.n_filters, arguments.epochs, arguments.calls)
        answer = run(checkout, "recognizers", str(plates), *map(str, options))
        measured["times"] |= answer["times"]
        measured["results"] = answer["results"]
    return measured


def run(checkout: Path, *command: str) -> dict[str, Any]:
    """Run a task in a new process that imports the package from a checkout."""
    process = subprocess.run(
        [sys.executable, "-W", "ignore", str(WORKER), *command],
        env={**os.environ, "PYTHONPATH": str(checkout.resolve())},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    if not Path(answer.pop("package")).is_relative_to(checkout.resolve()):
        raise RuntimeError(f"The package was not imported from {checkout}.")
    return answer


def describe(checkout: Path) -> str:
    """Return the commit of a checkout, or the name of its folder."""
    process = subprocess.run(
        ["git", "-C", str(checkout), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
    )
    return process.stdout.strip() or checkout.resolve().name


def pick(turn: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    """Return the times or the results of each version."""
    return {name: measured[key] for name, measured in turn.items()}


def compare_results(turns: list[dict[str, dict[str, Any]]]) -> str:
    """Describe which results of training and prediction are the same in both versions."""
    results = [pick(turn, "results") for turn in turns]
    same = {
        name: all(turn["baseline"][name] == turn["candidate"].get(name) for turn in results)
        for name in results[0]["baseline"]
    }
    return " ".join(f"Same {name}: {'yes' if same[name] else 'no'}." for name in same)


def table(turns: list[dict[str, dict[str, float]]]) -> list[dict[str, Any]]:
    """Return a row for each quantity that both versions measure."""
    rows = []
    for quantity in turns[0]["baseline"]:
        if quantity not in turns[0]["candidate"]:
            continue
        pairs = [(turn["baseline"][quantity], turn["candidate"][quantity]) for turn in turns]
        baseline, candidate = (statistics.median(values) for values in zip(*pairs, strict=True))
        ratios = [new / old for old, new in pairs]
        rows.append(
            {
                "quantity": quantity,
                "baseline": float(baseline),
                "candidate": float(candidate),
                "ratio": float(statistics.median(ratios)),
                "range of ratios": f"{min(ratios):.3f} to {max(ratios):.3f}",
            }
        )
    return rows


if __name__ == "__main__":
    main()
