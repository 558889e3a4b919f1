"""Write trained networks to files of the package: restore, halve, describe."""

import datetime
import importlib.metadata
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx

__all__ = ["describe_training", "restore", "store_in_half_precision", "write_onnx_metadata"]

_PACKAGES = ("sklearn-lpr", "keras", "tensorflow", "numpy", "opencv-python")


def restore(estimator: Any, path: Path) -> Any:
    """Set the fitted attributes of an estimator from its weights file, and return it."""
    with np.load(path) as archive:
        estimator.architecture_ = json.loads(str(archive["architecture"]))
        if "alphabet" in archive.files:
            estimator.alphabet_ = str(archive["alphabet"])
        estimator.weights_ = {
            name.removeprefix("weights:"): archive[name]
            for name in archive.files
            if name.startswith("weights:")
        }
    return estimator


def store_in_half_precision(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store the weights in 16 bits, from which onnxruntime restores 32 when it loads them."""
    casts = []
    for weights in model.graph.initializer:
        array = onnx.numpy_helper.to_array(weights)
        if array.dtype == np.float32 and array.size > 16:
            name = weights.name
            half = onnx.numpy_helper.from_array(array.astype(np.float16), f"{name}_half")
            weights.CopyFrom(half)
            casts.append(
                onnx.helper.make_node("Cast", [half.name], [name], to=onnx.TensorProto.FLOAT)
            )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def write_onnx_metadata(path: Path, training: dict[str, Any], *, half: bool = True) -> None:
    """Store how an exported network was trained, and its weights in half precision."""
    model = onnx.load(path)
    if half:
        model = store_in_half_precision(model)
    model.metadata_props.add(key="training", value=json.dumps(training, ensure_ascii=False))
    onnx.checker.check_model(model)
    onnx.save(model, path)
    print(f"{path}: {path.stat().st_size} bytes")


def describe_training(script: str, settings: dict[str, Any], **entries: Any) -> dict[str, Any]:
    """Return how a network was trained, for the metadata of its file."""
    return {
        "date": datetime.date.today().isoformat(),
        "script": script,
        "settings": {name: str(value) for name, value in settings.items()},
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
        **entries,
    }
