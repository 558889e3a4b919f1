"""The command ``fine-tune``: train the bundled recognizer further."""

import sys
import warnings
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from .._files import replace_file
from ._labels import image_folder_option, load_labels
from ._messages import Failure, check_writable, count, warn
from ._model import format_option, load_model

__all__ = ["fine_tune"]

# From so many plates on, some are held out to select the best epoch.
_EARLY_STOPPING = 100
_SUFFIXES = (".joblib", ".onnx")


@click.command("fine-tune")
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="model.joblib",
    show_default=True,
    help="The file to write, for --model: .joblib, or .onnx for inference without Keras.",
)
@format_option
@image_folder_option
@click.option("--crops", is_flag=True, help="The images are tight crops of plates.")
@click.option("--split", help="Train on the rows with this value in the column 'split'.")
@click.option(
    "--epochs", type=click.IntRange(min=1), default=20, show_default=True, help="At most."
)
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.9),
    default=0.2,
    show_default=True,
    help="Fraction of the plates that are not trained on, to compare before and after and to "
    "calibrate the confidences; 0 trains on all.",
)
@click.option("--seed", type=int, default=0, show_default=True)
def fine_tune(
    labels: Path,
    output: Path,
    formats: tuple[str, ...],
    image_folder: Path | None,
    crops: bool,
    split: str | None,
    epochs: int,
    held_out: float,
    seed: int,
) -> None:
    """Train the package's recognizer further on LABELS, a CSV file or folder for load_plates.

    It needs a backend of Keras, such as TensorFlow. The plates are split by plate number, and the
    accuracy on held-out plates before and after is shown. The confidences are calibrated on the
    held-out plates, except in an .onnx file.
    """
    import joblib
    import numpy as np

    from ..ensemble import MultiViewRecognizer
    from ..model_selection import PlateShuffleSplit
    from ..networks import describe_backend

    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise click.UsageError(
            f"--output {output}: the file name must end in {' or '.join(_SUFFIXES)}."
        )
    onnx = suffix == ".onnx"
    if onnx and find_spec("onnx") is None:
        raise Failure(
            f"--output {output} needs the package onnx: pip install 'sklearn-lpr[export]'."
        )
    check_writable("--output", output)
    before = load_model(None, formats, detect=not crops)
    plates = load_labels(labels, split, image_folder)
    y = plates.target
    train = test = np.arange(len(y))
    if held_out:
        splitter = PlateShuffleSplit(1, test_size=held_out, random_state=seed)
        train, test = next(splitter.split(plates.data, y))
    backend = describe_backend()  # an error here, and not after the crops, if Keras has none
    alphabet = _unite(_network(before).alphabet_, y)
    model = _build(before, alphabet, epochs, seed, early_stopping=len(train) >= _EARLY_STOPPING)
    _say(f"Cropping {len(y)} plates; those without corners are detected first ...")
    X = before[:-1].transform(plates.data)
    _say(f"Training on {len(train)} plates, for at most {epochs} epochs, with {backend} ...")
    with redirect_stdout(sys.stderr):  # the loss of each epoch
        model[-1].fit(X[train], y[train])
    recognizer = model[-1] if onnx else MultiViewRecognizer(model[-1])
    if held_out:
        _say(f"Reading {len(test)} held-out plates before and after training ...")
        _compare(y[test], before[-1].predict(X[test]), recognizer.predict(X[test]))
    if onnx:
        from ..export import to_onnx

        to_onnx(model, output)
    else:
        if held_out:
            _say(f"Calibrating the confidences on {len(test)} held-out plates ...")
            recognizer, n_predictions = _calibrate(recognizer, X[test], y[test])
            _warn_of_few_plates(n_predictions, held_out)
        model.steps[-1] = (model.steps[-1][0], recognizer)
        replace_file(output, lambda file: joblib.dump(model, file))
    if onnx or not held_out:
        warn(
            "the confidences are not calibrated, so that --min-confidence means something else "
            "than for the recognizer of the package. A .joblib file and --held-out calibrate them."
        )
    click.echo(f"{output} is written; read with it: sklearn-lpr read --model {output} PHOTOS")


def _say(message: str) -> None:
    """Write what is done now to standard error."""
    click.echo(message, err=True)


def _build(before: Any, alphabet: str, epochs: int, seed: int, *, early_stopping: bool) -> Any:
    """Return an unfitted pipeline that starts from the weights of the bundled one."""
    from sklearn.pipeline import Pipeline

    from ..augmentation import PlateAugmenter
    from ..preprocessing import PlateCropper
    from ..recognition import LPRNetCTC

    bundled = _network(before)
    architecture = bundled.architecture_
    croppers: list[Any] = [step for _, step in before.steps if isinstance(step, PlateCropper)]
    network = LPRNetCTC(
        **{name: architecture[name] for name in ("n_filters", "time_stride", "global_context")},
        initial_weights="world",
        alphabet=alphabet,
        decoder=bundled.decoder,
        augmentation=PlateAugmenter(margin=croppers[0].margin),
        learning_rate_init=1e-3,
        max_iter=epochs,
        early_stopping=early_stopping,
        verbose=True,
        random_state=seed,
    )
    return Pipeline([*before.steps[:-1], ("lprnetctc", network)])


def _network(bundled: Any) -> Any:
    """Return the bundled network, of which several views are calibrated."""
    return bundled[-1].estimator.estimator


def _compare(y: Any, before: Any, after: Any) -> None:
    """Print the scores of held-out plates before and after training."""
    from ..metrics import character_error_rate, plate_accuracy_score

    accuracies, errors = (
        [metric(y, predictions) for predictions in (before, after)]
        for metric in (plate_accuracy_score, character_error_rate)
    )
    click.echo(
        f"Exact match on {len(y)} held-out plates: {accuracies[0]:.1%} before, "
        f"{accuracies[1]:.1%} after.\n"
        f"Character error rate: {errors[0]:.1%} before, {errors[1]:.1%} after."
    )
    if accuracies[1] < accuracies[0]:
        warn("training lowered the accuracy. Keep the recognizer of the package, or add plates.")


def _calibrate(recognizer: Any, X: Any, y: Any) -> tuple[Any, int]:
    """Calibrate the confidences on plates that the recognizer did not learn from.

    Returns
    -------
    recognizer : CalibratedRecognizer
    n_predictions : int
        The number of the plates with recognized text, which calibrate the confidences.
    """
    from sklearn.frozen import FrozenEstimator

    from ..calibration import CalibratedRecognizer, CalibratedRecognizerCV

    with warnings.catch_warnings():
        # It names parameters in Python; see `_warn_of_few_plates`.
        warnings.filterwarnings("ignore", "The maps of method", UserWarning)
        calibration = CalibratedRecognizerCV(FrozenEstimator(recognizer)).fit(X, y)
    [fitted] = calibration.calibrated_recognizers_
    calibrated = CalibratedRecognizer(recognizer, fitted.plate_map, fitted.character_map)
    return calibrated, calibration.n_predictions_


def _warn_of_few_plates(n_predictions: int, held_out: float) -> None:
    """Warn if the confidences are calibrated on too few plates."""
    from ..calibration._maps import MIN_PREDICTIONS

    needed = MIN_PREDICTIONS["temperature"]
    if 0 < n_predictions < needed:  # CalibratedRecognizerCV warns of 0
        more = "Hold out more with --held-out 0.3, or label" if held_out < 0.3 else "Label"
        warn(
            f"the confidences are calibrated on {count(n_predictions, 'held-out plate')}, and "
            f"about {needed} are needed: they may be inaccurate. {more} more plates."
        )


def _unite(alphabet: str, texts: Any) -> str:
    """Return an alphabet with the characters of texts that it lacks at its end.

    Characters that the texts lack are so still recognized.
    """
    return "".join(dict.fromkeys(alphabet + "".join(sorted(set("".join(texts))))))
