"""Damage files of models, and check that each is rejected as it should be."""

import io
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fuzzing.damage import damage_bytes
from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.export import load_pipeline, to_onnx
from sklearn_lpr.networks._weights_file import transfer_weights
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
from sklearn_lpr.training._checkpoint import Checkpoint, check_like

__all__ = ["MODEL_KINDS", "check_model_file", "damage_model_file"]

MODEL_KINDS = ("weights", "checkpoint", "ONNX")
_ALPHABET = "AB12"


class _Intact(NamedTuple):
    """The content of each kind of file, and what the files of weights and checkpoints hold."""

    contents: dict[str, bytes]
    weights: dict[str, npt.NDArray[np.float32]]
    plates: npt.NDArray[np.uint8]


def damage_model_file(rng: np.random.Generator, kind: str) -> bytes:
    """Damage the content of a file of this kind, or the arrays in it, or leave it intact."""
    content = _intact().contents[kind]
    if kind == "ONNX" or rng.random() < 0.4:
        return damage_bytes(rng, content)
    # The checksums of an archive hide its arrays from all other damage.
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(buffer, "w") as damaged:
        names = archive.namelist()
        chosen = names[rng.integers(len(names))]
        for name in names:
            member = archive.read(name)
            if name == chosen:
                fate = rng.random()
                if fate < 0.1:
                    continue
                name = f"{name[:-5]}?.npy" if fate < 0.2 else name
                member = damage_bytes(rng, member) if fate >= 0.2 else member
            damaged.writestr(name, member)
    return buffer.getvalue()


def check_model_file(kind: str, path: Path) -> tuple[bool, str]:
    """Read a file; return whether it is accepted, and what is wrong with the outcome, or ""."""
    try:
        return _READERS[kind](path)
    except Exception as error:
        return False, repr(error)


@cache
def _intact() -> _Intact:
    X, y = make_plates(8, layouts="eu", random_state=0, return_X_y=True)
    plates = PlateNormalizer().fit_transform(PlateCropper().fit_transform(X))
    recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recognizer.fit(plates, y)
        recognizer.save_weights(f"{folder}/weights.npz")
        to_onnx(recognizer, f"{folder}/model.onnx")
        with np.load(f"{folder}/weights.npz") as arrays:
            weights = {
                name.removeprefix("weights:"): arrays[name]
                for name in arrays.files
                if name.startswith("weights:")
            }
        checkpoint = Checkpoint(folder, "fuzzing")
        checkpoint.write(_state(weights))
        contents = {
            "weights": Path(folder, "weights.npz").read_bytes(),
            "checkpoint": checkpoint.path.read_bytes(),
            "ONNX": Path(folder, "model.onnx").read_bytes(),
        }
    return _Intact(contents, weights, plates)


def _state(weights: dict[str, Any]) -> dict[str, Any]:
    return {**weights, "epoch": np.array(3), "losses": np.array([2.0, 1.0])}


def _read_weights(path: Path) -> tuple[bool, str]:
    expected = _intact().weights
    try:
        weights = transfer_weights(path, expected, _ALPHABET)
    except ValueError as error:
        return False, "" if repr(str(path)) in str(error) else f"no name of the file: {error!r}"
    fits = weights.keys() == expected.keys() and all(
        array.shape == expected[name].shape
        and array.dtype == np.float32
        and np.isfinite(array).all()
        for name, array in weights.items()
    )
    return True, "" if fits else "arrays of another shape or type, or without finite values"


def _read_checkpoint(path: Path) -> tuple[bool, str]:
    expected = _state(_intact().weights)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        checkpoint = Checkpoint(folder, "fuzzing")
        checkpoint.path.write_bytes(path.read_bytes())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            state = checkpoint.read(lambda state: check_like(state, expected))
    if state is None:
        named = any(repr(str(checkpoint.path)) in str(warning.message) for warning in caught)
        return False, "" if named else "no warning names the file"
    check_like(state, expected)
    return True, ""


def _read_onnx(path: Path) -> tuple[bool, str]:
    try:
        pipeline = load_pipeline(path)
        predictions = pipeline[-1].read(_intact().plates)
    except ValueError as error:
        return False, "" if repr(str(path)) in str(error) else f"no name of the file: {error!r}"
    valid = all(isinstance(item.text, str) and 0 <= item.confidence <= 1 for item in predictions)
    return True, "" if valid and len(predictions) == len(_intact().plates) else repr(predictions)


_READERS = {"weights": _read_weights, "checkpoint": _read_checkpoint, "ONNX": _read_onnx}
