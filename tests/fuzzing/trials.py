"""Fuzz trials: draw a sample, pass it through the pipelines, and check the outcome."""

import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.pipeline import Pipeline, make_pipeline

from fuzzing.arrays import draw_sample
from fuzzing.damage import damage
from fuzzing.label_files import LABEL_KINDS, check_labels, write_labels
from fuzzing.model_files import MODEL_KINDS, check_model_file, damage_model_file
from sklearn_lpr import LPRNetCTC, PlateImage, SegmentCNN, read_plates
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.images import ImageReadError, SampleError, object_array
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

__all__ = [
    "ACCEPTED",
    "CRASH",
    "FAILURES",
    "HANG",
    "MAX_PIXELS",
    "READ_ERROR",
    "RESULTS",
    "VALUE_ERROR",
    "Outcome",
    "draw",
    "fit_pipelines",
    "run_trials",
]

ACCEPTED = "accepted"
READ_ERROR, VALUE_ERROR = "rejected: ImageReadError", "rejected: other ValueError"
FAULT, CRASH, HANG = "unexpected exception", "crash", "hang"
FAILURES = (FAULT, CRASH, HANG)
RESULTS = (ACCEPTED, READ_ERROR, VALUE_ERROR, *FAILURES)

# The limit on declared pixels. Under Pillow's own limit a trial would take a gigabyte and seconds.
MAX_PIXELS = 2**22
# Number of accepted files that are predicted once more, with a rejected file among them.
_N_MIXED = 40


class Outcome(NamedTuple):
    """The outcome of a trial: its number, the kind of sample, one of `RESULTS`, and a message."""

    number: int
    kind: str
    result: str
    message: str = ""


def fit_pipelines() -> dict[str, Pipeline]:
    """Fit the two pipelines; their accuracy does not matter."""
    X, y = make_plates(16, random_state=0, return_X_y=True)
    options: dict[str, Any] = {"n_filters": 4, "max_iter": 1, "random_state": 0}
    pipelines = {
        "lprnet": make_pipeline(
            PlateCropper(missing="whole", margin=0.1), PlateNormalizer(), LPRNetCTC(**options)
        ),
        "segments": make_pipeline(
            PlateCropper(missing="whole", margin=0.1), CharacterSegmenter(), SegmentCNN(**options)
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: pipeline.fit(X, y) for name, pipeline in pipelines.items()}


def draw(seed: int, number: int, folder: Path | None) -> tuple[str, Any, np.random.Generator]:
    """Draw the kind of a sample and the sample; a file is written if a folder is given."""
    rng = np.random.default_rng([seed, number])
    fraction = rng.random()
    if fraction < 0.2:
        return "array", draw_sample(rng), rng
    if fraction < 0.35:
        kind = MODEL_KINDS[rng.integers(len(MODEL_KINDS))]
        if folder is not None:
            (folder / f"{number}").write_bytes(damage_model_file(rng, kind))
        return kind, None if folder is None else folder / f"{number}", rng
    if fraction < 0.5:
        kind = LABEL_KINDS[rng.integers(len(LABEL_KINDS))]
        if folder is None:
            return kind, None, rng
        (folder / f"{number}").mkdir()
        return kind, write_labels(rng, kind, folder / f"{number}"), rng
    file, suffix = damage(rng)
    if folder is None:
        return file.format, None, rng
    path = folder / f"{number}{suffix}"
    path.write_bytes(file.content)
    return file.format, path, rng


class _Current:
    """The number of the current trial, where no other process reads it."""

    value = -1


def run_trials(
    pipelines: dict[str, Pipeline],
    seed: int,
    numbers: Sequence[int],
    folder: str | os.PathLike[str],
    current: Any = None,
) -> list[Outcome]:
    """Draw samples by their numbers and check that each is accepted or rejected as it should be.

    Parameters
    ----------
    pipelines : dict of Pipeline
        As returned by `fit_pipelines`.
    seed : int
    numbers : sequence of int
    folder : str or path-like
        Where files are written; it is empty afterwards.
    current : object, default=None
        Its `value` is set to the number of the current trial, and to -1 while the accepted samples
        are predicted together.

    Returns
    -------
    list of Outcome
        One for each number, in order, and more where a batch fails though its samples do not.
    """
    current = _Current() if current is None else current
    outcomes: list[Outcome] = []
    crops: list[Any] = []
    places: list[int] = []
    accepted: list[Path] = []
    rejected: list[Path] = []
    with tempfile.TemporaryDirectory(dir=folder) as own, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damage in files
        for number in numbers:
            current.value = number
            kind, sample, rng = draw(seed, number, Path(own))
            if kind in MODEL_KINDS or kind in LABEL_KINDS:
                check = check_model_file if kind in MODEL_KINDS else check_labels
                is_accepted, message = check(kind, sample)
                result = FAULT if message else ACCEPTED if is_accepted else VALUE_ERROR
                outcomes.append(Outcome(number, kind, result, message))
                continue
            crop, result, message = _crop(pipelines["lprnet"][0], sample, int(rng.integers(3)))
            outcomes.append(Outcome(number, kind, result, message))
            if crop is not None:
                places.append(len(outcomes) - 1)
                crops.append(crop)
            if isinstance(sample, Path) and result not in FAILURES:
                (accepted if result == ACCEPTED else rejected).append(sample)
        current.value = -1
        for pipeline in pipelines.values():
            for place, message in zip(places, _predict(pipeline, crops), strict=True):
                if message:
                    outcomes[place] = outcomes[place]._replace(result=FAULT, message=message)
        place = int(rng.integers(1 + min(len(accepted), _N_MIXED)))
        for pipeline in pipelines.values():
            message = _check_rejection(pipeline, accepted[:_N_MIXED], rejected[:1], place)
            if message:
                outcomes.append(Outcome(numbers[0], "batch", FAULT, message))
    return outcomes


# A valid sample, for the other places of the batch.
_VALID = np.arange(32, dtype=np.uint8).reshape(4, 8)


def _crop(
    cropper: PlateCropper, sample: Any, place: int
) -> tuple[npt.NDArray[np.uint8] | None, str, str]:
    """Crop a sample within a batch; return its crop or None, the result and a message."""
    X = [_VALID, _VALID]
    X.insert(place, sample)
    try:
        crop = cropper.transform(X)[place]
    except SampleError as error:
        cause = error.__cause__
        if error.index != place or not isinstance(cause, ValueError):
            return None, FAULT, f"sample {place} is rejected with {error!r}"
        if not isinstance(cause, ImageReadError):
            return None, VALUE_ERROR, str(error)
        source = sample.source if isinstance(sample, PlateImage) else sample
        if repr(str(source)) not in str(error):
            return None, FAULT, f"the message does not name the file: {error!r}"
        return None, READ_ERROR, str(error)
    except Exception as error:
        return None, FAULT, repr(error)
    if not (isinstance(crop, np.ndarray) and crop.dtype == np.uint8 and crop.size):
        return None, FAULT, f"crop {crop!r}"
    return crop, ACCEPTED, ""


def _predict(pipeline: Pipeline, crops: list[npt.NDArray[np.uint8]]) -> list[str]:
    """Predict crops in one batch; return what is wrong with each.

    Where the batch fails, its halves are predicted; that all of them succeed is wrong, too.
    """
    if not crops:
        return []
    try:
        # Networks are traced once for each batch size: few sizes save memory.
        predictions = read_plates(pipeline, object_array(crops), batch_size=32)
    except Exception as error:
        if len(crops) == 1:
            return [repr(error)]
        half = len(crops) // 2
        messages = _predict(pipeline, crops[:half]) + _predict(pipeline, crops[half:])
        return messages if any(messages) else [repr(error)] * len(crops)
    return [
        ""
        if isinstance(prediction.text, str) and 0 <= prediction.confidence <= bool(prediction.text)
        else repr(prediction)
        for prediction in predictions
    ]


def _check_rejection(
    pipeline: Pipeline, accepted: list[Path], rejected: list[Path], place: int
) -> str:
    """Check that a rejected file is found among accepted ones; return what is wrong, or ""."""
    X = [*accepted[:place], *rejected, *accepted[place:]]
    try:
        if X:
            read_plates(pipeline, X, batch_size=16)
    except SampleError as error:
        if rejected and error.index == place and repr(str(rejected[0])) in str(error):
            return ""
        return f"file {place} of {len(X)} is rejected with {error!r}"
    except Exception as error:
        return repr(error)
    return f"file {place} of {len(X)} is not rejected" if rejected else ""
