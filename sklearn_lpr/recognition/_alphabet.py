"""Encode texts as symbols of a network: 0 is the blank, i > 0 is alphabet[i - 1]."""

import warnings
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .._texts import normalize

__all__ = ["check_capacity", "choose_alphabet", "encode_texts"]


def choose_alphabet(alphabet: str | None, texts: npt.NDArray[np.str_]) -> str:
    """Check an alphabet against the texts, or collect the characters of the texts.

    Parameters
    ----------
    alphabet : str or None
    texts : ndarray of shape (n_samples,), dtype str

    Returns
    -------
    str
        In the Unicode form NFC.

    Raises
    ------
    ValueError
        If `alphabet` is empty or repeats a character, or a text has a character outside it.
    """
    if alphabet is None:
        return "".join(sorted(set().union(*texts)))
    alphabet = normalize(alphabet)  # as the texts are
    repeated = sorted({character for character in alphabet if alphabet.count(character) > 1})
    if not alphabet or repeated:
        raise ValueError(
            f"alphabet={alphabet!r} must hold each character once"
            + (f"; it repeats {''.join(repeated)!r}." if repeated else ", and at least one.")
        )
    for index, text in enumerate(texts):
        foreign = sorted(set(text) - set(alphabet))
        if foreign:
            raise ValueError(
                f"y[{index}] is {str(text)!r}, which has {''.join(foreign)!r} outside "
                f"alphabet={alphabet!r}; add it, or set alphabet=None to use all characters in y."
            )
    return alphabet


def encode_texts(
    texts: Sequence[str] | npt.NDArray[np.str_], alphabet: str, length: int
) -> npt.NDArray[np.int32]:
    """Return texts as arrays of symbols.

    Parameters
    ----------
    texts : sequence of n_samples str
    alphabet : str
    length : int
        The length of the longest text.

    Returns
    -------
    ndarray of shape (n_samples, length), dtype int32
        Padded with 0.

    Raises
    ------
    ValueError
        If a text is longer, or has a character outside the alphabet.
    """
    symbol = {character: index for index, character in enumerate(alphabet, start=1)}
    encoded = np.zeros((len(texts), length), dtype=np.int32)
    for row, text in zip(encoded, texts, strict=True):
        if len(text) > length or not symbol.keys() >= set(text):
            raise ValueError(
                f"The text {str(text)!r} is longer than {length} characters, or has characters "
                f"outside the alphabet {alphabet!r}."
            )
        row[: len(text)] = [symbol[character] for character in text]
    return encoded


def check_capacity(texts: npt.NDArray[np.str_], n_time_steps: int, remedy: str) -> None:
    """Check that the network has enough time steps for each text.

    A CTC path needs one time step per character and one more between equal neighbours. For a text
    without a path, TensorFlow and JAX return a finite loss, whose gradient is meaningless.

    Parameters
    ----------
    texts : ndarray of shape (n_samples,), dtype str
    n_time_steps : int
    remedy : str
        How to get more time steps, for the message.

    Raises
    ------
    ValueError
        If a text has no path.

    Warns
    -----
    UserWarning
        If the network has fewer than ``2 * length + 1`` time steps for some texts. Blanks then do
        not fit around each character, and training is slow.
    """
    tight = 0
    for index, text in enumerate(texts):
        needed = len(text) + sum(a == b for a, b in pairwise(text))
        if needed > n_time_steps:
            raise ValueError(
                f"y[{index}] is {str(text)!r}, which needs {needed} time steps "
                f"(one per character and one between equal neighbours), but the network has "
                f"{n_time_steps}; {remedy}."
            )
        tight += 2 * len(text) + 1 > n_time_steps
    if tight:
        warnings.warn(
            f"{tight} of {len(texts)} texts are longer than ({n_time_steps} time steps - 1) / 2; "
            f"such texts are learned slowly. If the scores stay low, {remedy}.",
            UserWarning,
            stacklevel=8,
        )
