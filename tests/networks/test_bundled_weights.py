"""Initial weights that come with the package, by name."""

from pathlib import Path

import numpy as np
import pytest

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.networks import transfer_weights

BUNDLED = {"world": "plate_recognizer.npz"}


@pytest.fixture
def initial(world, tmp_path):
    (tmp_path / "weights.npz").write_bytes(world["plate_recognizer.npz"])
    with np.load(tmp_path / "weights.npz") as archive:
        return {
            name.removeprefix("weights:"): np.zeros_like(archive[name])
            for name in archive.files
            if name.startswith("weights:")
        }


def test_a_name_means_the_bundled_weights(initial, tmp_path):
    alphabet = "0123456789ABCDEO"
    by_name = transfer_weights("world", initial, alphabet, bundled=BUNDLED)
    by_file = transfer_weights(tmp_path / "weights.npz", initial, alphabet, bundled=BUNDLED)
    for name, array in by_file.items():
        np.testing.assert_array_equal(by_name[name], array)
        assert array.dtype == np.float32


@pytest.mark.parametrize("path", ["./world", Path("world")])
def test_a_path_means_a_file_of_this_name(path, initial, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ValueError,
        match=r"world'?: there is no such file; pass 'world' for the weights that come with",
    ):
        transfer_weights(path, initial, "A", bundled=BUNDLED)
    Path("weights.npz").rename("world")
    transferred = transfer_weights(path, initial, "A", bundled=BUNDLED)
    assert any(array.any() for array in transferred.values())


def test_weights_stored_in_half_precision_are_read(initial, tmp_path):
    with np.load(tmp_path / "weights.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    halves = {
        name: array.astype(np.float16) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }
    np.savez(tmp_path / "half.npz", **halves)
    alphabet = "0123456789ABCDEO"
    weights = transfer_weights(tmp_path / "half.npz", initial, alphabet)
    for name, array in weights.items():
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, arrays[f"weights:{name}"], rtol=1e-3, atol=1e-4)


def test_another_network_names_the_one_of_the_file(world):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 255, (4, 24, 94, 3), dtype=np.uint8)
    recognizer = LPRNetCTC(n_filters=6, max_iter=1, initial_weights="world", random_state=0)
    with pytest.raises(ValueError, match=r"initial_weights='world' does not fit.*'n_filters': 4"):
        recognizer.fit(X, ["AB1", "AB2", "AB3", "AB4"])


@pytest.mark.slow
def test_training_starts_from_the_bundled_weights(world, initial, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 255, (4, 24, 94, 3), dtype=np.uint8)
    y = ["AB1", "AB2", "AB3", "AB4"]
    recognizer = LPRNetCTC(
        n_filters=4, max_iter=1, initial_weights="world", learning_rate_init=1e-9, random_state=0
    )
    with pytest.warns(match="predicts none"):
        recognizer.fit(X, y)
    expected = transfer_weights(tmp_path / "weights.npz", initial, "0123456789ABCDEO")
    kernel = next(name for name in expected if name.endswith("kernel"))
    np.testing.assert_allclose(recognizer.weights_[kernel], expected[kernel], atol=1e-5)
