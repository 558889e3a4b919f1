"""Weights files, and the transfer of trained weights to another alphabet."""

import json
import os
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .._files import replace_file
from .._npz import NpzArchive, NpzError, open_npz
from ..pretrained import read_pretrained
from ._registry import get_network, upgrade_architecture

__all__ = ["Weights", "transfer_weights", "write_weights"]

Weights = dict[str, npt.NDArray[np.float32]]

_NO_FILES: Mapping[str, str] = MappingProxyType({})


def write_weights(
    path: str | os.PathLike[str],
    weights: Weights,
    architecture: dict[str, Any],
    alphabet: str = "",
) -> None:
    """Write weights, architecture and alphabet as an npz archive without pickles.

    An earlier file is replaced atomically: it stays if writing fails.

    Parameters
    ----------
    path : path-like
    weights : dict of ndarray
        The weights by path of the variable.
    architecture : dict
    alphabet : str, default=""
        Empty for a network without an alphabet.
    """
    arrays: dict[str, Any] = {f"weights:{name}": array for name, array in weights.items()}
    arrays |= {"architecture": np.array(json.dumps(architecture)), "alphabet": np.array(alphabet)}
    replace_file(path, lambda file: np.savez(file, **arrays))


def transfer_weights(
    path: str | os.PathLike[str],
    initial: Weights,
    alphabet: str = "",
    *,
    bundled: Mapping[str, str] = _NO_FILES,
) -> Weights:
    """Return initial weights of a network, with those of a weights file where they apply.

    Layers with one output per symbol take over the characters that both alphabets have in common.
    The description of the network lists these layers, and the layers that may be absent
    from the file.

    Parameters
    ----------
    path : str or path-like
        Written by `write_weights`, or a name in `bundled`. A file of such a name is passed as
        ``"./name"`` or as a `pathlib.Path`.
    initial : dict of ndarray
        Random initial weights of the network to train. They are kept for characters and layers
        that the file lacks.
    alphabet : str, default=""
        The alphabet of the network to train; empty for a network without one.
    bundled : mapping from str to str, default={}
        The names of weights that come with the package, and the files that hold them.

    Returns
    -------
    dict of ndarray

    Raises
    ------
    ValueError
        If the file cannot be read, lacks weights of the network or has them in another shape, or
        has optional layers that the network lacks.
    """
    name = f"initial_weights={os.fspath(path)!r}"
    if isinstance(path, str) and path in bundled:
        archive = NpzArchive(BytesIO(read_pretrained(bundled[path])))
        return _transfer(archive, initial, alphabet, name)
    try:
        with open_npz(path) as archive:
            return _transfer(archive, initial, alphabet, name)
    except FileNotFoundError as error:
        names = " or ".join(map(repr, bundled))
        remedy = f"; pass {names} for the weights that come with the package" if names else ""
        raise ValueError(f"{name}: there is no such file{remedy}.") from error
    except OSError as error:
        raise ValueError(f"{name} cannot be read ({error}).") from error
    except NpzError as error:
        raise ValueError(
            f"{name} is not a weights file, or is damaged ({error}); write one with save_weights."
        ) from error


def _transfer(archive: NpzArchive, initial: Weights, alphabet: str, file: str) -> Weights:
    architecture = _read_architecture(archive)
    network = get_network(architecture["name"])
    stored_alphabet = archive.read_text("alphabet")
    shared = [(0, 0)] + [
        (symbol, stored_alphabet.index(character) + 1)
        for symbol, character in enumerate(alphabet, start=1)
        if character in stored_alphabet
    ]
    to, origin = (list(symbols) for symbols in zip(*shared, strict=True))
    remedy = (
        f"The network of the file is {architecture!r}; train a recognizer with the same network, "
        "image size and parameters."
    )
    lacking = set(network.optional_layers) - {name.split("/")[0] for name in initial}
    for stored in archive.names:
        if stored.removeprefix("weights:").split("/")[0] in lacking:
            raise ValueError(
                f"{file} does not fit: it has {stored.removeprefix('weights:')!r}, which this "
                f"network lacks. {remedy}"
            )
    weights = {}
    for name, drawn in initial.items():
        layer = name.split("/")[0]
        stored = f"weights:{name}"
        if stored not in archive.names and layer in network.optional_layers:
            weights[name] = drawn
            continue
        by_symbol = layer in network.symbol_layers
        # Only an array of the expected shape is read.
        expected = (*drawn.shape[:-1], 1 + len(stored_alphabet)) if by_symbol else drawn.shape
        shape = archive.shape(stored) if stored in archive.names else None
        if shape != expected:
            found = "no such array" if shape is None else f"shape {shape}"
            raise ValueError(
                f"{file} does not fit: {name!r} has shape {drawn.shape} here, {found} there. "
                f"{remedy}"
            )
        source = _check_numbers(archive.read(stored), name).astype(drawn.dtype, copy=False)
        if by_symbol:
            weights[name] = drawn.copy()
            weights[name][..., to] = source[..., origin]
        else:
            weights[name] = source
    return weights


def _read_architecture(archive: NpzArchive) -> dict[str, Any]:
    text = archive.read_text("architecture")
    try:
        return upgrade_architecture(json.loads(text))
    except Exception as error:  # a network meets entries of any type
        raise NpzError(f"its architecture is damaged ({error!r})") from error


def _check_numbers(array: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    if array.dtype.kind != "f":
        raise NpzError(f"{name!r} has dtype {array.dtype}")
    # The weights are float32, which has no larger numbers.
    if not (np.abs(array) <= np.finfo(np.float32).max).all():
        raise NpzError(f"{name!r} has infinite values or NaN")
    return array
