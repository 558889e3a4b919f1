"""Fuzz whole pipelines with damaged image files and odd arrays, and files of models and of labels.

Run from the project's root::

    python benchmarks/fuzz.py --n-trials 100000 --output benchmarks/results/fuzz.md

Each sample must be accepted, or rejected with the right exception; the exit status is 1 if anything
else happens. A trial is drawn from the seed and its number, so that
``--first-trial NUMBER --n-trials 1`` repeats one. The trials themselves are in ``tests/fuzzing``.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.append(str(Path(__file__).parents[1] / "tests"))

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from _report import argument_parser, publish
from fuzzing.trials import FAILURES, RESULTS, Outcome
from fuzzing.worker import Worker

_CHUNK = 512
# Limits, in megabytes, on the growth of a process after its first chunk and on the peak above it.
# Memory grows at first: there is a network for each number of segments, and TensorFlow keeps
# memory for each batch size. Both are bounded.
_MAX_GROWTH, _MAX_PEAK = 500, 700

TEXT = """
Files of JPEG, PNG, BMP, GIF, WebP, TIFF and other formats are truncated, overwritten, spliced, or
changed to declare another size; arrays have any shape, dtype and corners. Each passes
`PlateCropper(missing="whole", margin=0.1)` at a random place of a batch. A rejected sample must be
reported with that place and the name of its file. An accepted sample is then predicted by
`PlateNormalizer` and `LPRNetCTC` and by `CharacterSegmenter` and `SegmentCNN`. Once in {chunk}
trials a rejected file is put among accepted ones, and `read_plates` must report its place among
all of them. Weights files, checkpoints and ONNX files, and the arrays in them, are damaged
likewise: each must be loaded with finite values of the right shapes and predict, or be rejected
with a `ValueError` (a checkpoint: with a warning) that names the file. Labels in CSV files and file
names, and those of scenes in CSV files and in the formats of YOLO, Pascal VOC and COCO, hold odd
texts, numbers, paths and names, or are damaged: each must be loaded with visible texts and finite
corners, or be rejected with an error that names a file.
"""


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-trials", type=int, default=100_000)
    parser.add_argument("--first-trial", type=int, default=0, metavar="NUMBER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--timeout", type=float, default=120, help="seconds after which a chunk counts as a hang"
    )
    arguments = parser.parse_args()
    start = time.perf_counter()
    numbers = range(arguments.first_trial, arguments.first_trial + arguments.n_trials)
    outcomes: list[Outcome] = []
    with Worker(arguments.seed, arguments.timeout) as worker:
        for begin in range(0, len(numbers), _CHUNK):
            outcomes += worker.run(numbers[begin : begin + _CHUNK])
    failed = [outcome for outcome in outcomes if outcome.result in FAILURES]
    seconds = time.perf_counter() - start
    publish(
        "Damaged files, odd arrays and odd labels",
        TEXT.format(chunk=_CHUNK)
        + f"\nSeed {arguments.seed}; {len(outcomes) / seconds:.0f} trials per second, including "
        f"the start of processes. Memory of a process: at most {worker.growth:.0f} MB more than "
        f"after its first chunk, with a peak of {worker.peak:.0f} MB more.\n\n"
        + "\n".join(f"- {o.number}, {o.kind}, {o.result}: {o.message}" for o in failed[:20]),
        table(outcomes),
        arguments.output,
    )
    sys.exit(bool(failed) or worker.growth > _MAX_GROWTH or worker.peak > _MAX_PEAK)


def table(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Count outcomes by kind of sample."""
    counts = Counter((outcome.kind, outcome.result) for outcome in outcomes)
    rows = []
    for kind in [*sorted({kind for kind, _ in counts}), "all"]:
        row = {
            result: sum(
                n for key, n in counts.items() if key[1] == result and kind in (key[0], "all")
            )
            for result in RESULTS
        }
        rows.append({"sample": kind, "trials": sum(row.values()), **row})
    return rows


if __name__ == "__main__":
    main()
