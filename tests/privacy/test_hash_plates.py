import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr.privacy import hash_plates

KEY = bytes(range(32))


def hmac_sha256(key, message):
    """Compute HMAC-SHA-256 step by step, as defined in RFC 2104."""
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    block = np.frombuffer(key.ljust(64, b"\0"), np.uint8)
    inner = hashlib.sha256((block ^ 0x36).tobytes() + message).digest()
    return hashlib.sha256((block ^ 0x5C).tobytes() + inner).hexdigest()


@pytest.mark.parametrize("key", [KEY, b"k" * 16, b"long " * 20])
@pytest.mark.parametrize(
    ("text", "plate"),
    [
        *[("AB1234", "AB1234"), ("ab 12-34", "AB1234"), ("皖A·12345", "皖A12345")],
        ("ঢাকা-১২", "ঢাকা১২"),  # with marks, which belong to their letters
    ],
)
def test_the_hash_is_hmac_sha256(key, text, plate):
    assert hash_plates([text], key).tolist() == [hmac_sha256(key, plate.encode())]


def test_a_published_test_vector():
    # RFC 4231, test case 6: a key of 131 bytes. hash_plates hashes the normalized text.
    key = b"\xaa" * 131
    message = b"Test Using Larger Than Block-Size Key - Hash Key First"
    assert hmac_sha256(key, message) == (
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )
    normalized = b"TESTUSINGLARGERTHANBLOCKSIZEKEYHASHKEYFIRST"
    assert hash_plates([message.decode()], key).tolist() == [hmac_sha256(key, normalized)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AB1234", "ab-12 34"),
        ("W\u00dc 7", "W\u0055\u0308 7"),  # composed and not
        ("AB.12", "AB\u00b712"),
        ("  AB12", "AB12"),
    ],
)
def test_equal_plates_have_equal_hashes(one, other):
    first, second = hash_plates([one, other], KEY)
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O1", "01"),
        ("AB12", "AB21"),
        ("粤A1", "粵A1"),
        ("W\u00dc7", "WU7"),
        ("\u0915\u093f1", "\u09151"),  # a vowel sign of Devanagari
        ("A\u03311", "A1"),  # a mark without a composed letter
    ],
)
def test_different_plates_have_different_hashes(one, other):
    first, second = hash_plates([one, other], KEY)
    assert first != second


def test_other_keys_give_other_hashes():
    assert hash_plates(["AB1234"], KEY)[0] != hash_plates(["AB1234"], KEY[::-1])[0]


@given(st.lists(st.text("ABCabc123 -", max_size=8).filter(lambda t: not t or t.strip(" -"))))
def test_order_and_equality_are_kept(texts):
    hashes = hash_plates(texts, KEY)
    assert hashes.shape == (len(texts),)
    assert hashes.dtype.kind == "U"
    plates = ["".join(filter(str.isalnum, text.upper())) for text in texts]
    for plate, digest in zip(plates, hashes.tolist(), strict=True):
        assert digest == (hmac_sha256(KEY, plate.encode()) if plate else "")


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        (None, TypeError, "of type NoneType"),
        ("a secret of many letters", TypeError, "of type str"),
        (b"fifteen bytes !", ValueError, "15 bytes"),
        (b"", ValueError, "0 bytes"),
    ],
)
def test_an_invalid_key_is_rejected_and_not_shown(key, error, message):
    with pytest.raises(error, match=message) as caught:
        hash_plates(["AB1234"], key)
    assert not key or str(key) not in str(caught.value)


def test_a_key_is_required():
    with pytest.raises(TypeError, match="key"):
        hash_plates(["AB1234"])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["AB1", None], r"texts\[1\] is None"),
        (["AB1", "- ·"], r"texts\[1\] is '- ·', which has neither letters nor digits"),
        ("AB1", "texts is one text"),
    ],
)
def test_invalid_texts_are_rejected(texts, message):
    with pytest.raises(ValueError, match=message):
        hash_plates(texts, KEY)
