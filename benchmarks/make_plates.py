"""Measure how many synthetic plates make_plates draws per second.

Run from the project's root::

    python benchmarks/make_plates.py --output benchmarks/results/make_plates.md

Each figure is the best of several runs, which take turns, as other processes slow some runs down.
Processor time is that of one job. The workers of several jobs are started before the measurement.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import cv2
from _report import argument_parser, publish

from sklearn_lpr.datasets import make_plates

_ONE_ROW = ("china", "china_green", "eu", "tunisia", "uzbekistan")
_PLATES: dict[str, dict[str, Any]] = {
    "syntaxes (default)": {},
    "layouts with one row": {"layouts": _ONE_ROW if int(cv2.__version__[0]) >= 5 else _ONE_ROW[2:]},
    "layouts with a caption": {"layouts": ("argentina", "brazil", "mercosur", "peru")},
    "syntaxes, dirt and night": {"dirt": 0.5, "night": 0.5},
}


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-plates", type=int, default=1000)
    parser.add_argument("--n-jobs", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    publish(
        "make_plates: synthetic plates per second",
        f"{arguments.n_plates} plates per run, the best of {arguments.repeats} runs. Wall-clock "
        "time, except in the last column.",
        measure(arguments.n_plates, arguments.n_jobs, arguments.repeats),
        arguments.output,
    )


def measure(n_plates: int, jobs: list[int], repeats: int) -> list[dict[str, Any]]:
    """Return a row for each kind of plates."""
    best: dict[str, dict[str, int]] = {name: {} for name in _PLATES}
    for n_jobs in jobs:
        make_plates(64 * n_jobs, n_jobs=n_jobs, random_state=0)  # starts the workers
    for repeat in range(repeats):
        for name, options in _PLATES.items():
            for n_jobs in jobs:
                run = {**options, "n_jobs": n_jobs, "random_state": repeat}
                keep_best(
                    best[name],
                    f"n_jobs={n_jobs}",
                    plates_per_second(time.perf_counter, n_plates, run),
                )
            run = {**options, "random_state": repeat}
            keep_best(
                best[name],
                "processor time, n_jobs=1",
                plates_per_second(time.process_time, n_plates, run),
            )
    return [{"plates": name, **rates} for name, rates in best.items()]


def plates_per_second(clock: Callable[[], float], n_plates: int, options: Mapping[str, Any]) -> int:
    start = clock()
    make_plates(n_plates, **options)
    return round(n_plates / (clock() - start))


def keep_best(best: dict[str, int], column: str, value: int) -> None:
    best[column] = max(best.get(column, 0), value)


if __name__ == "__main__":
    main()
