"""Export a fitted recognizer to an ONNX file."""

import json
import os
import warnings
from base64 import b64encode
from collections.abc import Iterator
from copy import copy
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import MetaEstimatorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._compat import import_optional
from .._detection._onnx_detector import CORNER_NETWORK, OnnxPlateDetector
from .._detection._photo_search import reduce_and_pad
from .._files import replace_file
from .._onnx_content import check_onnx
from .._sklearn_compat import StrOptions, validate_params
from ..detection import PlateDetector
from ..images import check_images, is_blank, naming_sample
from ..images._channels import to_rgb
from ..networks import get_network
from ..preprocessing import PlateNormalizer
from ..recognition._base_neural import BaseNeuralRecognizer
from ..recognition._ctc_recognizer import get_input_form
from ..recognition._json_objects import to_json
from ..recognition._onnx_metadata import FORMAT, METADATA_KEY
from ..recognition._unwrap import Chain, unwrap
from ..training import BaseNetworkEstimator

__all__ = ["no_network", "to_onnx"]

# With more plates, the probabilities of small int8 networks come no closer to those in float32.
_MIN_CALIBRATION = 100


@validate_params(
    {"path": [str, os.PathLike], "quantize": [StrOptions({"int8"}), None]},
    prefer_skip_nested_validation=True,
)
def to_onnx(
    estimator: Any,
    path: str | os.PathLike[str],
    quantize: str | None = None,
    calibration: Any = None,
) -> Path:
    """Export a fitted recognizer to an ONNX file, for `load_pipeline` and `OnnxRecognizer`.

    The network is written from its weights, layer by layer. Neither Keras nor a backend is
    needed, and the file does not depend on the backend that trained the network. The input
    ``images`` takes uint8 images, any number at once. The output ``log_probs`` is that of
    `log_proba`. The metadata of the file hold, as JSON, all else that inference needs: the
    alphabet, the image size, the decoder with its plate formats, and the transformers before the
    recognizer.

    Parameters
    ----------
    estimator : estimator
        A fitted `LPRNetCTC` or `SegmentCNN`, or a `Pipeline`, search or `FrozenEstimator` around
        one. Transformers and decoder must be classes of this package. Where a `PlateCropper`
        detects, the file holds the detector's network too. Or a fitted `PlateDetector` by itself,
        for `OnnxPlateDetector`.
    path : str or path-like
        The file to write. An existing file is replaced atomically; its mode is kept, and so is a
        symbolic link to it.
    quantize : {"int8"}, default=None
        "int8" applies static quantization, per channel for the weights. It is faster and costs
        some accuracy, which `compare` measures. None computes in float32, as Keras does.
    calibration : array-like of samples, default=None
        Plates as `estimator` takes them, or photos for a `PlateDetector`, from which the ranges of
        the features are determined. Required with `quantize`, and rejected without it. A few
        hundred training plates are enough; values outside of the ranges are clipped, so that fewer
        plates cost accuracy.

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    ImportError
        If the packages of the extra ``export`` are not installed.
    TypeError
        If `estimator` does not end in a recognizer with a network, or if a step or the decoder
        is not a class of this package; the message names it. Meta-estimators such as
        `CalibratedRecognizerCV` have no network: export the recognizer inside, and see the notes.
    ValueError
        If `quantize` is unknown, only one of `quantize` and `calibration` is set, or all plates or
        photos of `calibration` are blank.
    OSError
        Before the conversion, if `path` is a folder or its folder does not exist.
    sklearn.exceptions.NotFittedError
        If the recognizer is not fitted.

    Warns
    -----
    UserWarning
        If `calibration` has fewer than 100 plates or photos that are not blank.

    Notes
    -----
    To serve a `CalibratedRecognizerCV`, `RejectingRecognizerCV`, `MultiViewRecognizer` or
    `VotingRecognizer`, wrap the result of `load_pipeline` in a `sklearn.frozen.FrozenEstimator`,
    fit the meta-estimator around it on held-out plates, and save it with `joblib.dump`. The page
    on serving without Keras has the code.

    Examples
    --------
    >>> import tempfile, warnings
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import LPRNetCTC
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.export import load_pipeline, to_onnx
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(32, random_state=0, return_X_y=True)
    >>> recognizer = make_pipeline(
    ...     PlateCropper(), PlateNormalizer(), LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    ... )
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too short
    ...     _ = recognizer.fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = to_onnx(recognizer, f"{folder}/plates.onnx")
    ...     served = load_pipeline(path, n_threads=1)
    ...     bool((served.predict(X) == recognizer.predict(X)).all())
    True
    """
    if (quantize is None) != (calibration is None):
        raise ValueError(
            "quantize='int8' needs calibration=, a few hundred plates as the estimator takes them."
            if quantize
            else "calibration= applies to quantize='int8' alone; leave it out, or pass both."
        )
    path = Path(path)
    _check_path(path)
    if isinstance(estimator, PlateDetector):
        return _write(path, _detector_content(estimator, calibration))
    chain = unwrap(estimator)
    recognizer = chain.recognizer
    if not isinstance(recognizer, BaseNeuralRecognizer):
        raise no_network(recognizer)
    check_is_fitted(recognizer)
    metadata = _describe(chain, quantize)
    onnx = import_optional("onnx", extra="export")
    images = None
    if quantize is not None:
        images = _calibration_images(recognizer, chain.transform(calibration))
        _check_number(len(images), "plates", "compare()", stacklevel=4)

    model = _network(recognizer)
    if images is not None:
        from ._quantize import in_batches, quantize_to_int8

        model = quantize_to_int8(model, in_batches(images))
    model.metadata_props.add(key=METADATA_KEY, value=json.dumps(metadata, allow_nan=False))
    onnx.checker.check_model(model)
    return _write(path, model.SerializeToString())


def _calibration_images(recognizer: BaseNeuralRecognizer, X: Any) -> npt.NDArray[np.uint8]:
    """Return the images that are not blank: the features of blank ones have no range."""
    images, architecture = recognizer._check_images(X)
    blank = get_input_form(architecture["name"]).find_blank(images)
    if blank.all():
        raise ValueError(
            f"All {len(images)} plates of calibration= are blank (all pixels equal); pass a few "
            "hundred plates as the estimator takes them, such as those of its training."
        )
    return images[~blank]


def _calibration_photos(detector: PlateDetector, X: Any) -> list[npt.NDArray[np.uint8]]:
    """Return a mini-batch of one image for each photo that is not blank, as it is searched."""
    batches = []
    samples = check_images(X)
    for index, sample in enumerate(samples):
        with naming_sample(index):
            pixels = to_rgb(sample.pixels())
        if not is_blank(pixels):
            scale = min(1.0, detector.working_size / max(pixels.shape[:2]))
            batches.append(reduce_and_pad(pixels, scale)[0][np.newaxis])
    if not batches:
        raise ValueError(
            f"All {len(samples)} photos of calibration= are blank (all pixels equal); pass a few "
            "hundred photos, such as those of the detector's training."
        )
    return batches


def _check_number(n_images: int, kind: str, measure: str, *, stacklevel: int) -> None:
    """Warn of too few images for calibration.

    `stacklevel` counts the functions up to the caller of `to_onnx`, its decorator included.
    """
    if n_images < _MIN_CALIBRATION:
        warnings.warn(
            f"calibration= has {n_images} {kind}, too few to determine the ranges of the "
            f"features; pass a few hundred, and measure the loss of accuracy by {measure}.",
            UserWarning,
            stacklevel=stacklevel,
        )


def _check_path(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(
            f"path={str(path)!r} is a folder; pass the path of the file to write."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"path={str(path)!r}: there is no folder {str(path.parent)!r}; create it first."
        )


def no_network(recognizer: Any) -> TypeError:
    """Return the error of a recognizer that cannot be exported."""
    name = type(recognizer).__name__
    if not isinstance(recognizer, MetaEstimatorMixin):
        return TypeError(
            f"{name} has no network to export; pass an LPRNetCTC or a SegmentCNN, or a Pipeline "
            "that ends in one."
        )
    return TypeError(
        f"{name} has no network to export: it combines other recognizers. Export these, wrap the "
        f"result of load_pipeline() in a FrozenEstimator, pass it to a new {name}, fit that on "
        "plates held out of training, and save it with joblib.dump()."
    )


def _network(estimator: BaseNetworkEstimator) -> Any:
    """Return the ONNX model of a fitted estimator's network."""
    from ..networks._onnx_graph import Graph

    architecture = dict(estimator.architecture_)
    name = architecture.pop("name")
    graph = Graph(estimator.weights_)
    get_network(name).write_onnx(graph, **architecture)
    model = graph.model()
    inputs = [each.name for each in model.graph.input]
    if inputs != ["images"]:
        raise ValueError(f"The network {name!r} has the inputs {inputs} in ONNX, not ['images'].")
    return model


def _detector_content(detector: PlateDetector, calibration: Any = None) -> bytes:
    """Return the content of a detector's file, in int8 if there are photos for calibration.

    The corner network stays in float32, because it takes little of the time.
    """
    from .. import __version__

    check_is_fitted(detector)
    onnx = import_optional("onnx", extra="export")
    metadata = {
        "format": FORMAT,
        "version": __version__,
        "architecture": detector.architecture_,
        "channel_order": "rgb",
        "quantize": None if calibration is None else "int8",
    }
    model = _network(detector)
    if calibration is not None:
        from ._quantize import quantize_to_int8

        batches = _calibration_photos(detector, calibration)
        _check_number(len(batches), "photos", "OnnxPlateDetector.score()", stacklevel=5)
        model = quantize_to_int8(model, batches, seven_bits=True)
    model.metadata_props.add(key=METADATA_KEY, value=json.dumps(metadata, allow_nan=False))
    if detector.refiner_ is not None:
        content = _network(detector.refiner_).SerializeToString()
        model.metadata_props.add(key=CORNER_NETWORK, value=b64encode(content).decode())
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _without_keras(step: Any) -> Any:
    """Return a step with a detector that onnxruntime runs in place of a `PlateDetector`."""
    detector = served = getattr(step, "detector", None)
    while isinstance(served, FrozenEstimator):
        served = served.estimator
    if isinstance(served, PlateDetector):
        names = ("working_size", "fine_size", "threshold", "n_jobs")
        parameters = {name: getattr(served, name) for name in names}
        parameters["refine"] = bool(served.refine)
        served = OnnxPlateDetector.from_bytes(_detector_content(served), **parameters)
    return step if served is detector else copy(step).set_params(detector=served)


def _describe(chain: Chain, quantize: str | None) -> dict[str, Any]:
    """Return the metadata of the file as objects that JSON can represent."""
    from .. import __version__

    name = chain.name or "onnxrecognizer"
    steps = [flat for step in chain.transformers for flat in _flatten(*step)]
    names = _distinct([*(name for name, _ in steps), name])
    recognizer = chain.recognizer
    return {
        "format": FORMAT,
        "version": __version__,
        "alphabet": recognizer.alphabet_,
        "architecture": recognizer.architecture_,
        "channel_order": _channel_order(steps, recognizer.image_shape_[2]),
        "quantize": quantize,
        "name": names[-1],
        "decoder": to_json(recognizer.decoder, f"The decoder of {type(recognizer).__name__}"),
        "steps": [
            [name, to_json(_without_keras(step), f"The step {name!r}")]
            for name, (_, step) in zip(names[:-1], steps, strict=True)
        ],
    }


def _flatten(name: str, step: Any) -> Iterator[tuple[str, Any]]:
    """Yield the transformers in a step that is a `Pipeline` or frozen."""
    if isinstance(step, Pipeline):
        for inner in step.steps:
            yield from _flatten(*inner)
    elif isinstance(step, FrozenEstimator):
        yield from _flatten(name, step.estimator)
    elif step not in (None, "passthrough"):
        yield name, step


def _distinct(names: list[str]) -> list[str]:
    """Add numbers to the names that nested Pipelines have in common."""
    taken = {name for name in names if names.count(name) == 1}
    distinct = []
    for name in names:
        if names.count(name) > 1:
            numbered = (f"{name}-{number}" for number in count(1))
            name = next(each for each in numbered if each not in taken)
            taken.add(name)
        distinct.append(name)
    return distinct


def _channel_order(steps: list[tuple[str, Any]], n_channels: int) -> str:
    """Return the order of the colour channels, for programs other than this package."""
    if n_channels == 1:
        return "grey"
    orders = [step.channel_order for _, step in steps if isinstance(step, PlateNormalizer)]
    return orders[-1] if orders else "rgb"


def _write(path: Path, content: bytes) -> Path:
    try:
        check_onnx(content)
    except ValueError as error:
        raise ValueError(f"The file of this network would not be loaded: {error}") from error
    # A server that loads the file meanwhile finds the old or the new one.
    replace_file(path, lambda file: file.write(content))
    return path
