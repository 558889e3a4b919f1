"""The command ``fine-tune``: train the bundled recognizer further."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from ._messages import Failure, check_writable, warn
from ._model import format_option, load_model

__all__ = ["fine_tune"]

# From so many plates on, some are held out to select the best epoch.
_EARLY_STOPPING = 100


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

    from ..datasets import load_plates
    from ..model_selection import PlateShuffleSplit

    onnx = output.suffix.lower() == ".onnx"
    if onnx and find_spec("onnx") is None:
        raise Failure(
            f"--output {output} needs the package onnx: pip install 'sklearn-lpr[export]'."
        )
    check_writable("--output", output)
    before = load_model(None, formats, detect=not crops)
    plates = load_plates(labels, split=split)
    train = test = np.arange(len(plates.target))
    if held_out:
        splitter = PlateShuffleSplit(1, test_size=held_out, random_state=seed)
        train, test = next(splitter.split(plates.data, plates.target))
    alphabet = _unite(before[-1].estimator.alphabet_, plates.target)
    model = _build(before, alphabet, epochs, seed, early_stopping=len(train) >= _EARLY_STOPPING)
    click.echo(f"Training on {len(train)} plates ...", err=True)
    model.fit(plates.data[train], plates.target[train])
    if held_out:
        X, y = plates.data[test], plates.target[test]
        _compare(y, before.predict(X), model.predict(X))
    if onnx:
        from ..export import to_onnx

        to_onnx(model, output)
    else:
        joblib.dump(_calibrate(model, X, y) if held_out else model, output)
    if onnx or not held_out:
        warn(
            "the confidences are not calibrated, so that --min-confidence means something else "
            "than for the recognizer of the package. A .joblib file and --held-out calibrate them."
        )
    click.echo(f"{output} is written; read with it: sklearn-lpr read --model {output} PHOTOS")


def _build(before: Any, alphabet: str, epochs: int, seed: int, *, early_stopping: bool) -> Any:
    """Return an unfitted pipeline that starts from the weights of the bundled one."""
    from sklearn.pipeline import Pipeline

    from ..augmentation import PlateAugmenter
    from ..preprocessing import PlateCropper
    from ..recognition import LPRNetCTC

    bundled = before[-1].estimator
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
        random_state=seed,
    )
    return Pipeline([*before.steps[:-1], ("lprnetctc", network)])


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


def _calibrate(model: Any, X: Any, y: Any) -> Any:
    """Return the pipeline with confidences that are calibrated on plates it did not learn from."""
    from sklearn.frozen import FrozenEstimator
    from sklearn.pipeline import Pipeline

    from ..calibration import CalibratedRecognizer, CalibratedRecognizerCV

    [fitted] = CalibratedRecognizerCV(FrozenEstimator(model)).fit(X, y).calibrated_recognizers_
    name, network = model.steps[-1]
    calibrated = CalibratedRecognizer(network, fitted.plate_map, fitted.character_map)
    return Pipeline([*model.steps[:-1], (name, calibrated)])


def _unite(alphabet: str, texts: Any) -> str:
    """Return an alphabet with the characters of texts that it lacks at its end.

    Characters that the texts lack are so still recognized.
    """
    return "".join(dict.fromkeys(alphabet + "".join(sorted(set("".join(texts))))))
