"""Keyed hashes of plate texts."""

import hashlib
import hmac
import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt

from .._texts import check_texts, normalize

__all__ = ["hash_plates"]

_MIN_KEY_LENGTH = 16


def hash_plates(texts: Any, key: bytes) -> npt.NDArray[np.str_]:
    """Replace the texts of plates by keyed hashes; equal plates have equal hashes.

    Use it to count vehicles, or to match arrivals with departures, without storing the texts. The
    hash is the HMAC-SHA-256 [1]_ of the normalized text in UTF-8. To normalize a text,

    1. it is converted to Unicode's composed form (NFC),
    2. it is converted to upper case,
    3. all characters other than letters, their marks and numbers (the Unicode categories L, M and
       N) are removed: spaces, hyphens, dots, symbols,
    4. it is converted to NFC again.

    ``"ab 12-34"`` and ``"AB1234"`` are therefore the same plate. Characters that look alike, such
    as O and 0, remain different.

    Parameters
    ----------
    texts : array-like of str of shape (n_samples,)
        The texts. ``""``, a plate without a predicted text, stays ``""`` and must not be
        matched.
    key : bytes
        A secret of at least 16 bytes: use ``secrets.token_bytes(32)`` and store it separately
        from the hashes. Plates that are hashed with different keys cannot be matched.

    Returns
    -------
    ndarray of shape (n_samples,), dtype str
        64 hexadecimal digits per plate.

    Raises
    ------
    TypeError
        If `key` is not bytes.
    ValueError
        If `key` is too short, a text is not a string, or a text has neither letters nor digits.
        The message names the text's index.

    See Also
    --------
    PlateRedactor : Make plates in images unreadable.

    Notes
    -----
    This is pseudonymization, not anonymization. The number of possible plates is so small that all
    of them can be hashed, so whoever has the key can recover the texts. Without the key
    a hash reveals only whether two plates are equal; this alone may identify a vehicle that passes
    at eight o'clock every day. Change the key as often as the purpose allows (daily, for daily
    counts) and destroy the old key; the texts can then no longer be recovered.

    A wrong prediction has an unrelated hash, and similar texts do not have similar hashes. Match
    predictions of high confidence only.

    References
    ----------
    .. [1] H. Krawczyk, M. Bellare and R. Canetti, "HMAC: Keyed-Hashing for Message
       Authentication", RFC 2104, 1997.

    Examples
    --------
    >>> from sklearn_lpr.privacy import hash_plates
    >>> key = bytes(range(32))  # use secrets.token_bytes(32) in practice
    >>> arrival, departure = hash_plates(["AB1234", "ab 12-34"], key)
    >>> arrival == departure, len(arrival)
    (True, 64)
    """
    if not isinstance(key, bytes):  # the messages do not contain the key
        raise TypeError(f"key is of type {type(key).__name__}; pass secrets.token_bytes(32).")
    if len(key) < _MIN_KEY_LENGTH:
        raise ValueError(
            f"key has {len(key)} bytes, but at least {_MIN_KEY_LENGTH} are required; pass "
            "secrets.token_bytes(32)."
        )
    hashes = []
    for index, text in enumerate(check_texts(texts, name="texts", allow_empty=True).tolist()):
        plate = _normalized(text)
        if text and not plate:
            raise ValueError(f"texts[{index}] is {text!r}, which has neither letters nor digits.")
        digest = hmac.new(key, plate.encode(), hashlib.sha256)
        hashes.append(digest.hexdigest() if plate else "")
    return np.asarray(hashes, dtype=str)


def _normalized(text: str) -> str:
    # Combining marks without a composed character are kept with their letters.
    kept = [each for each in text.upper() if unicodedata.category(each)[0] in "LMN"]
    return normalize("".join(kept))
