"""Check the parameters `syntaxes` and `layouts`."""

from collections.abc import Sequence
from pathlib import Path

from ...syntax import PlateSyntax
from ._glyphs import TYPEFACES, draw_glyph
from ._layouts import LAYOUTS
from ._typefaces import Typefaces, check_coverage

__all__ = ["Choice", "check_layouts", "check_syntaxes"]

# Either the name of a layout and None, or "" and a syntax.
Choice = tuple[str, PlateSyntax | None]


def check_syntaxes(
    syntaxes: str | PlateSyntax | Sequence[str | PlateSyntax], files: Sequence[Path] = ()
) -> list[PlateSyntax]:
    """Check `syntaxes` and that the files, if any, can draw them; parse the patterns."""
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
        _check_characters(syntax, files)
    return parsed


def check_layouts(names: Sequence[str], files: Typefaces) -> list[Choice]:
    """Check that the layouts exist and can be drawn."""
    known = ", ".join(map(repr, sorted(LAYOUTS)))
    if not names:
        raise ValueError(f"layouts is empty; pass at least one of {known}.")
    for index, name in enumerate(names):
        if not isinstance(name, str):
            raise TypeError(
                f"layouts[{index}] is {name!r} of type {type(name).__name__}; pass names such "
                f"as {known}."
            )
        if name not in LAYOUTS:
            raise ValueError(f"layouts has {name!r}, which is unknown; choose from {known}.")
    for name in names:
        for variant in LAYOUTS[name]:
            try:
                _check_characters(variant.syntax, files.get(name, ()))
            except ValueError as error:
                raise ValueError(f"layouts has {name!r}, which cannot be drawn: {error}") from error
    return [(name, None) for name in names]


def _check_characters(syntax: PlateSyntax, files: Sequence[Path]) -> None:
    characters = sorted({each for place in syntax.positions for each in "".join(place)})
    if files:
        check_coverage(files, characters)
        return
    for character in characters:
        draw_glyph(character, TYPEFACES[0])  # raises for a character that the fonts lack
