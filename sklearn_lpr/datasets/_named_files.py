"""Derive the texts of plates from the names of files."""

import re
import unicodedata
from pathlib import Path

from .._texts import normalize
from ._csv_file import CsvRow
from ._invisible import check_visible, strip_invisible

__all__ = ["check_counters", "name_row"]

# Markers of copies that operating systems and browsers add to a name.
_COPY_SUFFIX = re.compile(
    r"\s*(?:\(\d{1,3}\)|(?:[-–_]\s*|\s)(?:copy|copia|copie|kopie)(?:\s*\(?\d+\)?)?)$",
    re.IGNORECASE,
)
_COPY_PREFIX = re.compile(r"^(?:copy of|copia de|copie de|kopie von)\s+", re.IGNORECASE)
# Names of files from cameras and programs. Short prefixes need many digits, because plates
# such as IMG1234 exist.
_NUMBERED = re.compile(
    r"(?:img|dsc|pxl|dji|mvi|vid)[-_ ]*\d{5,}.*"
    r"|(?:img|dsc|pxl|dji|mvi|vid)[-_ ]+\d.*"
    r"|(?:dsc[nf]|gopr|cimg|imgp|pict)[-_ ]*\d.*|p\d{7}"
    r"|(?:frame|image|photo|picture|crop|plate|scan|screenshot|whatsapp image|unnamed|untitled)"
    r"(?:[-_ ].*|\d.*)?"
    r"|(?:19|20)\d{6}[-_ ]\d{4,6}.*"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}.*|[0-9a-f]{24,}.*",
    re.IGNORECASE,
)
# The least number of images whose names are taken for a counter.
_MIN_COUNTED = 3
# Characters that a text may contain besides letters and digits.
_ALLOWED_MARKS = " ·•"
# A text of this length is assumed to be complete.
_WHOLE = 5


def name_row(folder: Path, name: str, labels: str) -> CsvRow:
    """Build the row of an image that is named by its text.

    Parameters
    ----------
    folder : Path
    name : str
        The name of the file.
    labels : str
        The name of the CSV file that error messages recommend.

    Returns
    -------
    CsvRow
        With the columns ``file`` and ``text``. The `problem` is an error if the name contains no
        text or an ambiguous one.
    """
    place = repr(str(folder / name))
    text, problem = "", None
    try:
        text = _parse_name(Path(name).stem, place)
    except ValueError as error:
        problem = ValueError(f"{error}; rename it, or list the texts in {labels!r}.")
    return CsvRow(place, {"file": name, "text": text}, problem)


def check_counters(folder: Path, names: list[str], labels: str) -> None:
    """Raise a ValueError if the names of all images are consecutive numbers, as programs write.

    Parameters
    ----------
    folder : Path
    names : list of str
    labels : str
        The name of the CSV file that the error message recommends.
    """
    stems = [Path(name).stem for name in names]
    if len(stems) < _MIN_COUNTED or not all(re.fullmatch("[0-9]{1,9}", stem) for stem in stems):
        return
    numbers = sorted(map(int, stems))
    if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        raise ValueError(
            f"The names of the {len(names)} images in {str(folder)!r} count from {min(names)!r} to "
            f"{max(names)!r} and contain no texts; list the texts in {labels!r}."
        )


def _parse_name(stem: str, place: str) -> str:
    stem = _COPY_PREFIX.sub("", strip_invisible(stem))
    while (shorter := _COPY_SUFFIX.sub("", stem)) != stem:
        stem = shorter
    stem = normalize(strip_invisible(stem))
    check_visible(stem, place)
    if _NUMBERED.fullmatch(stem):
        raise ValueError(f"{place} is named by a camera or a program, not by a text")
    text, rest = re.fullmatch("([^-_]*)(.*)", stem, re.DOTALL).groups()  # type: ignore[union-attr]
    text = text.strip()
    if not text:
        raise ValueError(f"{place} names no text before its first '-' or '_'")
    for character in text:
        if not (character.isalnum() or character in _ALLOWED_MARKS or _is_mark(character)):
            raise ValueError(f"{place} contains {character!r} before its first '-' or '_'")
    if re.search(r"\s\d$", text):
        raise ValueError(
            f"{place} is ambiguous: its last digit may be part of the text or a counter"
        )
    if _may_continue(text, rest):
        raise ValueError(
            f"{place} is ambiguous: its text may be {text!r} or {re.sub('[-_]', '', stem)!r}"
        )
    return text


def _may_continue(text: str, rest: str) -> bool:
    """Check whether the part of a name after the first separator may belong to the text."""
    groups = [group for group in re.split("[-_]+", rest) if group]
    if not groups or (len(groups) == 1 and len(groups[0]) == 1):
        return False  # a counter of one digit
    mixed = not text.isalpha() and not text.isdecimal()
    return len(text) < _WHOLE or not (mixed or rest.startswith("_"))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
