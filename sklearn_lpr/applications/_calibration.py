"""Calibration of the bundled recognizer: maps of confidences, and the threshold for an accuracy."""

import json
import math
import os
from dataclasses import dataclass
from typing import Any

from sklearn.frozen import FrozenEstimator

from .._files import replace_file
from .._sklearn_compat import StrOptions, validate_params
from ..calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from ..calibration._maps import LogisticMap, PowerMap
from ..pretrained import read_pretrained

__all__ = ["Calibration", "bundled_calibration", "fit_calibration"]

# The version of the file format.
_FORMAT = 1

_MAPS: dict[str, type[PowerMap] | type[LogisticMap]] = {"power": PowerMap, "logistic": LogisticMap}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration maps and confidence threshold of a recognizer.

    Parameters
    ----------
    plate_map, character_map : PowerMap or LogisticMap
        The parameters of a `~sklearn_lpr.calibration.CalibratedRecognizer`.
    target_accuracy : float
        The accuracy that `threshold` is selected for.
    threshold : float
        The lowest calibrated confidence at which the accepted predictions for held-out plates
        reach `target_accuracy`.
    coverage : float
        The fraction of held-out plates whose confidence is at least `threshold`.
    n_plates : int
        The number of held-out plates.
    """

    plate_map: PowerMap | LogisticMap
    character_map: PowerMap | LogisticMap
    target_accuracy: float
    threshold: float
    coverage: float
    n_plates: int

    def write(self, path: str | os.PathLike[str], **origin: Any) -> None:
        """Write the calibration as a JSON file.

        The entries are those of the parameters, a ``format`` of 1 and those of `origin`. A map is
        an object with its ``kind``, "power" or "logistic", and its parameters. An earlier file is
        replaced atomically.

        Parameters
        ----------
        path : path-like
        **origin
            Further entries that JSON can hold, such as the sets of the held-out plates.
        """
        entries = {
            "format": _FORMAT,
            "plate_map": _map_to_json(self.plate_map),
            "character_map": _map_to_json(self.character_map),
            "target_accuracy": self.target_accuracy,
            "threshold": self.threshold,
            "coverage": self.coverage,
            "n_plates": self.n_plates,
            **origin,
        }
        content = json.dumps(entries, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        replace_file(path, lambda file: file.write(content.encode()))

    @classmethod
    def read(cls, content: bytes) -> "Calibration":
        """Return the calibration in the content of a file that `write` wrote.

        Raises
        ------
        ValueError
            If a later version wrote it, or it is damaged.
        """
        try:
            entries = json.loads(content)
            if entries["format"] != _FORMAT:
                raise ValueError(f"it has the format {entries['format']!r}; update sklearn_lpr")
            return cls(
                _map_from_json(entries["plate_map"]),
                _map_from_json(entries["character_map"]),
                float(entries["target_accuracy"]),
                float(entries["threshold"]),
                float(entries["coverage"]),
                int(entries["n_plates"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"The file is not a calibration, or is damaged ({error!r})."
            ) from error


@validate_params(
    {"method": [StrOptions({"temperature", "sigmoid"})]}, prefer_skip_nested_validation=True
)
def fit_calibration(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    method: str = "temperature",
    target_accuracy: float = 0.99,
) -> Calibration:
    """Calibrate a fitted recognizer, and select the threshold for an accuracy.

    Parameters
    ----------
    estimator : estimator
        A fitted recognizer, or a `Pipeline` around one. It is not fitted again.
    X : array-like of samples
        Plates that it was not trained on.
    y : array-like of str of shape (n_samples,)
        Their texts.
    method : {"temperature", "sigmoid"}, default="temperature"
        The maps; see `~sklearn_lpr.calibration.CalibratedRecognizerCV`.
    target_accuracy : float, default=0.99
        The accuracy of accepted predictions.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        If `method` is unknown or has no parameters to store, or if no threshold reaches
        `target_accuracy`.

    Warns
    -----
    UserWarning
        If there are too few plates for the maps or for the threshold.
    """
    calibrated = CalibratedRecognizerCV(FrozenEstimator(estimator), method=method).fit(X, y)
    [recognizer] = calibrated.calibrated_recognizers_
    rejecting = RejectingRecognizerCV(
        FrozenEstimator(calibrated), target_accuracy=target_accuracy
    ).fit(X, y)
    if not math.isfinite(rejecting.best_threshold_):
        raise ValueError(
            f"target_accuracy={target_accuracy!r} is reached by no threshold on the {len(y)} "
            "plates; lower it, or train a better recognizer."
        )
    return Calibration(
        recognizer.plate_map,
        recognizer.character_map,
        float(target_accuracy),
        rejecting.best_threshold_,
        rejecting.coverage_,
        len(y),
    )


def bundled_calibration() -> Calibration:
    """Return the calibration of the bundled recognizer.

    Returns
    -------
    Calibration
        `load_recognizer` uses its maps. Its attribute `threshold` is the confidence from which
        predictions for held-out plates are 99 % exact; `coverage` is the fraction of such plates.

    See Also
    --------
    load_recognizer : The bundled recognizer.
    sklearn_lpr.calibration.RejectingRecognizerCV : Select a threshold on plates of your own.
    """
    return Calibration.read(read_pretrained("plate_recognizer.json"))


def _map_to_json(confidence_map: PowerMap | LogisticMap) -> dict[str, Any]:
    if isinstance(confidence_map, PowerMap):
        return {"kind": "power", "exponent": confidence_map.exponent}
    return {
        "kind": "logistic",
        "slope": confidence_map.slope,
        "intercept": confidence_map.intercept,
    }


def _map_from_json(entries: dict[str, Any]) -> PowerMap | LogisticMap:
    parameters = dict(entries)
    return _MAPS[parameters.pop("kind")](
        **{name: float(value) for name, value in parameters.items()}
    )
