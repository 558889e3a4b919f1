"""Made plates: as many as wanted, with nothing to download."""

import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, islice
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed

from .._compat import cv2
from .._random import seed_from_random_state
from .._sklearn_compat import Interval, validate_params
from ..images import PlateImage, box_corners
from ..syntax import PlateSyntax
from ._bunch import plate_bunch
from ._camera import draw_view, expose
from ._conditions import darken, soil
from ._drawing import PlateStyle, draw_plate, draw_style, paste_plate
from ._glyphs import TYPEFACES, draw_glyph
from ._layouts import LAYOUTS, draw_form, draw_form_style
from ._scenery import draw_scenery

__all__ = ["make_plates"]

_DESCR = """\
Made licence plates
-------------------

Plates drawn with OpenCV's own fonts on the front or back of drawn vehicles, in several colours,
seen from an angle, in uneven light, with blur, noise and compression.

:Columns of the frame: text, pattern (the one that the text follows), scheme (the colours), layout
    ("" where the plates follow syntaxes), rows (of characters on the plate)
"""

# text, pattern, scheme, layout, rows
_Row = tuple[str, str, str, str, int]
# A layout, or no name and a syntax.
_Choice = tuple[str, PlateSyntax | None]

_SYNTAXES = ("@@@####", "@@@#@##")
# Plates that a job draws at a time.
_CHUNK = 64

# The flat scene is drawn finer than the photo, which is sampled from it.
_OVERSAMPLING = 1.3
# The height of a capital letter in the photo, in pixels.
_CHARACTER_HEIGHT = (14.5, 21.0)
_PLATE_SHARE = (0.46, 0.62)
_WIDTH = (160, 260)


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "syntaxes": [str, PlateSyntax, "array-like", None],
        "layouts": [str, "array-like", None],
        "dirt": [Interval(Real, 0, 1, closed="both")],
        "night": [Interval(Real, 0, 1, closed="both")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def make_plates(
    n_samples: int = 100,
    *,
    syntaxes: str | PlateSyntax | Sequence[str | PlateSyntax] | None = None,
    layouts: str | Sequence[str] | None = None,
    dirt: float = 0.0,
    night: float = 0.0,
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    r"""Make photos of licence plates, for trying out, teaching and testing.

    Each plate is drawn with OpenCV's own fonts, in colours of many countries or after the layout
    of one, put on a drawn vehicle and photographed from an angle. The picture shows the
    surroundings too: it is about 160 to 260 pixels wide, of which the plate takes about half.

    Parameters
    ----------
    n_samples : int, default=100
        The number of plates.
    syntaxes : str, PlateSyntax or sequence of these, default=None
        What the texts look like; None is ``("@@@####", "@@@#@##")`` where no layouts are given.
        A text draws one of the syntaxes, one of its patterns, and each of its characters, all
        with equal chances. A line break in a pattern begins a new row on the plate, as on
        motorcycles, and is no part of the text: ``"@@@\n####"``. Characters that OpenCV's fonts
        lack (before OpenCV 5 all but ASCII) are refused.
    layouts : str or sequence of str, default=None
        Plates of countries in place of `syntaxes`, all with equal chances: "argentina", "brazil"
        (until 2018), "china", "china_green" (8 characters), "eu" (Europe), "mercosur", "peru",
        "tunisia", "uzbekistan", "vietnam". A layout knows its texts, how often each of its
        colours, of its plates with one and two rows and so on is seen, its proportions, and what
        is drawn but no part of the text: dots and dashes, bars, flags and captions. In texts of
        Tunisia T stands for the country's Arabic name. "china" and "china_green" need OpenCV 5.
    dirt : float, default=0.0
        The share of plates that are dirty, from 0 to 1.
    night : float, default=0.0
        The share of photos taken by night, from 0 to 1. Neither `dirt` nor `night` changes texts
        or corners.
    n_jobs : int, default=None
        The number of joblib's workers; None means 1, -1 all cores. Processes take a second or
        two to start and pay from some thousand plates on. The plates do not depend on it.
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
            Text, pattern, colour scheme, layout ("" without) and number of rows.
        groups : ndarray of shape (n_samples,), dtype str
            What must stay together when splitting: the texts.
        DESCR : str
            What the data are.

    Raises
    ------
    ValueError
        If a pattern cannot be parsed, a character cannot be drawn, a layout is not known, or
        both `syntaxes` and `layouts` are given.
    TypeError
        If a syntax is neither a str nor a PlateSyntax, or a layout no str.

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
    >>> plates = make_plates(2, layouts=["brazil", "vietnam"], night=0.3, random_state=1)
    >>> plates.frame[["text", "layout"]].values.tolist()
    [['NAD8923', 'brazil'], ['36M5188', 'vietnam']]
    """
    choices: list[_Choice]
    if layouts is None:
        choices = [
            ("", syntax) for syntax in _check_syntaxes(_SYNTAXES if syntaxes is None else syntaxes)
        ]
    elif syntaxes is None:
        choices = _check_layouts(layouts)
    else:
        raise ValueError(
            f"syntaxes={syntaxes!r} and layouts={layouts!r} exclude each other: a layout has its "
            "own texts; leave one of them out."
        )
    seed = seed_from_random_state(random_state)
    draw = partial(_make_plate, choices, dirt, night, seed)
    chunks = [range(start, min(start + _CHUNK, n_samples)) for start in range(0, n_samples, _CHUNK)]
    made = Parallel(n_jobs=n_jobs)(delayed(_make_chunk)(draw, chunk) for chunk in chunks)
    images, rows = zip(*chain.from_iterable(made), strict=True)
    frame = pd.DataFrame(rows, columns=["text", "pattern", "scheme", "layout", "rows"])
    return plate_bunch(images, frame, _DESCR, return_X_y=return_X_y, as_frame=as_frame)


def _make_chunk(
    draw: Callable[[int], tuple[PlateImage, _Row]], indices: range
) -> list[tuple[PlateImage, _Row]]:
    return [draw(index) for index in indices]


def _make_plate(
    choices: list[_Choice],
    dirt: float,
    night: float,
    seed: int,
    index: int,
) -> tuple[PlateImage, _Row]:
    """Make one plate and its row of the frame."""
    # One generator each: neither n_samples nor the other plates change this one.
    rng = np.random.default_rng([seed, index])
    layout, syntax = choices[int(rng.integers(len(choices)))]
    if syntax is None:
        form = draw_form(layout, rng)
        pattern, lines = _draw_text(form.syntax, rng)
        text, lines = lines[0], form.split(lines[0])
        style = draw_form_style(form, rng)
    else:
        pattern, lines = _draw_text(syntax, rng)
        text, style = "".join(lines), draw_style(rng, len(lines))
    # A generator of their own: without them the rest stays as it is.
    conditions = np.random.default_rng([seed, index, 1]) if dirt or night else None
    image = _photograph("\n".join(lines), style, rng, conditions, dirt, night)
    return image, (text, pattern, style.scheme, layout, len(lines))


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
        _check_characters(syntax)
    return parsed


def _check_layouts(layouts: str | Sequence[str]) -> list[_Choice]:
    names = [layouts] if isinstance(layouts, str) else list(layouts)
    known = ", ".join(map(repr, sorted(LAYOUTS)))
    if not names:
        raise ValueError(f"layouts is empty; pass at least one of {known}.")
    for index, name in enumerate(names):
        if not isinstance(name, str):
            raise TypeError(
                f"layouts[{index}] is {name!r} of type {type(name).__name__}; pass names, some of "
                f"{known}."
            )
        if name not in LAYOUTS:
            raise ValueError(f"layouts has {name!r}, which is not known; choose from {known}.")
    for name in names:
        for form in LAYOUTS[name]:
            try:
                _check_characters(form.syntax)
            except ValueError as error:
                raise ValueError(f"layouts has {name!r}, which cannot be drawn: {error}") from error
    return [(name, None) for name in names]


def _check_characters(syntax: PlateSyntax) -> None:
    for character in sorted(set("".join(map("".join, syntax.positions)))):
        draw_glyph(character, TYPEFACES[0])  # refuses what the fonts lack


def _draw_text(syntax: PlateSyntax, rng: np.random.Generator) -> tuple[str, list[str]]:
    """Draw a pattern and the rows of a text that follows it."""
    choice = rng.integers(len(syntax.patterns))
    characters = (allowed[rng.integers(len(allowed))] for allowed in syntax.positions[choice])
    lines = ["".join(islice(characters, length)) for length in syntax.row_lengths[choice]]
    return syntax.patterns[choice], [unicodedata.normalize("NFC", line) for line in lines]


def _photograph(
    text: str,
    style: PlateStyle,
    rng: np.random.Generator,
    conditions: np.random.Generator | None,
    dirt: float,
    night: float,
) -> PlateImage:
    """Draw a plate on a vehicle and take a photo of it."""
    size = _OVERSAMPLING * rng.uniform(*_CHARACTER_HEIGHT)
    plate = draw_plate(text, size, style)
    if conditions is not None and conditions.random() < dirt:
        soil(plate, conditions)
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
    flat = np.clip(scene, 0, 255, out=scene).astype(np.uint8)
    photo = cv2.warpPerspective(
        flat, view, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    corners = _project(box_corners(left, top, plate_width, plate_height), view)
    if conditions is not None and conditions.random() < night:
        photo = darken(photo, corners, conditions)
    return PlateImage(expose(photo, rng), corners)


def _project(
    points: npt.NDArray[np.float64], view: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return cv2.perspectiveTransform(points[None], view)[0]
