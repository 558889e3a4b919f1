"""Try damaged image files and odd arrays on whole pipelines: each must be read or refused.

Run from the project's root::

    python benchmarks/fuzz.py --n-tries 100000 --output benchmarks/results/fuzz.md

Ends with the status 1 if anything else happens. A try is drawn from the seed and its number, so
``--first NUMBER --n-tries 1`` repeats one.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import multiprocessing
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt
from _mutations import damage, draw_odd_sample
from _report import argument_parser, publish
from PIL import Image
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_lpr import LPRNetCTC, PlateImage, SegmentCNN, read_plates
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.images import ImageReadError, SampleError, object_array
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

__all__ = ["BAD", "MAX_PIXELS", "READ", "Outcome", "Worker", "fit_readers", "try_samples"]

READ = "read"
_FAULT, _CRASH, _HANG = "another exception", "a crash", "a hang"
BAD = (_FAULT, _CRASH, _HANG)
_COLUMNS = (READ, "refused: ImageReadError", "refused: another ValueError", *BAD)
# What a header may declare here; Pillow's own limit would let a try take a gigabyte and seconds.
MAX_PIXELS = 2**22
_CHUNK = 512
# Of them, so many are read once more, with a file among them that is refused.
_N_AMONG = 40
# By how many megabytes the memory of a process may grow after its first chunk, and how far it
# may rise above that in between: a network for each number of segments, and what TensorFlow keeps
# for each size of a batch, come one by one, and then no more.
_MAX_GROWTH, _MAX_PEAK = 500, 700

TEXT = """
Files of JPEG, PNG, BMP, GIF, WebP, TIFF and other formats are truncated, overwritten, spliced,
or made to declare another size; arrays have any shape, type and corners. Each passes
`PlateCropper(missing="whole", margin=0.1)` at a random place of a batch; what is not refused, with
that place and the name of the file, is then read by `PlateNormalizer` and `LPRNetCTC` and by
`CharacterSegmenter` and `SegmentCNN`. Once in {chunk} tries a refused file is put among readable
ones, and `read_plates` has to name its place in the whole.
"""


class Outcome(NamedTuple):
    """What became of a try: its number, the kind of sample, one of the columns, and a message."""

    number: int
    kind: str
    column: str
    message: str = ""


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-tries", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, metavar="NUMBER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--timeout", type=float, default=120, help="seconds after which a chunk counts as hanging"
    )
    arguments = parser.parse_args()
    start = time.perf_counter()
    numbers = range(arguments.first, arguments.first + arguments.n_tries)
    outcomes: list[Outcome] = []
    with Worker(arguments.seed, arguments.timeout) as worker:
        for begin in range(0, len(numbers), _CHUNK):
            outcomes += worker.run(numbers[begin : begin + _CHUNK])
    bad = [outcome for outcome in outcomes if outcome.column in BAD]
    seconds = time.perf_counter() - start
    publish(
        "Damaged files and odd arrays",
        TEXT.format(chunk=_CHUNK)
        + f"\nSeed {arguments.seed}; {len(outcomes) / seconds:.0f} tries a second, starts of "
        f"processes included. Memory of a process: at most {worker.growth:.0f} MB more than after "
        f"its first chunk, {worker.peak:.0f} MB in between.\n\n"
        + "\n".join(f"- {o.number}, {o.kind}, {o.column}: {o.message}" for o in bad[:20]),
        table(outcomes),
        arguments.output,
    )
    sys.exit(bool(bad) or worker.growth > _MAX_GROWTH or worker.peak > _MAX_PEAK)


def table(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Count outcomes by kind of sample."""
    counts = Counter((outcome.kind, outcome.column) for outcome in outcomes)
    rows = []
    for kind in [*sorted({kind for kind, _ in counts}), "all"]:
        row = {
            column: sum(
                n for key, n in counts.items() if key[1] == column and kind in (key[0], "all")
            )
            for column in _COLUMNS
        }
        rows.append({"sample": kind, "tried": sum(row.values()), **row})
    return rows


class Worker:
    """A process that tries samples; when it crashes or hangs, another one goes on behind it.

    Parameters
    ----------
    seed : int
    timeout : float
        The seconds that one list of numbers may take.
    target : callable, default=_work
        What the process runs.

    Attributes
    ----------
    growth, peak : float
        See `_work`; the most of all processes.
    """

    def __init__(
        self, seed: int, timeout: float, target: Callable[..., None] | None = None
    ) -> None:
        self.growth = self.peak = 0.0
        self._seed = seed
        self._timeout = timeout
        self._target = _work if target is None else target
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None

    def __enter__(self) -> Self:
        # Ours, as a process that crashes leaves its files behind.
        self._folder = tempfile.TemporaryDirectory(dir=_memory_folder())
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._folder.cleanup()

    def run(self, numbers: Sequence[int]) -> list[Outcome]:
        """Try samples by their numbers."""
        lost: list[Outcome] = []
        left = list(numbers)
        while left:
            if self._process is None:
                self._start()
            self._connection.send(left)
            try:
                if self._connection.poll(self._timeout):
                    outcomes, growth, peak = self._connection.recv()
                    self.growth, self.peak = max(self.growth, growth), max(self.peak, peak)
                    return lost + outcomes
                column = _HANG
            except (EOFError, ConnectionError):
                column = _CRASH
            number = self._current.value
            self._stop()
            # -1 where the network was reading what is left of them together.
            culprits = [number] if number >= 0 else left
            kinds = [draw(self._seed, culprit, None)[0] for culprit in culprits]
            lost += [
                Outcome(culprit, kind, column)
                for culprit, kind in zip(culprits, kinds, strict=True)
            ]
            left = [other for other in left if other not in culprits]
        return lost

    def _start(self) -> None:
        self._connection, end = self._context.Pipe()
        self._current = self._context.Value("q", -1, lock=False)
        arguments = (end, self._current, self._seed, self._folder.name)
        self._process = self._context.Process(target=self._target, args=arguments, daemon=True)
        self._process.start()
        end.close()
        try:
            self._connection.recv()
        except (EOFError, ConnectionError):
            raise RuntimeError("The process ended before its first try.") from None

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def _work(connection: Any, current: Any, seed: int, folder: str) -> None:
    """Say that all is ready; then answer lists of numbers, until there are no more.

    The answers are the outcomes, by how many megabytes the memory has grown since the first
    answer, and by how many it was larger in between.
    """
    cv2.setNumThreads(1)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    readers = fit_readers()
    # The decoders of files write of their troubles there.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    connection.send("ready")
    base = None
    while True:
        outcomes = try_samples(readers, seed, connection.recv(), folder, current)
        memory, peak = _memory()
        base = memory if base is None else base
        connection.send((outcomes, memory - base, peak - base))


def _memory() -> tuple[float, float]:
    """Give the megabytes that this process holds and the most that it held; 0 but on Linux."""
    file = Path("/proc/self/status")
    lines = file.read_text().splitlines() if file.is_file() else ["VmRSS: 0 kB", "VmHWM: 0 kB"]
    status = dict(line.split(":", 1) for line in lines)
    memory, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return memory, peak


def fit_readers() -> dict[str, Pipeline]:
    """Fit the two pipelines; how well they read does not matter."""
    X, y = make_plates(16, random_state=0, return_X_y=True)
    options: dict[str, Any] = {"n_filters": 4, "max_iter": 1, "random_state": 0}
    readers = {
        "lprnet": make_pipeline(
            PlateCropper(missing="whole", margin=0.1), PlateNormalizer(), LPRNetCTC(**options)
        ),
        "segments": make_pipeline(
            PlateCropper(missing="whole", margin=0.1), CharacterSegmenter(), SegmentCNN(**options)
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: reader.fit(X, y) for name, reader in readers.items()}


def draw(seed: int, number: int, folder: Path | None) -> tuple[str, Any, np.random.Generator]:
    """Draw the kind of a sample and the sample; files are written into the folder, if any."""
    rng = np.random.default_rng([seed, number])
    if rng.random() < 0.2:
        return "array", draw_odd_sample(rng), rng
    file, suffix = damage(rng)
    if folder is None:
        return file.format, None, rng
    path = folder / f"{number}{suffix}"
    path.write_bytes(file.content)
    return file.format, path, rng


class _Current:
    """Stands for the number that tells another process which try is being made."""

    value = -1


def try_samples(
    readers: dict[str, Pipeline],
    seed: int,
    numbers: Sequence[int],
    folder: str | os.PathLike[str],
    current: Any = None,
) -> list[Outcome]:
    """Draw samples by their numbers and see that each is read or refused as it should.

    Parameters
    ----------
    readers : dict of Pipeline
        As given by `fit_readers`.
    seed : int
    numbers : sequence of int
    folder : str or path-like
        For the files; it is left empty.
    current : object, default=None
        Its `value` is set to the number that is being tried, and to -1 when the samples that were
        not refused are read together.

    Returns
    -------
    list of Outcome
        One a number, in order, and some more where a batch is read otherwise than its samples.
    """
    current = _Current() if current is None else current
    outcomes: list[Outcome] = []
    crops: list[Any] = []
    places: list[int] = []
    readable: list[Path] = []
    refused: list[Path] = []
    with tempfile.TemporaryDirectory(dir=folder) as own, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what it finds in files
        for number in numbers:
            current.value = number
            kind, sample, rng = draw(seed, number, Path(own))
            crop, column, message = _crop(readers["lprnet"][0], sample, int(rng.integers(3)))
            outcomes.append(Outcome(number, kind, column, message))
            if crop is not None:
                places.append(len(outcomes) - 1)
                crops.append(crop)
            if isinstance(sample, Path) and column not in BAD:
                (readable if column == READ else refused).append(sample)
        current.value = -1
        for reader in readers.values():
            for place, message in zip(places, _read(reader, crops), strict=True):
                if message:
                    outcomes[place] = outcomes[place]._replace(column=_FAULT, message=message)
        place = int(rng.integers(1 + min(len(readable), _N_AMONG)))
        for reader in readers.values():
            message = _misnamed(reader, readable[:_N_AMONG], refused[:1], place)
            if message:
                outcomes.append(Outcome(numbers[0], "batch", _FAULT, message))
    return outcomes


def _memory_folder() -> str | None:
    """Give a folder whose files lie in memory, where there is one."""
    return "/dev/shm" if os.path.isdir("/dev/shm") else None


# Stands beside the sample that is tried.
_GOOD = np.arange(32, dtype=np.uint8).reshape(4, 8)


def _crop(
    cropper: PlateCropper, sample: Any, place: int
) -> tuple[npt.NDArray[np.uint8] | None, str, str]:
    """Pass a sample on in a batch; give its crop or None, and what happened."""
    X = [_GOOD, _GOOD]
    X.insert(place, sample)
    try:
        crop = cropper.transform(X)[place]
    except SampleError as error:
        cause = error.__cause__
        if error.index != place or not isinstance(cause, ValueError):
            return None, _FAULT, f"sample {place} refused so: {error!r}"
        if not isinstance(cause, ImageReadError):
            return None, "refused: another ValueError", str(error)
        source = sample.source if isinstance(sample, PlateImage) else sample
        if repr(str(source)) not in str(error):
            return None, _FAULT, f"no file named: {error!r}"
        return None, "refused: ImageReadError", str(error)
    except Exception as error:
        return None, _FAULT, repr(error)
    if not (isinstance(crop, np.ndarray) and crop.dtype == np.uint8 and crop.size):
        return None, _FAULT, f"crop {crop!r}"
    return crop, READ, ""


def _read(reader: Pipeline, crops: list[npt.NDArray[np.uint8]]) -> list[str]:
    """Read crops in one batch, and by halves where that fails; give what is wrong with each."""
    if not crops:
        return []
    try:
        # Networks remember every number of images that they have seen; so there are few.
        readings = read_plates(reader, object_array(crops), batch_size=32)
    except Exception as error:
        if len(crops) == 1:
            return [repr(error)]
        half = len(crops) // 2
        return _read(reader, crops[:half]) + _read(reader, crops[half:])
    if len(readings) != len(crops):
        return [f"{len(readings)} readings of {len(crops)} plates"] * len(crops)
    return [
        ""
        if isinstance(reading.text, str) and 0 <= reading.confidence <= bool(reading.text)
        else repr(reading)
        for reading in readings
    ]


def _misnamed(reader: Pipeline, readable: list[Path], refused: list[Path], place: int) -> str:
    """Put refused files among readable ones; say what is wrong with how a pipeline takes that."""
    X = [*readable[:place], *refused, *readable[place:]]
    try:
        if X:
            read_plates(reader, X, batch_size=16)
    except SampleError as error:
        if refused and error.index == place and repr(str(refused[0])) in str(error):
            return ""
        return f"file {place} of {len(X)} refused so: {error!r}"
    except Exception as error:
        return repr(error)
    return f"file {place} of {len(X)} not refused" if refused else ""


if __name__ == "__main__":
    main()
