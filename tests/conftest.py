"""Fixtures for all tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

from sklearn_lpr import LPRNetCTC

# The same examples in every run, and no deadline on a busy machine.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=30)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real plates beside the checkout; skip the test without it."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real plates are not beside the checkout ({folder.name} is absent)")
    return folder


_GLYPHS = {
    "A": [[1, 1, 1, 1]] * 8,
    "B": [[0, 1, 1, 0]] * 8,
    "C": [[1, 1, 1, 1]] * 2 + [[0, 0, 0, 0]] * 4 + [[1, 1, 1, 1]] * 2,
    "D": [[0, 0, 0, 0]] * 3 + [[1, 1, 1, 1]] * 2 + [[0, 0, 0, 0]] * 3,
}


def draw_glyph_plates(
    n_samples: int, random_state: int = 0, alphabet: str = "ABCD"
) -> tuple[np.ndarray, np.ndarray]:
    """Return grey plates of 8 x 32 pixels with two to four simple shapes, learned in seconds."""
    rng = np.random.default_rng(random_state)
    X = rng.integers(0, 60, (n_samples, 8, 32, 1), dtype=np.uint8)
    y = []
    for image in X:
        length = rng.integers(2, 5)
        y.append("".join(rng.choice(list(alphabet), length)))
        for position, character in enumerate(y[-1]):
            left = int((position + 0.5) * 32 / length) - 2
            image[:, left : left + 4, 0] += np.array(_GLYPHS[character], np.uint8) * 180
    return X, np.array(y)


@pytest.fixture(scope="session")
def glyph_plates() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Return the function that draws tiny plates."""
    return draw_glyph_plates


@pytest.fixture(scope="session")
def tiny_lprnet() -> Callable[..., LPRNetCTC]:
    """Return a function that builds recognizers which learn the tiny plates in seconds."""

    def make(**params: object) -> LPRNetCTC:
        small = {"n_filters": 8, "dropout": 0.1, "learning_rate_init": 0.01, "batch_size": 16}
        return LPRNetCTC(**{**small, "max_iter": 20, "random_state": 0, **params})

    return make


@pytest.fixture(scope="session")
def draw_weights() -> Callable[..., Any]:
    """Return a function that sets random weights instead of training a recognizer."""

    def fit(
        recognizer: Any, shape: tuple[int, ...], alphabet: str = "ABCD", random_state: int = 0
    ) -> Any:
        from sklearn_lpr.networks import borrow_network

        rng = np.random.default_rng(random_state)

        def draw(path: str, size: tuple[int, ...]) -> np.ndarray:
            if path.endswith("openness"):
                return np.ones(size, np.float32)
            if path.endswith(("gamma", "moving_variance")):
                return rng.uniform(0.5, 1.5, size).astype(np.float32)
            if path.endswith(("beta", "moving_mean", "bias")):
                return rng.normal(0, 0.1, size).astype(np.float32)
            spread = 1.5 / np.sqrt(np.prod(size[:-1]))
            return rng.normal(0, spread, size).astype(np.float32)

        recognizer.alphabet_ = alphabet
        recognizer.architecture_ = recognizer._architecture(shape, 1 + len(alphabet))
        with borrow_network(recognizer.architecture_) as network:
            sizes = {weight.path: tuple(weight.shape) for weight in network.model.weights}
        recognizer.weights_ = {path: draw(path, size) for path, size in sizes.items()}
        return recognizer

    return fit


@pytest.fixture(scope="session")
def world_files(draw_weights, tmp_path_factory) -> dict[str, bytes]:
    """Return the files of a small recognizer with random weights, by the bundled names."""
    from sklearn.pipeline import Pipeline

    from sklearn_lpr.applications import Calibration
    from sklearn_lpr.calibration._maps import LogisticMap, PowerMap
    from sklearn_lpr.export import to_onnx
    from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, RowJoiner

    folder = tmp_path_factory.mktemp("world")
    network = draw_weights(LPRNetCTC(n_filters=4), (24, 94, 3), alphabet="0123456789ABCDEO")
    steps = [
        ("crop", PlateCropper(margin=0.05)),
        ("join", RowJoiner()),
        ("normalize", PlateNormalizer()),
        ("recognize", network),
    ]
    to_onnx(Pipeline(steps), folder / "plate_recognizer.onnx")
    network.save_weights(folder / "plate_recognizer.npz")
    calibration = Calibration(PowerMap(0.25), LogisticMap(0.5), 0.99, 0.75, 0.5, 40)
    calibration.write(folder / "plate_recognizer.json", sets=["none"])
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def world(world_files, monkeypatch) -> dict[str, bytes]:
    """Replace the bundled recognizer by a small one with random weights; return its files."""
    from sklearn_lpr.pretrained import read_pretrained

    def read(name: str) -> bytes:
        return world_files[name] if name in world_files else read_pretrained(name)

    for module in ("_onnx_file", "networks._weights_file", "applications._calibration"):
        monkeypatch.setattr(f"sklearn_lpr.{module}.read_pretrained", read)
    return world_files
