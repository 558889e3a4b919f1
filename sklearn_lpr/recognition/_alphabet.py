"""Between texts and the symbols that a network emits: 0 is the blank, i > 0 alphabet[i - 1]."""

import unicodedata
import warnings
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["check_capacity", "choose_alphabet", "encode_texts"]


def choose_alphabet(alphabet: str | None, texts: npt.NDArray[np.str_]) -> str:
    """Check the alphabet that was given against the texts, or learn it from them.

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
    alphabet = unicodedata.normalize("NFC", alphabet)  # as the texts are
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
                f"y[{index}] is {str(text)!r}, which has {''.join(foreign)!r} outside of "
                f"alphabet={alphabet!r}; add it, or leave alphabet=None to learn it from y."
            )
    return alphabet


def encode_texts(
    texts: Sequence[str] | npt.NDArray[np.str_], alphabet: str, length: int
) -> npt.NDArray[np.int32]:
    """Turn texts into symbols.

    Parameters
    ----------
    texts : sequence of n_samples str
    alphabet : str
    length : int
        Of the longest text.

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
                f"outside of the alphabet {alphabet!r}."
            )
        row[: len(text)] = [symbol[character] for character in text]
    return encoded


def check_capacity(texts: npt.NDArray[np.str_], n_columns: int, remedy: str) -> None:
    """Check that every text fits into a lattice.

    A path needs one column a character and one more between equal neighbours. TensorFlow and
    JAX give a finite loss for a text with no path and would train on nonsense.

    Parameters
    ----------
    texts : ndarray of shape (n_samples,), dtype str
    n_columns : int
    remedy : str
        What gives the network more columns.

    Raises
    ------
    ValueError
        If a text has no path.

    Warns
    -----
    UserWarning
        If the network has fewer than ``2 * length + 1`` columns for some texts, so that blanks
        do not fit around every character and learning is slow.
    """
    tight = 0
    for index, text in enumerate(texts):
        needed = len(text) + sum(a == b for a, b in pairwise(text))
        if needed > n_columns:
            raise ValueError(
                f"y[{index}] is {str(text)!r}, which needs {needed} columns "
                f"(one a character and one between equal neighbours), but the network has "
                f"{n_columns}; {remedy}."
            )
        tight += 2 * len(text) + 1 > n_columns
    if tight:
        warnings.warn(
            f"{tight} of {len(texts)} texts are longer than ({n_columns} columns - 1) / 2; such "
            f"texts are learnt slowly. If the scores stay low, {remedy}.",
            UserWarning,
            stacklevel=8,
        )
