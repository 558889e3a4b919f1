"""The import of a backend without start-up messages."""

import os
import subprocess
import sys

import pytest

from sklearn_lpr import networks
from sklearn_lpr.networks import _network
from sklearn_lpr.networks._quiet_import import without_startup_messages

STARTUP = """\
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795924988.697942   30506 port.cc:153] oneDNN custom operations are on.
W0000 00:00:1795924988.697942   30506 computation_placer.cc:177] already registered
2026-01-02 03:04:05.678901: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow
E0000 00:00:1795924988.697942   30506 cuda_dnn.cc:8310] Unable to register cuDNN factory
"""
OTHER = """\
E0000 00:00:1795924988.697942   30506 cuda_dnn.cc:8310] The driver is too old
a warning of another library
"""


def test_only_startup_messages_are_left_out(capfd, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    with without_startup_messages():
        os.write(2, STARTUP.encode() + OTHER.encode())
        print("from Python", file=sys.__stderr__)
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == OTHER + "from Python\nafterwards\n"
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3"


def test_messages_before_an_error_are_kept(capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")

    @without_startup_messages()
    def fail():
        os.write(2, OTHER.encode())
        raise ImportError

    with pytest.raises(ImportError):
        fail()
    assert capfd.readouterr().err == OTHER
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"


FIT = """
import warnings
import numpy as np
from sklearn_lpr import LPRNetCTC
warnings.simplefilter("ignore")
X = np.random.default_rng(0).integers(0, 255, (8, 8, 32, 1), dtype=np.uint8)
LPRNetCTC(n_filters=2, max_iter=1, random_state=0).fit(X, ["A", "B"] * 4)
"""


@pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="TensorFlow's messages"
)
def test_a_fit_writes_no_messages():
    pytest.importorskip("tensorflow")
    environment = {name: value for name, value in os.environ.items() if "LOG_LEVEL" not in name}
    done = subprocess.run(
        [sys.executable, "-c", FIT], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stderr == ""


def test_standard_error_is_redirected_for_the_import_of_keras_only(monkeypatch):
    monkeypatch.setattr(networks, "without_startup_messages", pytest.fail)
    for name in ("Network", "borrow_network", "describe_backend"):
        monkeypatch.delitem(vars(networks), name, raising=False)
        assert getattr(networks, name) is getattr(_network, name)


@pytest.mark.slow
def test_threads_that_import_keras_at_once_keep_the_standard_error():
    program = (
        "import sys, threading\n"
        "from sklearn_lpr import networks\n"
        "sys.setswitchinterval(1e-5)\n"
        "start = threading.Barrier(8)\n"
        "def access():\n"
        "    start.wait()\n"
        "    for _ in range(50):\n"
        "        networks.borrow_network\n"
        "threads = [threading.Thread(target=access) for _ in range(8)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "print('still here', file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True).stderr == "still here\n"
