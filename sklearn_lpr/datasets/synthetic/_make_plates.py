"""Generate photos of synthetic licence plates."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from ..._random import seed_from_random_state
from ..._sklearn_compat import Interval, validate_params
from ..._texts import normalize
from ...images import PlateImage
from ...syntax import PlateSyntax
from .._bunch import plate_bunch
from .._parameters import OUTPUT_OPTIONS
from ._choices import Choice, check_layouts, check_syntaxes
from ._layout_variant import draw_variant_style
from ._layouts import draw_variant
from ._photograph import photograph
from ._style import draw_style
from ._typefaces import Typefaces, check_typefaces, choose_typeface

__all__ = ["make_plates"]

_DESCR = """\
Synthetic licence plates
------------------------

Licence plates rendered with OpenCV's fonts on the front or back of rendered vehicles, in several
colours, in perspective view, with uneven lighting, blur, noise and compression.

:Columns of the frame: text, pattern (the pattern that the text follows), scheme (the colours),
    layout ("" where the plates follow syntaxes), rows (the number of rows of characters)
"""

# text, pattern, scheme, layout, rows
_FrameRow = tuple[str, str, str, str, int]
_SYNTAXES = ("@@@####", "@@@#@##")
# The number of plates per joblib task.
_CHUNK = 64


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "syntaxes": [str, PlateSyntax, "array-like", None],
        "layouts": [str, "array-like", None],
        "typefaces": [str, os.PathLike, "array-like", Mapping, None],
        "dirt": [Interval(Real, 0, 1, closed="both")],
        "night": [Interval(Real, 0, 1, closed="both")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }
    | OUTPUT_OPTIONS,
    prefer_skip_nested_validation=True,
)
def make_plates(
    n_samples: int = 100,
    *,
    syntaxes: str | PlateSyntax | Sequence[str | PlateSyntax] | None = None,
    layouts: str | Sequence[str] | None = None,
    typefaces: Any = None,
    dirt: float = 0.0,
    night: float = 0.0,
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    r"""Generate synthetic plates: rendered photos of licence plates with their ground truth.

    Each plate is rendered with OpenCV's fonts, either in the colours of many countries or in the
    layout of one country, on a rendered vehicle in perspective view. The image includes the
    surroundings: it is about 160 to 260 pixels wide, and the plate takes up about half of the
    width.

    Parameters
    ----------
    n_samples : int, default=100
        The number of plates.
    syntaxes : str, PlateSyntax or sequence of these, default=None
        The formats of the texts. None means ``("@@@####", "@@@#@##")`` unless `layouts` is
        given. For each text a syntax, one of its patterns, and each character are drawn with
        equal probabilities. A line break in a pattern starts a new row on the plate, as on
        motorcycles, and is not part of the text: ``"@@@\n####"``. Characters that OpenCV's
        fonts lack (before OpenCV 5 all but ASCII) raise an error.
    layouts : str or sequence of str, default=None
        The layouts of the plates, used instead of `syntaxes` and drawn with equal probabilities:
        "argentina", "brazil" (until 2018), "brazil_special" (the rarer colours of Brazil until
        2018), "brazil_two_rows" (motorcycles), "china", "china_green" (8 characters), "eu"
        (Europe), "eu_others" (European countries without a layout of their own), "eu_two_rows",
        "france", "germany", "great_britain", "india", "israel", "italy", "korea", "mercosur",
        "netherlands", "peru", "poland", "romania", "russia", "spain", "tunisia",
        "united_states", "uzbekistan", "vietnam". A layout defines the formats of the texts, the
        frequencies of its variants (colours, one or two rows and so on), the proportions, and
        what is drawn but is not part of the text: dots and dashes, seals, bars, flags and
        captions. In texts of Tunisia, T stands for the Arabic name of the country. "china",
        "china_green", "germany" (with Ä, Ö and Ü) and "korea" require OpenCV 5 or `typefaces`.
    typefaces : path-like, sequence of path-like, or dict, default=None
        TrueType or OpenType files that draw the characters, such as the typefaces of real plates.
        Each plate is drawn with one of the files that have all of its characters. A dict maps
        names of `layouts` to files; the other layouts are drawn with OpenCV's fonts. For each
        format, at least one file must have all characters. Files do not change texts, colours
        and viewpoints.
    dirt : float, default=0.0
        The fraction of dirty plates, from 0 to 1.
    night : float, default=0.0
        The fraction of photos taken at night, from 0 to 1. Neither `dirt` nor `night` changes
        texts or corners.
    n_jobs : int, default=None
        The number of joblib workers. None means 1, -1 means all cores. Starting processes takes
        a second or two, which pays off from a few thousand plates on. The plates do not depend
        on `n_jobs`.
    random_state : int, RandomState instance or None, default=None
        Pass an int for reproducible plates (with the same version of OpenCV). The first plates
        do not depend on `n_samples`. None generates different plates at each call, and does not
        use NumPy's global random state.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the index of the frame, and include
        the data in the frame as the column ``image``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        Dictionary-like object with the attributes

        data : ndarray of shape (n_samples,), dtype object
            One `PlateImage` per plate: RGB pixels of dtype uint8 and the plate's four corners
            (top left, top right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            Text, pattern, colour scheme, layout ("" where the plates follow syntaxes) and number
            of rows.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            The description of the data set.

    Raises
    ------
    ValueError
        If a pattern cannot be parsed, a character cannot be drawn, a layout is unknown, a file of
        `typefaces` is not a font, or both `syntaxes` and `layouts` are given.
    FileNotFoundError
        If a file of `typefaces` does not exist.
    TypeError
        If a syntax is neither a str nor a PlateSyntax, or if a layout is not a str.

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
    choices: list[Choice]
    if layouts is None:
        files = check_typefaces(typefaces, [""])
        choices = [
            ("", syntax)
            for syntax in check_syntaxes(
                _SYNTAXES if syntaxes is None else syntaxes, files.get("", ())
            )
        ]
    elif syntaxes is None:
        names = [layouts] if isinstance(layouts, str) else list(layouts)
        files = check_typefaces(typefaces, names)
        choices = check_layouts(names, files)
    else:
        raise ValueError(
            f"syntaxes={syntaxes!r} and layouts={layouts!r} exclude each other, because a layout "
            "defines the texts; pass one of them only."
        )
    seed = seed_from_random_state(random_state)
    generate = partial(_generate_plate, choices, files, dirt, night, seed)
    chunks = [range(start, min(start + _CHUNK, n_samples)) for start in range(0, n_samples, _CHUNK)]
    generated = Parallel(n_jobs=n_jobs)(
        delayed(_generate_chunk)(generate, chunk) for chunk in chunks
    )
    images, rows = zip(*chain.from_iterable(generated), strict=True)
    frame = pd.DataFrame(rows, columns=["text", "pattern", "scheme", "layout", "rows"])
    return plate_bunch(images, frame, _DESCR, return_X_y=return_X_y, as_frame=as_frame)


def _generate_chunk(
    generate: Callable[[int], tuple[PlateImage, _FrameRow]], indices: range
) -> list[tuple[PlateImage, _FrameRow]]:
    return [generate(index) for index in indices]


def _generate_plate(
    choices: list[Choice],
    files: Typefaces,
    dirt: float,
    night: float,
    seed: int,
    index: int,
) -> tuple[PlateImage, _FrameRow]:
    """Generate one plate and its row of the frame."""
    # Each plate has its own generator, so that it depends neither on n_samples nor on other plates.
    rng = np.random.default_rng([seed, index])
    layout, syntax = choices[int(rng.integers(len(choices)))]
    if syntax is None:
        variant = draw_variant(layout, rng)
        pattern, lines = _draw_text(variant.syntax, rng)
        text, lines = lines[0], variant.split(lines[0])
        style = draw_variant_style(variant, rng)
    else:
        pattern, lines = _draw_text(syntax, rng)
        text, style = "".join(lines), draw_style(rng, len(lines))
    if layout in files:
        # A separate generator, so that the typeface changes nothing else.
        typeface = choose_typeface(
            files[layout], "".join(lines), np.random.default_rng([seed, index, 2])
        )
        style = replace(style, typeface=typeface)
    # Dirt and night have a separate generator, so that they change nothing else.
    conditions = np.random.default_rng([seed, index, 1]) if dirt or night else None
    image = photograph("\n".join(lines), style, rng, conditions, dirt, night)
    return image, (text, pattern, style.scheme, layout, len(lines))


def _draw_text(syntax: PlateSyntax, rng: np.random.Generator) -> tuple[str, list[str]]:
    """Draw a pattern, and the rows of a text that follows it."""
    choice = rng.integers(len(syntax.patterns))
    characters = (allowed[rng.integers(len(allowed))] for allowed in syntax.positions[choice])
    lines = ["".join(islice(characters, length)) for length in syntax.row_lengths[choice]]
    return syntax.patterns[choice], [normalize(line) for line in lines]
