r"""Compare the speed of two versions of the package: import, training, prediction, preprocessing.

Run from the project's root, with a checkout of each version::

    git worktree add ../baseline v0.1.0
    python benchmarks/versions.py --baseline ../baseline --candidate . \
        --output benchmarks/results/versions.md

The versions take turns. Imports are measured in a new process each time. For everything else, each
round starts a process for each version, and the two measure alternately for a fraction of a second
each. A ratio is that of two neighbouring turns, so that it is valid on a busy machine, too.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from _report import argument_parser, publish

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.preprocessing import PlateCropper

TASKS = ("import", "recognizers")
WORKER = Path(__file__).with_name("_versions_worker.py")

# The value of each turn, by quantity or version.
Times = dict[str, list[float]]

# What a round measured, by version: "times", and "results" that should not differ.
Round = dict[str, dict[str, Any]]


class Version:
    """A process that imports the package from a checkout, and measures on request."""

    def __init__(self, checkout: Path, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(WORKER), *command],
            env={**os.environ, "PYTHONPATH": str(checkout.resolve())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answer = self._read()
        if not Path(self.answer["package"]).is_relative_to(checkout.resolve()):
            raise RuntimeError(f"The package was not imported from {checkout}.")

    def __enter__(self) -> "Version":
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.communicate()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The process of a version ended; its error is above.")
        return json.loads(line)

    def measure(self, quantity: str, seconds: float) -> list[float]:
        """Measure for at least some seconds; return the seconds of each call."""
        assert self._process.stdin is not None
        print(json.dumps([quantity, seconds]), file=self._process.stdin, flush=True)
        measured: list[float] = self._read()
        return measured


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--baseline", type=Path, required=True, metavar="FOLDER", help="a checkout")
    parser.add_argument("--candidate", type=Path, default=Path(), metavar="FOLDER", help="another")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n-imports", type=int, default=3, help="imports per round and version")
    parser.add_argument("--n-plates", type=int, default=256, help="training plates")
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument(
        "--seconds", type=float, default=8, help="time per round, quantity and version"
    )
    arguments = parser.parse_args()

    versions = {"baseline": arguments.baseline, "candidate": arguments.candidate}
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as folder:
        plates = Path(folder) / "plates.npz"
        if "recognizers" in arguments.tasks:
            write_plates(plates, arguments.n_plates)
        for index in range(arguments.rounds):
            order = dict(list(versions.items())[:: 1 if index % 2 == 0 else -1])
            rounds.append(measure_round(order, plates, arguments))
            print(f"round {index + 1} of {arguments.rounds}", flush=True)
    publish(
        "Speed of two versions",
        f"Baseline {describe(arguments.baseline)}, candidate {describe(arguments.candidate)}. "
        f"Medians over the turns of {arguments.rounds} rounds; ratios are candidate to baseline, "
        "paired by turn, with their quartiles. "
        f"Synthetic plates; n_filters={arguments.n_filters}, "
        f"{arguments.n_plates} training plates, {arguments.epochs} epochs, other parameters at "
        f"their defaults. {compare_results(rounds)}",
        table([pick(each, "times") for each in rounds]),
        arguments.output,
    )


def write_plates(file: Path, n_plates: int) -> None:
    """Write scenes, their corners, crops and texts, which both versions use."""
    X, y = make_plates(n_plates, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)
    scenes = {f"scene_{index}": sample.pixels() for index, sample in enumerate(X)}
    crops = {f"crop_{index}": crop for index, crop in enumerate(crops)}
    np.savez(file, y=y, corners=[sample.corners for sample in X], **scenes, **crops)


def measure_round(versions: dict[str, Path], plates: Path, arguments: argparse.Namespace) -> Round:
    """Measure each version; return its times, and results that should not differ."""
    measured: Round = {name: {"times": {}, "results": {}} for name in versions}
    if "import" in arguments.tasks:
        for name, times in measure_imports(versions, arguments.n_imports).items():
            measured[name]["times"] |= times
    if "recognizers" in arguments.tasks:
        options = (str(plates), str(arguments.n_filters), str(arguments.epochs))
        with ExitStack() as stack:
            running = {
                name: stack.enter_context(Version(checkout, "recognizers", *options))
                for name, checkout in versions.items()
            }
            for name, version in running.items():
                measured[name]["results"] = version.answer["results"]
            for quantity in running["baseline"].answer["quantities"]:
                if quantity in running["candidate"].answer["quantities"]:
                    for name, values in alternate(running, quantity, arguments.seconds).items():
                        measured[name]["times"][quantity] = values
    return measured


def measure_imports(versions: dict[str, Path], n_imports: int) -> dict[str, Times]:
    """Return the time and the memory of each import."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in versions}
    for _ in range(n_imports):
        for name, checkout in versions.items():
            with Version(checkout, "import") as version:
                runs[name].append(version.answer["times"])
    return {
        name: {key: [run[key] for run in each] for key in each[0]} for name, each in runs.items()
    }


def alternate(versions: dict[str, Version], quantity: str, seconds: float) -> Times:
    """Let the versions measure a quantity alternately; return the median of each turn."""
    measured: Times = {name: [] for name in versions}
    spent = dict.fromkeys(versions, 0.0)
    order = list(versions)
    while min(spent.values()) < seconds:
        for name in order:
            calls = versions[name].measure(quantity, seconds / 20)
            spent[name] += sum(calls)
            scale = versions[name].answer["quantities"][quantity]
            measured[name].append(scale * statistics.median(calls))
        order.reverse()
    return measured


def describe(checkout: Path) -> str:
    """Return the commit of a checkout, or the name of its folder."""
    process = subprocess.run(
        ["git", "-C", str(checkout), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
    )
    return process.stdout.strip() or checkout.resolve().name


def pick(measured: Round, key: str) -> dict[str, Any]:
    """Return the times or the results of each version."""
    return {name: of_version[key] for name, of_version in measured.items()}


def compare_results(rounds: list[Round]) -> str:
    """Describe which results of training and prediction are the same in both versions."""
    results = [pick(each, "results") for each in rounds]
    same = {
        name: all(each["baseline"][name] == each["candidate"].get(name) for each in results)
        for name in results[0]["baseline"]
    }
    return " ".join(f"Same {name}: {'yes' if same[name] else 'no'}." for name in same)


def table(rounds: list[dict[str, Times]]) -> list[dict[str, Any]]:
    """Return a row for each quantity that both versions measure."""
    rows = []
    for quantity in rounds[0]["baseline"]:
        if quantity not in rounds[0]["candidate"]:
            continue
        baseline, candidate = (
            np.concatenate([each[name][quantity] for each in rounds])
            for name in ("baseline", "candidate")
        )
        low, ratio, high = np.quantile(candidate / baseline, [0.25, 0.5, 0.75])
        rows.append(
            {
                "quantity": quantity,
                "turns": len(baseline),
                "baseline": float(np.median(baseline)),
                "candidate": float(np.median(candidate)),
                "ratio": float(ratio),
                "quartiles of the ratios": f"{low:.3f} to {high:.3f}",
            }
        )
    return rows


if __name__ == "__main__":
    main()
