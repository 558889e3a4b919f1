"""Trained weights in a file of plain arrays, and their transfer to another alphabet."""

import json
import os
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

__all__ = ["read_weights", "transfer_weights", "write_weights"]

Weights = dict[str, npt.NDArray[np.float32]]

_HEAD = "head/"  # the layer with one output a symbol, by the networks' convention

# The spatial transformer's layers: it starts by leaving images alone, so that it can be added.
_ALIGNMENT = ("locate", "align")


def write_weights(
    path: str | os.PathLike[str], weights: Weights, architecture: dict[str, Any], alphabet: str
) -> None:
    """Write weights, architecture and alphabet as an npz archive without pickles."""
    arrays: dict[str, Any] = {f"weights:{name}": array for name, array in weights.items()}
    arrays |= {"architecture": np.array(json.dumps(architecture)), "alphabet": np.array(alphabet)}
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def read_weights(path: str | os.PathLike[str]) -> tuple[Weights, dict[str, Any], str]:
    """Read what `write_weights` wrote.

    Raises
    ------
    ValueError
        If there is no such file, or it holds something else.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            weights = {
                name.removeprefix("weights:"): archive[name]
                for name in archive.files
                if name.startswith("weights:")
            }
            return weights, json.loads(str(archive["architecture"])), str(archive["alphabet"])
    except FileNotFoundError as error:
        raise ValueError(f"initial_weights={str(path)!r}: there is no such file.") from error
    except (OSError, ValueError, KeyError, EOFError, AttributeError, BadZipFile) as error:
        raise ValueError(
            f"initial_weights={str(path)!r} is no file of weights; write one with save_weights."
        ) from error


def transfer_weights(path: str | os.PathLike[str], initial: Weights, alphabet: str) -> Weights:
    """Start from the weights in a file, for characters that both alphabets share.

    Parameters
    ----------
    path : path-like
        Written by `write_weights`.
    initial : dict
        Freshly drawn weights of the network to be trained; kept for new characters.
    alphabet : str
        The alphabet of the network to be trained.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If the file is unreadable or the networks differ in more than their alphabets.
    """
    stored, architecture, stored_alphabet = read_weights(path)
    shared = [(0, 0)] + [
        (symbol, stored_alphabet.index(character) + 1)
        for symbol, character in enumerate(alphabet, start=1)
        if character in stored_alphabet
    ]
    to, origin = (list(columns) for columns in zip(*shared, strict=True))
    weights = {}
    for name, drawn in initial.items():
        source = stored.get(name)
        if source is None and name.startswith(_ALIGNMENT):
            weights[name] = drawn
            continue
        shape = drawn.shape[:-1] if name.startswith(_HEAD) else drawn.shape
        if source is None or source.shape[: len(shape)] != shape:
            found = "no such array" if source is None else f"shape {source.shape}"
            raise ValueError(
                f"initial_weights={str(path)!r} does not fit: {name!r} has shape {drawn.shape} "
                f"here, {found} there. The file's network is {architecture!r}; give the "
                "recognizer and its images the same sizes."
            )
        if name.startswith(_HEAD):
            weights[name] = drawn.copy()
            weights[name][..., to] = source[..., origin]
        else:
            weights[name] = source
    return weights
