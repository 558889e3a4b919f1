"""Run fuzz trials in a process that may crash or hang."""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import cv2
from PIL import Image

from fuzzing.trials import CRASH, HANG, MAX_PIXELS, Outcome, draw, fit_pipelines, run_trials

__all__ = ["Worker"]


class Worker:
    """A process that runs trials; if it crashes or hangs, a new process runs the remaining ones.

    Parameters
    ----------
    seed : int
    timeout : float
        The limit for one list of trials, in seconds.
    target : callable, default=_work
        The function that the process runs.

    Attributes
    ----------
    growth, peak : float
        See `_work`; the maximum over all processes.
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
        # The folder belongs to this process, as a process that crashes leaves its files behind.
        self._folder = tempfile.TemporaryDirectory(dir=_memory_folder())
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._folder.cleanup()

    def run(self, numbers: Sequence[int]) -> list[Outcome]:
        """Run the trials with these numbers."""
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
                result = HANG
            except (EOFError, ConnectionError):
                result = CRASH
            number = self._current.value
            self._stop()
            # The number is -1 while the remaining samples are predicted together.
            culprits = [number] if number >= 0 else left
            kinds = [draw(self._seed, culprit, None)[0] for culprit in culprits]
            lost += [
                Outcome(culprit, kind, result)
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
            raise RuntimeError("The process ended before its first trial.") from None

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def _work(connection: Any, current: Any, seed: int, folder: str) -> None:
    """Send a message when ready; then run the lists of trials received, without end.

    Each answer holds the outcomes, the growth of memory since the first answer, and the peak since
    then, both in megabytes.
    """
    cv2.setNumThreads(1)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pipelines = fit_pipelines()
    # Image decoders print their warnings to the standard error.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    connection.send("ready")
    base = None
    while True:
        outcomes = run_trials(pipelines, seed, connection.recv(), folder, current)
        memory, peak = _memory()
        base = memory if base is None else base
        connection.send((outcomes, memory - base, peak - base))


def _memory() -> tuple[float, float]:
    """Return the resident memory of this process and its peak in megabytes; 0 except on Linux."""
    file = Path("/proc/self/status")
    lines = file.read_text().splitlines() if file.is_file() else ["VmRSS: 0 kB", "VmHWM: 0 kB"]
    status = dict(line.split(":", 1) for line in lines)
    memory, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return memory, peak


def _memory_folder() -> str | None:
    """Return a folder whose files lie in memory, if there is one."""
    return "/dev/shm" if os.path.isdir("/dev/shm") else None
