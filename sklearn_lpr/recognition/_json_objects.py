"""Objects of this package as JSON: class names from a fixed list, and parameters."""

import binascii
import math
import reprlib
from base64 import b64decode, b64encode
from numbers import Integral, Real
from typing import Any

import numpy as np

from .._detection import ContourPlateDetector, OnnxPlateDetector
from .._onnx_content import check_onnx
from ..decoding import BeamSearchDecoder, FormatDecoder, GreedyDecoder
from ..preprocessing import (
    CharacterSegmenter,
    PlateCropper,
    PlateNormalizer,
    RowJoiner,
)
from ..syntax import FormatPrior, PlateSyntax

__all__ = ["from_json", "to_json"]

# The classes that a file may name. No name in a file is ever imported.
_CLASSES: dict[str, type] = {
    each.__name__: each
    for each in (
        BeamSearchDecoder,
        CharacterSegmenter,
        ContourPlateDetector,
        FormatDecoder,
        GreedyDecoder,
        OnnxPlateDetector,
        PlateCropper,
        PlateNormalizer,
        RowJoiner,
    )
}

# The largest parameters that a file may set, by name: more would fill the memory.
_LIMITS = {
    "beam_width": 10_000,
    "fine_size": 1 << 15,
    "height": 1 << 12,
    "n_candidates": 10_000,
    "n_characters": 1_000,
    "n_jobs": 1_000,
    "n_threads": 1_000,
    "width": 1 << 12,
    "working_size": 1 << 15,
}
_MAX_PATTERN_CHARACTERS = 10_000
_MAX_FORMATS = 1_000


def to_json(value: Any, place: str) -> Any:
    """Convert a parameter, or an object of this package, to an object that JSON can hold.

    Parameters
    ----------
    value : object
    place : str
        The place of the value, for the error message.

    Returns
    -------
    object
        `from_json` converts it to an equal value.

    Raises
    ------
    TypeError
        If the value or one of its parameters is an object of another class.
    ValueError
        If a parameter is invalid, or so large that `from_json` would reject it.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    if isinstance(value, list):
        return [to_json(item, place) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [to_json(item, place) for item in value]}
    if isinstance(value, PlateSyntax):
        return {"patterns": _check_patterns(list(value.patterns), place)}
    if isinstance(value, FormatPrior):
        if len(value.formats) > _MAX_FORMATS:
            raise ValueError(
                f"{place} has {len(value.formats)} plate formats; a file has at most "
                f"{_MAX_FORMATS}."
            )
        formats = [_check_patterns(list(syntax.patterns), place) for syntax in value.formats]
        return {"formats": formats, "weights": list(value.weights)}
    kind = type(value)
    if _CLASSES.get(kind.__name__) is not kind:
        raise TypeError(
            f"{place} is a {kind.__name__}, which is not a class of sklearn_lpr: a file cannot "
            "hold its code. Export the recognizer without it, and add it to the loaded Pipeline, "
            "or around it."
        )
    _check_parameters(value)
    parameters = value.get_params(deep=False)
    converted: dict[str, Any] = {"class": kind.__name__}
    if isinstance(value, OnnxPlateDetector) and parameters["path"] is not None:
        # The network itself: the file may not exist where this one is loaded.
        converted["network"] = b64encode(value.content).decode()
        del parameters["path"]
    converted["parameters"] = {
        name: to_json(parameter, f"{name} of {place}") for name, parameter in parameters.items()
    }
    return converted


def from_json(content: Any) -> Any:
    """Convert the result of `to_json` back to an equal value.

    Parameters
    ----------
    content : object

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If it names a class or a parameter that this version lacks, is damaged, or has a parameter
        that is invalid or very large.
    """
    if isinstance(content, list):
        return [from_json(item) for item in content]
    if not isinstance(content, dict):
        return content
    match content:
        case {"float": str(number)}:
            return float(number)
        case {"tuple": list(items)}:
            return tuple(from_json(item) for item in items)
        case {"patterns": list(patterns)}:
            return _syntax_from_json(patterns)
        case {"formats": list(formats), "weights": list(weights)} if len(formats) <= _MAX_FORMATS:
            return FormatPrior(*map(_syntax_from_json, formats), weights=weights)
        case {"class": str(name), "parameters": dict(parameters)} if name in _CLASSES:
            arguments = {key: from_json(value) for key, value in parameters.items()}
            try:
                if "network" in content and name == OnnxPlateDetector.__name__:
                    network = b64decode(content["network"], validate=True)
                    check_onnx(network)
                    return _check_parameters(OnnxPlateDetector.from_bytes(network, **arguments))
                return _check_parameters(_CLASSES[name](**arguments))
            except (TypeError, binascii.Error) as error:
                raise ValueError(f"{name} of this version of sklearn_lpr: {error}.") from error
    raise ValueError(
        f"it names {reprlib.repr(content)}, which this version of sklearn_lpr does not support."
    )


def _syntax_from_json(patterns: list[Any]) -> PlateSyntax:
    return PlateSyntax(*_check_patterns(patterns, "it"))


def _check_patterns(patterns: list[Any], place: str) -> list[Any]:
    """Return the patterns of a plate format, or raise a ValueError if they are too long."""
    n_characters = sum(len(pattern) for pattern in patterns)
    if n_characters > _MAX_PATTERN_CHARACTERS:
        raise ValueError(
            f"{place} has a plate format of {n_characters} characters; a file holds at most "
            f"{_MAX_PATTERN_CHARACTERS}. Pass the format to the loaded recognizer instead."
        )
    return patterns


def _check_parameters(value: Any) -> Any:
    """Return an object, or raise a ValueError if a parameter is invalid or too large."""
    value._validate_params()
    for name, parameter in value.get_params(deep=False).items():
        limit = _LIMITS.get(name, math.inf)
        for number in parameter if isinstance(parameter, (list, tuple)) else [parameter]:
            if isinstance(number, Integral) and abs(int(number)) > limit:
                raise ValueError(f"{name}={number} of {type(value).__name__} is above {limit}.")
    return value
