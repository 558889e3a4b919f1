"""Made plates: as many as wanted, with nothing to download."""

import unicodedata
from collections.abc import Sequence
from itertools import islice
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from .._compat import cv2
from .._random import draw_seed
from ..images import PlateImage, box_corners
from ..syntax import PlateSyntax
from ._bunch import plate_bunch
from ._camera import draw_view, expose
from ._drawing import PlateStyle, draw_plate, draw_style, paste_plate
from ._glyphs import TYPEFACES, draw_glyph
from ._scenery import draw_scenery

__all__ = ["make_plates"]

_DESCR = """\
Made licence plates
-------------------

Plates drawn with OpenCV's own fonts on the front or back of drawn vehicles, in several colours,
seen from an angle, in uneven light, with blur, noise and compression.

:Columns of the frame: text, pattern (the one that the text follows), scheme (the colours)
"""

# The flat scene is drawn finer than the photo, which is sampled from it.
_OVERSAMPLING = 1.3
# The height of a capital letter in the photo, in pixels.
_CHARACTER_HEIGHT = (14.5, 21.0)
_PLATE_SHARE = (0.46, 0.62)
_WIDTH = (160, 260)


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "syntaxes": [str, PlateSyntax, "array-like"],
        "random_state": ["random_state"],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def make_plates(
    n_samples: int = 100,
    *,
    syntaxes: str | PlateSyntax | Sequence[str | PlateSyntax] = ("@@@####", "@@@#@##"),
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    r"""Make photos of licence plates, for trying out, teaching and testing.

    Each plate is drawn with OpenCV's own fonts in one of several colour schemes, put on a drawn
    vehicle and photographed from an angle. The picture shows the surroundings too: it is about
    160 to 260 pixels wide, of which the plate takes about half.

    Parameters
    ----------
    n_samples : int, default=100
        The number of plates.
    syntaxes : str, PlateSyntax or sequence of these, default=("@@@####", "@@@#@##")
        What the texts look like. A text draws one of the syntaxes, one of its patterns, and each
        of its characters, all with equal chances. A line break in a pattern begins a new row on
        the plate, as on motorcycles, and is no part of the text: ``"@@@\n####"``. Characters
        that OpenCV's fonts lack (before OpenCV 5 all but ASCII) are refused.
    random_state : int, RandomState instance or None, default=None
        An int gives the same plates each time (with one version of OpenCV), and the first of
        them whatever the number of samples. None gives new ones and leaves NumPy's global random
        state alone.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the frame's index, and the data as
        the frame's column ``image`` too.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        With the attributes

        data : ndarray of shape (n_samples,), dtype object
            One `PlateImage` per plate: RGB pixels of dtype uint8 and the plate's four corners
            (top left, top right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            Text, pattern and colour scheme.
        groups : ndarray of shape (n_samples,), dtype str
            What must stay together when splitting: the texts.
        DESCR : str
            What the data are.

    Raises
    ------
    ValueError
        If a pattern cannot be parsed or a character cannot be drawn.
    TypeError
        If a syntax is neither a str nor a PlateSyntax.

    Examples
    --------
    >>> from sklearn_lpr.datasets import make_plates
    >>> plates = make_plates(3, syntaxes="@@-###", random_state=0)
    >>> plates.target.tolist()
    ['WQ-523', 'NX-953', 'ZC-242']
    >>> plates.data[0].pixels().dtype
    dtype('uint8')
    >>> make_plates(1, syntaxes="@@@\n####", random_state=0).target.tolist()
    ['WQN2300']
    """
    choices = _check_syntaxes(syntaxes)
    seed = draw_seed(random_state)
    images, rows = [], []
    for index in range(n_samples):
        # One generator each: neither n_samples nor the other plates change this one.
        rng = np.random.default_rng([seed, index])
        pattern, lines = _draw_text(choices[rng.integers(len(choices))], rng)
        style = draw_style(rng, len(lines))
        images.append(_photograph("\n".join(lines), style, rng))
        rows.append(("".join(lines), pattern, style.scheme))
    frame = pd.DataFrame(rows, columns=["text", "pattern", "scheme"])
    return plate_bunch(images, frame, _DESCR, return_X_y=return_X_y, as_frame=as_frame)


def _check_syntaxes(
    syntaxes: str | PlateSyntax | Sequence[str | PlateSyntax],
) -> list[PlateSyntax]:
    items = [syntaxes] if isinstance(syntaxes, (str, PlateSyntax)) else list(syntaxes)
    if not items:
        raise ValueError("syntaxes is empty; pass at least one pattern, such as '@@@####'.")
    for index, item in enumerate(items):
        if not isinstance(item, (str, PlateSyntax)):
            raise TypeError(
                f"syntaxes[{index}] is {item!r} of type {type(item).__name__}; pass patterns such "
                "as '@@@####' or PlateSyntax objects."
            )
    parsed = [PlateSyntax(item) if isinstance(item, str) else item for item in items]
    for syntax in parsed:
        for character in sorted(set("".join(map("".join, syntax.positions)))):
            draw_glyph(character, TYPEFACES[0])  # refuses what the fonts lack, before any work
    return parsed


def _draw_text(syntax: PlateSyntax, rng: np.random.Generator) -> tuple[str, list[str]]:
    """Draw a pattern and the rows of a text that follows it."""
    choice = rng.integers(len(syntax.patterns))
    characters = (allowed[rng.integers(len(allowed))] for allowed in syntax.positions[choice])
    lines = ["".join(islice(characters, length)) for length in syntax.row_lengths[choice]]
    return syntax.patterns[choice], [unicodedata.normalize("NFC", line) for line in lines]


def _photograph(text: str, style: PlateStyle, rng: np.random.Generator) -> PlateImage:
    """Draw a plate on a vehicle and take a photo of it."""
    size = _OVERSAMPLING * rng.uniform(*_CHARACTER_HEIGHT)
    plate = draw_plate(text, size, style)
    plate_height, plate_width = plate.shape[:2]
    width = round(np.clip(plate_width / _OVERSAMPLING / rng.uniform(*_PLATE_SHARE), *_WIDTH))
    width = max(width, round(plate_width / _OVERSAMPLING * 1.4))
    height = round(plate_height / _OVERSAMPLING * rng.uniform(2.8, 4.0))

    # The scene reaches beyond the photo, as its far side comes nearer at an angle.
    scene_height, scene_width = (round(1.3 * _OVERSAMPLING * side) for side in (height, width))
    left, top = (scene_width - plate_width) // 2, (scene_height - plate_height) // 2
    box = (left, top, left + plate_width, top + plate_height)
    scene = draw_scenery(scene_height, scene_width, box, rng)
    paste_plate(scene, plate, left, top)
    view = draw_view(
        (left + plate_width / 2, top + plate_height / 2), (height, width), 1 / _OVERSAMPLING, rng
    )
    flat = np.clip(scene, 0, 255).astype(np.uint8)
    photo = cv2.warpPerspective(
        flat, view, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    corners = _project(box_corners(left, top, plate_width, plate_height), view)
    return PlateImage(expose(photo, rng), corners)


def _project(
    points: npt.NDArray[np.float64], view: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return cv2.perspectiveTransform(points[None], view)[0]
