"""Compare the time of a training step with that of the same network in plain PyTorch.

Run from the project's root::

    python benchmarks/training_speed.py --torch /path/to/other/bin/python \
        --output benchmarks/results/training_speed.md

Both have the same mini-batches, layers, CTC loss, AdamW and gradient clipping by norm. They run in
separate processes that take turns. Several settings are tried (threads, and in PyTorch the memory
format); the fastest one is reported.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import itertools
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from _report import argument_parser, publish

N_SYMBOLS = 70


class Worker:
    """A process that runs training steps, and the times that it measured."""

    def __init__(self, command: list[str], settings: dict[str, Any]) -> None:
        threads = str(settings["n_threads"])
        self._process = subprocess.Popen(
            [*command, json.dumps(settings)],
            env={**os.environ, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.settings = settings
        self.seconds: list[float] = []
        self.absent: str | None = self._answer().get("absent")

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {"absent": "its process ended"}

    def train(self, n_steps: int) -> None:
        """Run steps, and store how long each took."""
        if self.absent is None:
            assert self._process.stdin is not None
            print(json.dumps({"steps": n_steps}), file=self._process.stdin, flush=True)
            answer = self._answer()
            self.absent = answer.get("absent")
            self.seconds += answer.get("seconds", [])

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "--work":
        work(**json.loads(sys.argv[2]))
        return
    parser = argument_parser(__doc__)
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--n-filters", type=int, nargs="+", default=[32, 48, 64], metavar="N")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=5, help="steps per round")
    arguments = parser.parse_args()

    here = Path(__file__)
    commands = {
        "sklearn-lpr, TensorFlow": ([sys.executable, str(here), "--work"], [False]),
        "plain PyTorch": (
            [arguments.torch, str(here.with_name("_torch_worker.py"))],
            [False, True],
        ),
    }
    rows: list[dict[str, Any]] = []
    notes = []
    for n_filters in arguments.n_filters:
        workers = {name: [] for name in commands}
        for name, (command, layouts) in commands.items():
            for n_threads, channels_last in itertools.product(arguments.threads, layouts):
                settings = {
                    "n_filters": n_filters,
                    "batch": arguments.batch,
                    "n_symbols": N_SYMBOLS,
                    "n_threads": n_threads,
                    "channels_last": channels_last,
                }
                workers[name].append(Worker(command, settings))
        for _ in range(arguments.rounds):
            for worker in itertools.chain(*workers.values()):
                worker.train(arguments.steps)
        flop = count_flop(n_filters, arguments.batch)
        best = {}
        for name, tried in workers.items():
            for worker in tried:
                worker.close()
            timed = [worker for worker in tried if worker.seconds]
            if not timed:
                notes.append(f"{name} is not available: {tried[0].absent}.")
                continue
            chosen = min(timed, key=lambda worker: float(np.median(worker.seconds)))
            best[name] = float(np.median(chosen.seconds))
            rows.append(
                {
                    "n_filters": n_filters,
                    "network": name,
                    "threads": chosen.settings["n_threads"],
                    "channels last": chosen.settings["channels_last"] or "TensorFlow" in name,
                    "ms per step": 1e3 * best[name],
                    "steps/s": 1 / best[name],
                    "GFLOP/s": flop / best[name] / 1e9,
                    "speed relative to PyTorch": "–",
                }
            )
        if len(best) == len(commands):
            ours, plain = best.values()
            rows[-2]["speed relative to PyTorch"] = plain / ours
            rows[-1]["speed relative to PyTorch"] = 1.0
        print(rows[-len(best) :], flush=True)
    publish(
        "Time of a training step",
        f"Medians of {arguments.rounds * arguments.steps} steps with {arguments.batch} plates of "
        "24 x 94 pixels; all settings take turns. Operations are those of the convolutions, "
        "counted three times: forward, and backward with respect to inputs and to kernels. "
        + "".join(f"\n\n{note}" for note in dict.fromkeys(notes)),
        rows,
        arguments.output,
    )


def architecture(n_filters: int, n_symbols: int) -> dict[str, Any]:
    return {
        "name": "lprnet",
        "height": 24,
        "width": 94,
        "channels": 3,
        "n_symbols": n_symbols,
        "n_filters": n_filters,
        "time_stride": 2,
        "global_context": True,
        "spatial_transformer": False,
        "dropout": 0.1,
    }


def count_flop(n_filters: int, batch: int) -> float:
    """Count the multiplications and additions of a training step's convolutions."""
    from sklearn_lpr.networks import Network

    layers = Network(architecture(n_filters, N_SYMBOLS)).model.layers
    forward = sum(
        2.0 * np.prod(layer.output.shape[1:3]) * np.prod(layer.kernel.shape)
        for layer in layers
        if hasattr(layer, "kernel")
    )
    return float(3 * batch * forward)


# The loss is CTC alone.
SCHEDULED = {"alignment_warmup": 0.0, "trimmed_fraction": 0.0}


def work(n_filters: int, batch: int, n_symbols: int, n_threads: int, channels_last: bool) -> None:
    """Run the training steps requested on the standard input."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(n_threads)
    # TensorFlow's default: the many small operations of the optimizer run in parallel.
    tf.config.threading.set_inter_op_parallelism_threads(n_threads)
    from sklearn_lpr.networks import Network

    rng = np.random.default_rng(0)
    network = Network(architecture(n_filters, n_symbols))
    network.start_training(
        network.initial_weights(rng),
        seed=0,
        solver="adamw",
        weight_decay=1e-4,
        max_gradient_norm=5.0,
        gradient_noise=0.0,
    )
    images = rng.integers(0, 256, (batch, 24, 94, 3), dtype=np.uint8)
    targets = {"symbols": rng.integers(1, n_symbols, (batch, 7)).astype(np.int32)}
    weight = np.ones(batch, np.float32)
    for _ in range(3):
        network.train_step(images, targets, weight, learning_rate=1e-3, scheduled=SCHEDULED)
    print(json.dumps({}), file=answers)
    for line in sys.stdin:
        seconds = []
        for _ in range(json.loads(line)["steps"]):
            start = time.perf_counter()
            network.train_step(images, targets, weight, learning_rate=1e-3, scheduled=SCHEDULED)
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"seconds": seconds}), file=answers)


if __name__ == "__main__":
    main()
