"""Draw characters with TrueType and OpenType files."""

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

__all__ = ["draw_text_of_file", "has_character", "open_font"]

# A code point that is no character, so that every font draws its symbol for missing characters.
_NO_CHARACTER = "\U0010ffff"


@lru_cache(maxsize=256)
def open_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Open a font file at a size in pixels.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not a font.
    """
    if not path.is_file():
        raise FileNotFoundError(f"typefaces has {os.fspath(path)!r}, which is not a file.")
    try:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise ValueError(
            f"typefaces has {os.fspath(path)!r}, which is not a TrueType or OpenType font "
            f"({error})."
        ) from error


def draw_text_of_file(
    text: str, path: Path, size: int, shape: tuple[int, int], origin: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """Draw a text with a font file.

    Parameters
    ----------
    text : str
    path : Path
    size : int
        The size of the font in pixels.
    shape : tuple of height, width
        The size of the mask.
    origin : tuple of x, y
        The left end of the baseline.

    Returns
    -------
    ndarray of shape (height, width), dtype uint8
        255 where there is ink.
    """
    canvas = Image.new("L", shape[::-1])
    ImageDraw.Draw(canvas).text(origin, text, 255, open_font(path, size), anchor="ls")
    return np.array(canvas)


@lru_cache(maxsize=4096)
def has_character(path: Path, character: str) -> bool:
    """Return whether a font file draws a character, other than as its symbol for missing ones."""
    font = open_font(path, 64)
    mask, missing = font.getmask(character), font.getmask(_NO_CHARACTER)
    if not (any(bytes(mask)) or character.isspace()):
        return False
    return mask.size != missing.size or bytes(mask) != bytes(missing)
