"""Run tests on a changed copy of the package, in processes that have imported the libraries."""

import importlib
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

__all__ = ["KILLED", "SURVIVED", "TIMEOUT", "Outcome", "Sandbox"]

SURVIVED, KILLED, TIMEOUT = "survived", "killed", "timeout"

_COPIED = ("sklearn_lpr", "tests", "conftest.py", "pyproject.toml")
# Imported once, as most of the time of a short test run passes in imports. TensorFlow starts no
# threads before it computes, so that processes may be forked after its import. Hypothesis imports
# libcst, if it is installed, after a failure, where its warnings would be errors.
_LIBRARIES = (
    *("numpy", "scipy.ndimage", "scipy.optimize", "scipy.special", "cv2", "PIL.Image", "pandas"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"),
    *("hypothesis.strategies", "joblib", "onnxruntime", "rapidfuzz", "onnx", "libcst", "keras"),
)
_MEMORY = 16 * 2**30  # of one process, in bytes: a change may ask for ever more


@dataclass(frozen=True)
class Outcome:
    """The result of a run of tests, with the first failed test and the duration in seconds."""

    result: str
    test: str
    seconds: float


class Sandbox:
    """A temporary copy of the package and its tests, which no test run leaves changed.

    Parameters
    ----------
    root : Path
        The repository, which is only read.
    timeout : int
        The limit for one run of tests, in seconds of processor time. Of time, which depends on
        the load of the machine, a run may take twenty times as much.
    """

    def __init__(self, root: Path, timeout: int) -> None:
        self._root = root
        self._timeout = timeout
        self._n_changes = 0

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.checkout = Path(self._folder.name) / "checkout"
        self.checkout.mkdir()
        self.log = Path(self._folder.name) / "log.txt"
        for name in _COPIED:
            source = self._root / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, self.checkout / name)
        shared = self._root.parent / "shared"
        if shared.is_dir():
            (self.checkout.parent / "shared").symlink_to(shared)
        for name in _LIBRARIES:
            with suppress(ImportError):
                importlib.import_module(name)
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def run(
        self, tests: Sequence[str], module: str = "", source: str = "", n_limits: int = 1
    ) -> Outcome:
        """Run tests until one fails; with a module, after its text is replaced by `source`.

        The run may take `n_limits` times the limit.
        """
        timeout = n_limits * self._timeout
        if not module:
            return self._run(tests, timeout)
        file = self.checkout / module
        status = file.stat()
        original = file.read_bytes()
        file.write_text(source, encoding="utf-8")
        # Compiled code is found by the time of a file: another time, and it is compiled anew.
        self._n_changes += 1
        os.utime(file, (status.st_atime, status.st_mtime + self._n_changes))
        try:
            return self._run(tests, timeout)
        finally:
            file.write_bytes(original)
            os.utime(file, (status.st_atime, status.st_mtime))

    def _run(self, tests: Sequence[str], timeout: int) -> Outcome:
        log = self.log
        start = time.perf_counter()
        process = os.fork()
        if not process:
            self._work(tests, log, timeout)
        code = self._wait(process, start + 20 * timeout)
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what the tests have started
        seconds = time.perf_counter() - start
        if code in (None, -signal.SIGXCPU):
            return Outcome(TIMEOUT, "", seconds)
        text = log.read_text(encoding="utf-8", errors="replace")
        no_conftest = "ImportError while loading conftest" in text
        if code == pytest.ExitCode.INTERNAL_ERROR or (
            code == pytest.ExitCode.USAGE_ERROR and not no_conftest
        ):
            raise RuntimeError(f"pytest cannot run {tests}:\n{text}")
        if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return Outcome(SURVIVED, "", seconds)
        failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", text, re.MULTILINE)
        return Outcome(KILLED, failed[1] if failed else f"exit status {code}", seconds)

    def _wait(self, process: int, latest: float) -> int | None:
        """Return the exit status of a process; end it and return None after the time limit."""
        while time.perf_counter() < latest:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.1)
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return None

    def _work(self, tests: Sequence[str], log: Path, timeout: int) -> None:
        """Run tests in a forked process, and end it."""
        code = 1
        try:
            os.setsid()
            sys.dont_write_bytecode = False  # later runs start sooner
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (timeout, timeout + 5))
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            for descriptor in (1, 2):
                os.dup2(output, descriptor)
            os.chdir(self.checkout)
            sys.path.insert(0, str(self.checkout))
            for number, entry in enumerate(sys.path):
                if Path(entry or ".").resolve() == self._root:
                    sys.path[number] = str(self.checkout)
            os.environ["PYTHONPATH"] = str(self.checkout)
            options = ["-x", "-q", "--tb=line", "-m", "not slow", "-p", "no:cacheprovider"]
            options += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
            code = int(pytest.main([*options, f"--basetemp={log.parent / 'tmp'}", *tests]))
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            sys.stdout.flush()
            os._exit(code)
