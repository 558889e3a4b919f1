"""What is wrong with images: each by itself, and each beside the others."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images import SampleError, check_corners, check_images, is_blank

__all__ = ["Finding", "ImageLook", "find_duplicates", "look_at"]

# The difference hash: brightness falling or rising from each cell to the next. More columns than
# rows, since what tells one plate from another stands side by side.
_HASH_ROWS, _HASH_COLUMNS = 8, 32
# Of the 256 bits. Crops of six data sets saved anew as JPEG of quality 75 differed in 4 to 23
# bits (medians of the sets), crops with different texts never in fewer than 32.
_HASH_TOLERANCE = 15
_BLOCK = 2048


class Finding(NamedTuple):
    """One thing that is wrong with one sample."""

    sample: int
    kind: str
    detail: str


class ImageLook(NamedTuple):
    """What is remembered of an image after a look at it.

    `problem` is a kind and a detail. The digest and the difference hash are those of the plate:
    of the box around valid corners, or of the whole image; empty where there is none.
    """

    problem: tuple[str, str] | None
    digest: bytes = b""
    difference_hash: bytes = b""


def look_at(item: Any) -> ImageLook:
    """Read one sample, which may be anything, and say what is wrong with it.

    Parameters
    ----------
    item : object

    Returns
    -------
    ImageLook
    """
    try:
        (sample,) = check_images([item])
        pixels = sample.pixels()
    except ValueError as error:
        reason = error.reason if isinstance(error, SampleError) else str(error)
        return ImageLook(("unreadable", reason))
    if is_blank(pixels):
        return ImageLook(("blank", "All pixels are equal."))
    problem = None
    if sample.corners is not None:
        try:
            pixels = _cut_out(pixels, sample.corners)
        except ValueError as error:
            problem = ("corners", str(error))
    return ImageLook(problem, _digest(pixels), _difference_hash(pixels))


def _cut_out(
    pixels: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64]
) -> npt.NDArray[np.uint8]:
    """Give the upright box around the corners, or refuse them."""
    height, width = pixels.shape[:2]
    top_left, top_right, bottom_right, bottom_left = check_corners(corners, height, width)
    along = top_right - top_left + bottom_right - bottom_left
    if along[0] < abs(along[1]):
        raise ValueError(
            f"Corners {corners.tolist()!r} start at another corner than the top left one: the "
            "text would run upwards, downwards or to the left."
        )
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    box = pixels[top:bottom, left:right]
    if not box.size:
        raise ValueError(
            f"Corners {corners.tolist()!r} lie outside the image of {width} x {height} pixels "
            "(width x height)."
        )
    return box


def _digest(pixels: npt.NDArray[np.uint8]) -> bytes:
    shape = repr(pixels.shape).encode()
    return hashlib.sha256(np.ascontiguousarray(pixels).data).digest() + shape


def _difference_hash(pixels: npt.NDArray[np.uint8]) -> bytes:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.shape[2:] == (3,) else pixels
    size = (_HASH_COLUMNS + 1, _HASH_ROWS)
    cells = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])
    return np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes()


def find_duplicates(looks: Sequence[ImageLook], texts: Sequence[str]) -> Iterator[Finding]:
    """Find images that occurred before, as they are or nearly so.

    Parameters
    ----------
    looks : sequence of ImageLook
    texts : sequence of str
        A text that differs from the earlier image's makes a finding "conflicting_texts".

    Yields
    ------
    Finding
        One for each image that an earlier one resembles.
    """
    first: dict[bytes, int] = {}
    for sample, look in enumerate(looks):
        if not look.digest:
            continue
        earlier = first.setdefault(look.digest, sample)
        if earlier < sample:
            yield _duplicate(sample, earlier, texts, "duplicate_image", "The same pixels as")
    # Of images that are equal pixel by pixel, one is compared with the others.
    for sample, earlier in sorted(_near_pairs(looks, list(first.values())).items()):
        yield _duplicate(sample, earlier, texts, "near_duplicate", "Nearly the same image as")


def _duplicate(
    sample: int, earlier: int, texts: Sequence[str], kind: str, relation: str
) -> Finding:
    detail = f"{relation} sample {earlier}"
    # A missing text contradicts none.
    if len({texts[sample], texts[earlier]} - {""}) == 2:
        return Finding(sample, "conflicting_texts", f"{detail}, whose text is {texts[earlier]!r}.")
    return Finding(sample, kind, f"{detail}.")


def _near_pairs(looks: Sequence[ImageLook], samples: list[int]) -> dict[int, int]:
    """Give for each sample the first earlier one that resembles it, if any."""
    found: dict[int, int] = {}
    for start in range(0, len(samples), _BLOCK):
        rows = _signs(looks, samples[start : start + _BLOCK])
        for other in range(0, start + 1, _BLOCK):
            columns = _signs(looks, samples[other : other + _BLOCK])
            # Of two vectors of +-1 the product is the number of equal bits minus the others.
            near = rows @ columns.T >= rows.shape[1] - 2 * _HASH_TOLERANCE
            for row, column in zip(*np.nonzero(near), strict=True):
                if other + column < start + row:
                    found.setdefault(samples[start + row], samples[other + column])
    return found


def _signs(looks: Sequence[ImageLook], samples: list[int]) -> npt.NDArray[np.float32]:
    packed = np.frombuffer(b"".join(looks[i].difference_hash for i in samples), np.uint8)
    bits = np.unpackbits(packed.reshape(len(samples), -1), axis=1)
    return bits.astype(np.float32) * 2 - 1
