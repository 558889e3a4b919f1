"""Parse the file names of CCPD, which contain the annotations."""

import re
from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

__all__ = ["CCPDAnnotation", "parse_ccpd_name"]

_PROVINCES = "皖沪津渝冀晋蒙辽吉黑苏浙京闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新警学O"
_ALPHABETS = "ABCDEFGHJKLMNPQRSTUVWXYZO"
_ADS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789O"

_POINT = r"(\d+)&(\d+)"
_FORMATS = {
    "area": (re.compile(r"(\d+)"), "digits"),
    "tilt": (re.compile(r"(\d+)_(\d+)"), "horizontal_vertical"),
    "box": (re.compile(f"{_POINT}_{_POINT}"), "x1&y1_x2&y2"),
    "corners": (re.compile("_".join([_POINT] * 4)), "four x&y joined by '_'"),
    "plate": (re.compile(r"\d+(?:_\d+){6,7}"), "7 or 8 indices joined by '_'"),
    "brightness": (re.compile(r"(\d+)"), "a number"),
    "blurriness": (re.compile(r"(\d+)"), "a number"),
}


class CCPDAnnotation(NamedTuple):
    """The annotation of a CCPD photo: the columns of the frame, and the corners."""

    text: str
    province: str
    area: float
    horizontal_tilt: int
    vertical_tilt: int
    box_left: int
    box_top: int
    box_right: int
    box_bottom: int
    brightness: int
    blurriness: int
    corners: npt.NDArray[np.float64]


def parse_ccpd_name(path: str) -> CCPDAnnotation:
    """Parse the file name of a CCPD photo.

    Parameters
    ----------
    path : str
        The path of the photo, with ``/`` between folders.

    Returns
    -------
    CCPDAnnotation

    Raises
    ------
    ValueError
        If a field is missing or invalid; the message names file, field and value.
    """
    values = path.rpartition("/")[2].rpartition(".")[0].split("-")
    if len(values) != len(_FORMATS):
        raise ValueError(
            f"{path!r}: a CCPD file name has {len(_FORMATS)} fields joined by '-' "
            f"({'-'.join(_FORMATS)}), this one has {len(values)}."
        )
    fields = dict(zip(_FORMATS, values, strict=True))
    numbers: dict[str, list[int]] = {}
    for name, (expression, form) in _FORMATS.items():
        match = expression.fullmatch(fields[name])
        if match is None:
            _refuse(path, name, fields[name], f"it must be {form}")
        numbers[name] = [int(number) for number in match.groups()]

    left, top, right, bottom = numbers["box"]
    if left >= right or top >= bottom:
        _refuse(
            path, "box", fields["box"], "its second point must lie right of and below the first"
        )
    province, characters = _decode_plate(path, fields["plate"])
    bottom_right, bottom_left, top_left, top_right = np.reshape(numbers["corners"], (4, 2))
    return CCPDAnnotation(
        text=province + characters,
        province=province,
        # The fraction of the photo that the plate covers, without the leading "0." in the name.
        area=float(f"0.{fields['area']}"),
        horizontal_tilt=numbers["tilt"][0],
        vertical_tilt=numbers["tilt"][1],
        box_left=left,
        box_top=top,
        box_right=right,
        box_bottom=bottom,
        brightness=numbers["brightness"][0],
        blurriness=numbers["blurriness"][0],
        corners=np.array([top_left, top_right, bottom_right, bottom_left], dtype=np.float64),
    )


def _decode_plate(path: str, field: str) -> tuple[str, str]:
    """Decode the province and the characters that follow it."""
    indices = [int(index) for index in field.split("_")]
    alphabets = [_PROVINCES, _ALPHABETS] + [_ADS] * (len(indices) - 2)
    characters = []
    for position, (index, alphabet) in enumerate(zip(indices, alphabets, strict=True)):
        if index >= len(alphabet):
            _refuse(
                path,
                "plate",
                field,
                f"index {position} is {index} and must be less than {len(alphabet)}",
            )
        # The last character of each alphabet, the letter O, means "no character".
        characters.append(alphabet[index] if index < len(alphabet) - 1 else "")
    if not any(characters):
        _refuse(path, "plate", field, "all its indices mean 'no character'")
    return characters[0], "".join(characters[1:])


def _refuse(path: str, field: str, value: str, reason: str) -> NoReturn:
    raise ValueError(f"{path!r}: the field {field!r} is {value!r}; {reason}.")
