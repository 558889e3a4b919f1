"""The bundled recognizer as a fitted pipeline."""

import warnings
from collections.abc import Sequence
from typing import Any

from sklearn.pipeline import Pipeline

from .._sklearn_compat import validate_params
from ..calibration import CalibratedRecognizer
from ..decoding import FormatDecoder
from ..ensemble import MultiViewRecognizer
from ..preprocessing import PlateCropper
from ..recognition import OnnxRecognizer
from ..syntax import FormatPrior, PlateSyntax, get_syntax
from ._calibration import bundled_calibration

__all__ = ["load_recognizer"]


@validate_params({"detect": ["boolean"]}, prefer_skip_nested_validation=True)
def load_recognizer(
    format: str | Sequence[str] | PlateSyntax | FormatPrior | None = None,
    detect: bool = True,
) -> Pipeline:
    """Return the fitted recognizer that comes with the package.

    It reads plates with Latin letters and digits, and those of China. It needs no training, no
    download, and neither Keras nor a backend. Its steps are those of any other pipeline: crop the
    plate by its corners, join the rows, normalize, and recognize the text. Where the network is in
    doubt between characters such as O and 0, plate formats decide. Plates of low confidence are
    predicted from several views of the crop. Confidences are calibrated on held-out plates.

    Parameters
    ----------
    format : str, sequence of str, PlateSyntax or FormatPrior, default=None
        The plate formats to expect: the name of a country, as `sklearn_lpr.syntax.list_formats`
        returns them, several names, or formats of your own. None expects those of all known
        countries. Texts of other formats are predicted where the image leaves no doubt.
    detect : bool, default=True
        If True, samples are photos or crops, and the bundled detector searches the plate of samples
        without corners. An image of at most 320 pixels counts as a tight crop if no plate is found,
        or one that covers at least half of the image, or if the detection is doubtful. For a
        larger photo without a plate, ``""`` is predicted with a warning. If False, samples without
        corners are tight crops of plates. Samples with corners are always cropped by these.

    Returns
    -------
    sklearn.pipeline.Pipeline
        A fitted pipeline that ends in a `~sklearn_lpr.calibration.CalibratedRecognizer`. Fitting it
        again changes nothing, so that `cross_val_score` scores the bundled recognizer.

    Raises
    ------
    TypeError
        If `format` is of another type.
    ValueError
        If there is no format of a name, or `detect` is not a bool.

    Warns
    -----
    UserWarning
        If all plates of a format have characters that the bundled network does not know, such as
        those of Korea.

    See Also
    --------
    read_plates : Predict texts with confidences.
    sklearn_lpr.LPRNetCTC : Fine-tunes the network with ``initial_weights="world"``.
    sklearn_lpr.applications.bundled_calibration : The confidence from which predictions are 99 %
        exact.

    Examples
    --------
    ::

        from sklearn_lpr import load_recognizer, read_plates

        recognizer = load_recognizer()
        recognizer.predict(["photo.jpg"])
        read_plates(load_recognizer("brazil", detect=False), ["crop.png"])[0].confidence
    """
    prior = _find_prior(format)
    recognizer = OnnxRecognizer(n_threads=1, decoder=FormatDecoder(prior))
    _warn_of_unknown_characters(prior, recognizer.alphabet_)
    # The steps that cropped and normalized the training plates.
    steps, name = recognizer._model.steps, recognizer._model.name
    for _, step in steps:
        if isinstance(step, PlateCropper):
            missing = "detect_or_whole" if detect else "whole"
            step.set_params(locate="annotation", missing=missing)
    maps = bundled_calibration()
    calibrated = CalibratedRecognizer(
        MultiViewRecognizer(recognizer), maps.plate_map, maps.character_map
    )
    return Pipeline([*steps, (name, calibrated)])


def _find_prior(plate_format: Any) -> FormatPrior | PlateSyntax | None:
    """Return the plate formats of the parameter `format`."""
    if plate_format is None or isinstance(plate_format, (PlateSyntax, FormatPrior)):
        return plate_format
    try:
        if isinstance(plate_format, str):
            return get_syntax(plate_format)
        if isinstance(plate_format, Sequence) and plate_format:
            return FormatPrior(*plate_format)
    except (TypeError, ValueError) as error:
        raise type(error)(f"format={plate_format!r}: {error}") from error
    raise TypeError(
        f"format={plate_format!r} must be the name of a country such as 'brazil', a list of names, "
        "a PlateSyntax, a FormatPrior, or None."
    )


def _warn_of_unknown_characters(prior: FormatPrior | PlateSyntax | None, alphabet: str) -> None:
    """Warn of formats of which the network can write no text."""
    formats = prior.formats if isinstance(prior, FormatPrior) else [prior] if prior else []
    for syntax in formats:
        unknown = [
            [position for position in positions if set(position).isdisjoint(alphabet)]
            for positions in syntax.positions
        ]
        if all(unknown):
            warnings.warn(
                f"The bundled network knows none of {unknown[0][0]!r}, so that it predicts no "
                f"text of the plate format {syntax!r}. Train it on such plates: "
                "LPRNetCTC(initial_weights='world', alphabet=...).",
                UserWarning,
                stacklevel=3,
            )
