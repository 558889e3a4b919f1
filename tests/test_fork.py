"""Prediction in forked processes."""

import gc
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.detection import OnnxPlateDetector

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork"),
    # Python 3.12 and JAX warn about forks of processes with threads, which these tests are about.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]

# A process that waits for this long, in seconds, hangs.
_PATIENCE = 60


def in_fork(function):
    """Return the text that a function returns in a forked process, or None if that hangs."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        gc.disable()  # what earlier tests left may wait for its threads when it is freed
        try:
            os.write(writing, function().encode())
        finally:
            os._exit(0)
    os.close(writing)
    deadline = time.monotonic() + _PATIENCE
    while not os.waitpid(process, os.WNOHANG)[0]:
        if time.monotonic() > deadline:
            os.kill(process, 9)
            os.waitpid(process, 0)
            return None
        time.sleep(0.05)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.parametrize("method", ["predict", "fit"])
def test_a_network_that_ran_before_the_fork_is_an_error_in_the_child(
    method, draw_weights, glyph_plates
):
    X, y = glyph_plates(8)
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    before = recognizer.predict(X)

    def child():
        try:
            recognizer.predict(X) if method == "predict" else recognizer.fit(X, y)
        except RuntimeError as error:
            return str(error)
        return "no error"

    message = in_fork(child)
    assert message is not None
    assert "forked after a network had been used in its parent" in message
    assert "spawn" in message
    assert "to_onnx" in message
    # A child of the child is no better off, and the parent goes on.
    assert "forked" in (in_fork(lambda: in_fork(child) or "") or "")
    assert recognizer.predict(X).tolist() == before.tolist()


@pytest.mark.parametrize("n_threads", [1, 2])
def test_an_onnx_session_is_opened_again_in_the_child(n_threads):
    photo = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
    detector = OnnxPlateDetector(n_threads=n_threads, threshold=0.01)
    before, session = detector.detect_all([photo]), detector._opened

    def child():
        same = [
            np.array_equal(a, b)
            for mine, theirs in zip(detector.detect_all([photo]), before, strict=True)
            for a, b in zip(mine, theirs, strict=True)
        ]
        return f"{all(same)} {detector._opened is session} {detector._opened is detector._opened}"

    assert in_fork(child) == "True False True"
    assert detector._opened is session


# `in_fork` leaves out what Python does when it ends, which is what a server's worker does.
ENDING_CHILD = f"""
import os, sys, time
import numpy as np
from sklearn_lpr.detection import OnnxPlateDetector

OnnxPlateDetector(n_threads=1).detect_all([np.zeros((64, 96, 3), np.uint8)])
child = os.fork()
if not child:
    sys.exit()
deadline = time.monotonic() + {_PATIENCE}
while not os.waitpid(child, os.WNOHANG)[0]:
    if time.monotonic() > deadline:
        os.kill(child, 9)
        sys.exit("the child hangs")
    time.sleep(0.05)
"""


def test_a_child_ends(monkeypatch):
    # onnxruntime switches its telemetry off itself where tests run.
    for name in ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run([sys.executable, "-W", "ignore", "-c", ENDING_CHILD], check=True)


@pytest.mark.parametrize(("given", "expected"), [(None, "1"), ("0", "0")])
def test_telemetry_is_off_unless_the_user_wants_it(monkeypatch, given, expected):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    if given is not None:
        monkeypatch.setenv("ORT_DISABLE_TELEMETRY", given)
    code = "import os, sklearn_lpr; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == expected
