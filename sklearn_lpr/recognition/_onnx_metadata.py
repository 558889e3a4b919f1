"""Metadata of an exported recognizer's ONNX file, as JSON."""

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..networks import get_network, image_shape, upgrade_architecture
from ._json_objects import from_json

__all__ = ["FORMAT", "METADATA_KEY", "Metadata", "read_metadata"]

# The entry of the metadata that holds the JSON, and the version of the file format. Version 1, of
# sklearn_lpr 0.1.0, names the output "lattice" and has other entries in the architecture.
METADATA_KEY = "sklearn_lpr"
FORMAT = 2

# Pixel values of one plate, all segments included: 4096 x 4096.
_MAX_INPUT = 1 << 24

_MAX_STEPS = 100


class Metadata(NamedTuple):
    """All that a prediction needs beside the network."""

    alphabet: str
    architecture: dict[str, Any]
    decoder: Any
    steps: list[tuple[str, Any]]
    name: str


def read_metadata(entries: Mapping[str, str]) -> Metadata:
    """Read the metadata of a file, whatever they contain.

    Parameters
    ----------
    entries : mapping from str to str
        Of the ONNX model.

    Returns
    -------
    Metadata

    Raises
    ------
    ValueError
        If they were written by another program or by a later version, or are damaged.
    """
    if METADATA_KEY not in entries:
        raise ValueError("it was not written by sklearn_lpr.export.to_onnx.")
    try:
        return _read(entries[METADATA_KEY])
    except json.JSONDecodeError as error:
        raise ValueError(f"its metadata is damaged ({error}).") from error
    except ValueError:
        raise
    # JSON of any shape: a KeyError, TypeError, AttributeError, RecursionError …
    except Exception as error:
        raise ValueError(f"its metadata is damaged ({error!r}).") from error


def _read(text: str) -> Metadata:
    metadata = json.loads(text)
    file_format = metadata["format"]
    if type(file_format) is not int or file_format < 1:
        raise ValueError(f"its metadata is damaged (format {file_format!r}).")
    if file_format > FORMAT:
        raise ValueError(
            f"it was written by sklearn_lpr {metadata['version']}; update sklearn_lpr."
        )
    alphabet = _check_alphabet(metadata["alphabet"])
    architecture = _check_architecture(upgrade_architecture(metadata["architecture"]), alphabet)
    decoder = from_json(metadata["decoder"])
    if decoder is not None and not hasattr(decoder, "decode"):
        raise ValueError(f"its decoder is a {type(decoder).__name__}, which is not a decoder.")
    if not isinstance(metadata["steps"], list) or len(metadata["steps"]) > _MAX_STEPS:
        raise ValueError(f"its metadata has no list of at most {_MAX_STEPS} steps.")
    steps = [(name, from_json(step)) for name, step in metadata["steps"]]
    for _, step in steps:
        if not hasattr(step, "transform"):
            raise ValueError(
                f"one of its steps is a {type(step).__name__}, which is not a transformer."
            )
    name = metadata["name"]
    _check_names([*(step for step, _ in steps), name])
    return Metadata(alphabet, architecture, decoder, steps, name)


def _check_alphabet(alphabet: Any) -> str:
    if not isinstance(alphabet, str) or not alphabet or len(set(alphabet)) < len(alphabet):
        raise ValueError("its alphabet is damaged: it must hold each character once.")
    if any("\ud800" <= character <= "\udfff" for character in alphabet):
        raise ValueError("its alphabet is damaged: it has half a surrogate pair.")
    return alphabet


def _check_architecture(architecture: dict[str, Any], alphabet: str) -> dict[str, Any]:
    network = get_network(architecture["name"])
    if network.input_form is None:
        raise ValueError(f"its network {network.name!r} does not read plates.")
    try:
        network.check_architecture(architecture)
    except ValueError as error:
        raise ValueError(f"its architecture is damaged ({error}).") from error
    shape = image_shape(architecture)
    if shape[2] not in (1, 3) or math.prod(shape) * architecture.get("n_segments", 1) > _MAX_INPUT:
        raise ValueError(f"its architecture is damaged (images of shape {shape}).")
    if architecture.get("n_symbols", 1 + len(alphabet)) != 1 + len(alphabet):
        raise ValueError(
            f"its architecture has {architecture['n_symbols']} symbols for an alphabet of "
            f"{len(alphabet)} characters."
        )
    return architecture


def _check_names(names: list[Any]) -> None:
    """Raise a ValueError if a Pipeline cannot have steps of these names."""
    for name in names:
        if not isinstance(name, str) or not name or "__" in name or names.count(name) > 1:
            raise ValueError(f"its steps have an invalid or repeated name {name!r}.")
    reserved = {"steps", "transform_input", "memory", "verbose"} & set(names)
    if reserved:
        raise ValueError(f"its steps have the name {min(reserved)!r} of a parameter of Pipeline.")
