"""Check the parameters `syntaxes` and `layouts`."""

from collections.abc import Sequence

from ...syntax import PlateSyntax
from ._glyphs import TYPEFACES, draw_glyph
from ._layouts import LAYOUTS

__all__ = ["Choice", "check_layouts", "check_syntaxes"]

# Either the name of a layout and None, or "" and a syntax.
Choice = tuple[str, PlateSyntax | None]


def check_syntaxes(
    syntaxes: str | PlateSyntax | Sequence[str | PlateSyntax],
) -> list[PlateSyntax]:
    """Check `syntaxes`, and parse its patterns."""
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


def check_layouts(layouts: str | Sequence[str]) -> list[Choice]:
    """Check that the layouts exist and can be drawn."""
    names = [layouts] if isinstance(layouts, str) else list(layouts)
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
                _check_characters(variant.syntax)
            except ValueError as error:
                raise ValueError(f"layouts has {name!r}, which cannot be drawn: {error}") from error
    return [(name, None) for name in names]


def _check_characters(syntax: PlateSyntax) -> None:
    for character in sorted(set("".join(map("".join, syntax.positions)))):
        draw_glyph(character, TYPEFACES[0])  # raises for a character that the fonts lack
