"""Recognize plates again without keeping their texts."""

import hashlib
import hmac
import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt

from .._texts import check_texts

__all__ = ["hash_plates"]

_MIN_KEY_LENGTH = 16


def hash_plates(texts: Any, key: bytes) -> npt.NDArray[np.str_]:
    """Replace the texts of plates by keyed hashes, which are equal where plates are.

    For counting vehicles, or matching those that come with those that go, where the texts
    themselves need not be kept. The hash is HMAC-SHA-256 [1]_ of the text in UTF-8, after the text
    has been

    1. brought into Unicode's composed form (NFC),
    2. written in upper case,
    3. stripped of all that is neither letter nor digit: spaces, hyphens, dots, symbols.

    So ``"ab 12-34"`` and ``"AB1234"`` are one plate. Characters that merely look alike stay
    different, such as O and 0.

    Parameters
    ----------
    texts : array-like of str of shape (n_samples,)
        ``""``, a plate that could not be read, stays ``""``: it is no plate to be matched.
    key : bytes
        Secret, and at least 16 bytes long: take ``secrets.token_bytes(32)``, and keep it apart
        from the hashes. Plates that are hashed with different keys cannot be matched.

    Returns
    -------
    ndarray of shape (n_samples,), dtype str
        64 hexadecimal digits for each plate.

    Raises
    ------
    TypeError
        If `key` is not bytes.
    ValueError
        If `key` is too short, a text is not a string, or a text has neither letter nor digit; the
        message names the index.

    See Also
    --------
    PlateRedactor : Make plates in pictures unreadable.

    Notes
    -----
    This is pseudonymization, not anonymization. There are so few possible plates that all of them
    can be hashed in minutes: who has the key has the texts. Without it nothing can be told from a
    hash; but that two are equal can, and a vehicle that passes at eight every day may be known by
    this alone. Change the key as often as the purpose allows (each day, for one who counts by day)
    and destroy the old one: then the hashes can no longer be turned back.

    A misread plate has another hash, and no hash is near to another. Match only readings that can
    be trusted.

    References
    ----------
    .. [1] H. Krawczyk, M. Bellare and R. Canetti, "HMAC: Keyed-Hashing for Message
       Authentication", RFC 2104, 1997.

    Examples
    --------
    >>> from sklearn_lpr.privacy import hash_plates
    >>> key = bytes(range(32))  # secrets.token_bytes(32) where it matters
    >>> came, left = hash_plates(["AB1234", "ab 12-34"], key)
    >>> came == left, len(came)
    (True, 64)
    """
    if not isinstance(key, bytes):  # neither message says what the key is
        raise TypeError(f"key is of type {type(key).__name__}; pass secrets.token_bytes(32).")
    if len(key) < _MIN_KEY_LENGTH:
        raise ValueError(
            f"key has {len(key)} bytes, at least {_MIN_KEY_LENGTH} are needed; pass "
            "secrets.token_bytes(32)."
        )
    hashes = []
    for index, text in enumerate(check_texts(texts, name="texts", allow_empty=True).tolist()):
        plate = _normalized(text)
        if text and not plate:
            raise ValueError(f"texts[{index}] is {text!r}, which has neither letter nor digit.")
        digest = hmac.new(key, plate.encode(), hashlib.sha256)
        hashes.append(digest.hexdigest() if plate else "")
    return np.asarray(hashes, dtype=str)


def _normalized(text: str) -> str:
    # Marks that no composed character has belong to their letters.
    kept = [each for each in text.upper() if unicodedata.category(each)[0] in "LMN"]
    return unicodedata.normalize("NFC", "".join(kept))
