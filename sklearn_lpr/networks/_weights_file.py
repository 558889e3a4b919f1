"""Weights files, and the transfer of trained weights to another alphabet."""

import json
import os
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from ._registry import get_network, upgrade_architecture

__all__ = ["read_weights", "transfer_weights", "write_weights"]

Weights = dict[str, npt.NDArray[np.float32]]


def write_weights(
    path: str | os.PathLike[str],
    weights: Weights,
    architecture: dict[str, Any],
    alphabet: str = "",
) -> None:
    """Write weights, architecture and alphabet as an npz archive without pickles.

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
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def read_weights(path: str | os.PathLike[str]) -> tuple[Weights, dict[str, Any], str]:
    """Read a weights file of this or an earlier version.

    Parameters
    ----------
    path : path-like
        Written by `write_weights`.

    Returns
    -------
    weights : dict of ndarray
    architecture : dict
        The architecture, converted to this version.
    alphabet : str

    Raises
    ------
    ValueError
        If the file does not exist or is not a weights file.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            weights = {
                name.removeprefix("weights:"): archive[name]
                for name in archive.files
                if name.startswith("weights:")
            }
            architecture = upgrade_architecture(json.loads(str(archive["architecture"])))
            return weights, architecture, str(archive["alphabet"])
    except FileNotFoundError as error:
        raise ValueError(f"initial_weights={str(path)!r}: there is no such file.") from error
    except (OSError, ValueError, KeyError, EOFError, AttributeError, BadZipFile) as error:
        raise ValueError(
            f"initial_weights={str(path)!r} is not a weights file; write one with save_weights."
        ) from error


def transfer_weights(path: str | os.PathLike[str], initial: Weights, alphabet: str = "") -> Weights:
    """Return initial weights of a network, with those of a weights file where they apply.

    Layers with one output per symbol take over the characters that both alphabets have in common.
    The description of the network lists these layers, and the layers that may be absent
    from the file.

    Parameters
    ----------
    path : path-like
        Written by `write_weights`.
    initial : dict of ndarray
        Random initial weights of the network to train. They are kept for characters and layers
        that the file lacks.
    alphabet : str, default=""
        The alphabet of the network to train; empty for a network without one.

    Returns
    -------
    dict of ndarray

    Raises
    ------
    ValueError
        If the file cannot be read or the networks differ in more than their alphabets.
    """
    stored, architecture, stored_alphabet = read_weights(path)
    network = get_network(architecture["name"])
    shared = [(0, 0)] + [
        (symbol, stored_alphabet.index(character) + 1)
        for symbol, character in enumerate(alphabet, start=1)
        if character in stored_alphabet
    ]
    to, origin = (list(symbols) for symbols in zip(*shared, strict=True))
    weights = {}
    for name, drawn in initial.items():
        layer = name.split("/")[0]
        source = stored.get(name)
        if source is None and layer in network.optional_layers:
            weights[name] = drawn
            continue
        by_symbol = layer in network.symbol_layers
        shape = drawn.shape[:-1] if by_symbol else drawn.shape
        if source is None or source.shape[: len(shape)] != shape:
            found = "no such array" if source is None else f"shape {source.shape}"
            raise ValueError(
                f"initial_weights={str(path)!r} does not fit: {name!r} has shape {drawn.shape} "
                f"here, {found} there. The network of the file is {architecture!r}; use the same "
                "image size and the same parameters of the recognizer."
            )
        if by_symbol:
            weights[name] = drawn.copy()
            weights[name][..., to] = source[..., origin]
        else:
            weights[name] = source
    return weights
