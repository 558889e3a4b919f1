"""Plate formats by the names of countries."""

from difflib import get_close_matches

from . import _countries, _europe
from ._plate_syntax import PlateSyntax

__all__ = ["WORLD", "get_syntax", "list_formats"]

# Names that stand for the plates of several countries, or for a part of those of one.
_GROUPS = frozenset({"china_7", "china_8", "eu", "latin", "mercosur"})

_FORMATS: dict[str, PlateSyntax] = {
    name.lower(): getattr(module, name)
    for module in (_countries, _europe)
    for name in module.__all__
}

# The names of all countries with known formats.
WORLD = tuple(sorted(_FORMATS.keys() - _GROUPS))


def list_formats() -> list[str]:
    """Return the names that `get_syntax` knows, sorted.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from sklearn_lpr.syntax import list_formats
    >>> list_formats()[:3]
    ['argentina', 'austria', 'belgium']
    """
    return sorted(_FORMATS)


def get_syntax(name: str) -> PlateSyntax:
    """Return the plate formats of a country by its name.

    Parameters
    ----------
    name : str
        One of `list_formats`, such as "brazil" or "great_britain": the name of a constant of this
        package in lower case.

    Returns
    -------
    PlateSyntax

    Raises
    ------
    TypeError
        If `name` is not a str.
    ValueError
        If there is no such name.

    Examples
    --------
    >>> from sklearn_lpr.syntax import get_syntax
    >>> get_syntax("brazil")
    PlateSyntax('@@@####', '@@@#@##')
    """
    if not isinstance(name, str):
        raise TypeError(f"The name of a plate format is {name!r}; pass a str such as 'brazil'.")
    if name not in _FORMATS:
        near = get_close_matches(name.lower().replace(" ", "_"), _FORMATS, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"There is no plate format {name!r}.{guess} The names are {', '.join(list_formats())}; "
            "PlateSyntax describes any other format."
        )
    return _FORMATS[name]
