"""Find unreadable, blank and duplicate images, and invalid corners."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images import PlateImage, SampleError, check_corners, check_images, is_blank

__all__ = [
    "Finding",
    "ImageInspection",
    "check_first_corner",
    "digest",
    "find_duplicates",
    "inspect_image",
    "open_sample",
]

# The difference hash has one bit for each pair of adjacent cells: whether brightness increases.
# There are more columns than rows, because the characters are side by side.
_HASH_ROWS, _HASH_COLUMNS = 8, 32
# The largest number of different bits, of 256, between near duplicates. Crops of six data sets
# saved again as JPEG of quality 75 differ in 4 to 23 bits (medians of the data sets), crops with
# different texts never in fewer than 32.
_HASH_TOLERANCE = 15
_BLOCK = 2048


class Finding(NamedTuple):
    """An issue of a sample."""

    sample: int
    kind: str
    detail: str


class ImageInspection(NamedTuple):
    """The problem, digest and difference hash of an image.

    `problem` is the kind and the detail of an issue, or None. The digest and the difference hash
    are those of the plate: of the box around valid corners, or of the whole image. They are empty
    if the image cannot be read or is blank.
    """

    problem: tuple[str, str] | None
    digest: bytes = b""
    difference_hash: bytes = b""


def inspect_image(item: Any) -> ImageInspection:
    """Read a sample, which may be any object, and find its problem.

    Parameters
    ----------
    item : object

    Returns
    -------
    ImageInspection
    """
    sample, pixels, problem = open_sample(item)
    if sample is None or pixels is None:
        return ImageInspection(problem)
    if sample.corners is not None:
        try:
            pixels = _cut_out(pixels, sample.corners)
        except ValueError as error:
            problem = ("corners", str(error))
    return ImageInspection(problem, digest(pixels), _difference_hash(pixels))


def open_sample(
    item: Any,
) -> tuple[PlateImage | None, npt.NDArray[np.uint8] | None, tuple[str, str] | None]:
    """Read a sample, which may be any object.

    Parameters
    ----------
    item : object

    Returns
    -------
    sample : PlateImage or None
    pixels : ndarray or None
        None if the image cannot be read or is blank.
    problem : tuple of str or None
        The kind and the detail of the issue, if any.
    """
    try:
        (sample,) = check_images([item])
        pixels = sample.pixels()
    except ValueError as error:
        reason = error.reason if isinstance(error, SampleError) else str(error)
        return None, None, ("unreadable", reason)
    if is_blank(pixels):
        return sample, None, ("blank", "All pixels are equal.")
    return sample, pixels, None


def _cut_out(
    pixels: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64]
) -> npt.NDArray[np.uint8]:
    """Crop the upright box around the corners, or raise if they are invalid."""
    height, width = pixels.shape[:2]
    check_first_corner(check_corners(corners, height, width))
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    box = pixels[top:bottom, left:right]
    if not box.size:
        raise ValueError(
            f"Corners {corners.tolist()!r} lie outside the image of {width} x {height} pixels "
            "(width x height)."
        )
    return box


def check_first_corner(corners: npt.NDArray[np.float64]) -> None:
    """Raise an error if the corners do not start at the top left corner of a readable plate."""
    top_left, top_right, bottom_right, bottom_left = corners
    along = top_right - top_left + bottom_right - bottom_left
    if along[0] < abs(along[1]):
        raise ValueError(
            f"Corners {corners.tolist()!r} do not start at the top left corner: the text "
            "would run upwards, downwards or to the left."
        )


def digest(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return a digest that only equal images share."""
    shape = repr(pixels.shape).encode()
    return hashlib.sha256(np.ascontiguousarray(pixels).data).digest() + shape


def _difference_hash(pixels: npt.NDArray[np.uint8]) -> bytes:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.shape[2:] == (3,) else pixels
    size = (_HASH_COLUMNS + 1, _HASH_ROWS)
    cells = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])
    return np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes()


def find_duplicates(
    inspections: Sequence[ImageInspection], texts: Sequence[str]
) -> Iterator[Finding]:
    """Find images that are equal or almost equal to an earlier image.

    Parameters
    ----------
    inspections : sequence of ImageInspection
    texts : sequence of str
        The texts. If they differ, the finding is of the kind "conflicting_texts".

    Yields
    ------
    Finding
        One finding for each duplicate of an earlier image.
    """
    first: dict[bytes, int] = {}
    first_with_text: dict[bytes, int] = {}
    for sample, inspection in enumerate(inspections):
        if not inspection.digest:
            continue
        earlier = first.setdefault(inspection.digest, sample)
        if texts[sample]:
            # A text conflicts with another text only, which the first of several images may lack.
            with_text = first_with_text.setdefault(inspection.digest, sample)
            earlier = with_text if with_text < sample else earlier
        if earlier < sample:
            yield _duplicate(sample, earlier, texts, "duplicate_image", "The same pixels as")
    # Of several equal images, only the first is compared with the others.
    for sample, earlier in sorted(_near_pairs(inspections, list(first.values())).items()):
        yield _duplicate(sample, earlier, texts, "near_duplicate", "Nearly the same image as")


def _duplicate(
    sample: int, earlier: int, texts: Sequence[str], kind: str, relation: str
) -> Finding:
    detail = f"{relation} sample {earlier}"
    # A missing text conflicts with no text.
    if len({texts[sample], texts[earlier]} - {""}) == 2:
        return Finding(sample, "conflicting_texts", f"{detail}, whose text is {texts[earlier]!r}.")
    return Finding(sample, kind, f"{detail}.")


def _near_pairs(inspections: Sequence[ImageInspection], samples: list[int]) -> dict[int, int]:
    """Map each near duplicate to the first earlier sample that it resembles."""
    found: dict[int, int] = {}
    for start in range(0, len(samples), _BLOCK):
        rows = _signs(inspections, samples[start : start + _BLOCK])
        for other in range(0, start + 1, _BLOCK):
            columns = _signs(inspections, samples[other : other + _BLOCK])
            # The product of two vectors of +-1 is the number of equal minus different bits.
            near = rows @ columns.T >= rows.shape[1] - 2 * _HASH_TOLERANCE
            if other == start:
                near = np.tril(near, -1)  # earlier samples only
            first = near.argmax(axis=1)
            for row in np.flatnonzero(near.any(axis=1)):
                found.setdefault(samples[start + row], samples[other + first[row]])
    return found


def _signs(inspections: Sequence[ImageInspection], samples: list[int]) -> npt.NDArray[np.float32]:
    packed = np.frombuffer(b"".join(inspections[i].difference_hash for i in samples), np.uint8)
    bits = np.unpackbits(packed.reshape(len(samples), -1), axis=1)
    return bits.astype(np.float32) * 2 - 1
