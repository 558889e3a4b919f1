"""Odd labels and damaged files of labels, and checks that each is rejected as it should be."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fuzzing.damage import damage_bytes
from sklearn_lpr.datasets import load_coco, load_plates, load_scenes, load_voc, load_yolo

__all__ = ["LABEL_KINDS", "check_labels", "write_labels"]

LABEL_KINDS = ("labels CSV", "scenes CSV", "YOLO", "VOC", "COCO", "file names")
_SIZE = (40, 20)
# Values that people, spreadsheets and programs leave in labels.
_VALUES = (
    *("", " ", "AB12", " AB 12 ", "AB-12", "ab12", "\u0410\u041212", "A\u0308B1", "\u4eacA12345"),
    *("\u200bAB12", "\ufeffAB12", "AB\xad12", "A\xa0B12", "AB\x0012", "\u202eAB12", "\ud83d\ude00"),
    *("nan", "None", "null", "true", "NaN", "Infinity", "-inf", "1e308", "1e999", "-0", "0", "1"),
    *("0.5", "7", "39.5", "40", "41", "-3", "1,5", "1e3", "0x10", "\u0663", "9" * 400, "1_0"),
    *("[]", "{}", "[[1,2],[9,2],[9,8],[1,8]]", "[[1,2],[null,2],[9,8],[1,8]]", "[" * 400),
    *("../0.png", "/0.png", "0.png", "1.png", "gone.png", ".", "C:\\0.png", "=1+1", "a" * 5000),
)
_NAMES = (
    *("AB12", "AB-12", "AB12_1", "AB12 (1)", "IMG_0001", "AB12 - Kopie", "AB12.crop", "DSC00001"),
    *(
        "20240101_120000",
        "\u4eacA12345",
        "\u200bAB12",
        "ab12",
        "AB12_2024-01-01",
        "AB12_front",
        "_",
    ),
    *(" ", "..", "A" * 200, "AB12~1", "AB12@2x", "A\u0308B1", "WhatsApp Image", "-", "AB12_", "12"),
)
_TEXTS = {
    "labels CSV": (
        "file,text,x1,y1,x2,y2,x3,y3,x4,y4,split\n"
        "0.png,AB12,2,3,30,3,30,15,2,15,train\n1.png,CD34,2,3,30,4,30,15,2,14,test\n"
    ),
    "scenes CSV": (
        'file,corners,kind,text\n0.png,"[[2,3],[30,3],[30,15],[2,15]]",corners,AB12\n1.png,,,\n'
    ),
    "YOLO": "0 0.5 0.5 0.5 0.25\n0 0.1 0.2 0.6 0.2 0.6 0.8 0.1 0.8\n",
    "VOC": (
        "<annotation><filename>0.png</filename><size><width>40</width><height>20</height></size>"
        "<object><name>plate</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>30</xmax>"
        "<ymax>15</ymax></bndbox></object></annotation>"
    ),
    "COCO": json.dumps(
        {
            "images": [{"id": 1, "file_name": "0.png", "width": 40, "height": 20}],
            "annotations": [{"id": 7, "image_id": 1, "category_id": 0, "bbox": [2, 3, 28, 12]}],
            "categories": [{"id": 0, "name": "plate"}],
        }
    ),
}
_FILES = {
    "labels CSV": "labels.csv",
    "scenes CSV": "scenes.csv",
    "YOLO": "0.txt",
    "VOC": "0.xml",
    "COCO": "coco.json",
}
_LOADERS: dict[str, Callable[..., Any]] = {
    "scenes CSV": load_scenes,
    "YOLO": load_yolo,
    "VOC": load_voc,
    "COCO": load_coco,
}


def write_labels(rng: np.random.Generator, kind: str, folder: Path) -> Path:
    """Write photos and their labels into a folder, and return the path for the loader."""
    if kind == "file names":
        for name in {_NAMES[rng.integers(len(_NAMES))] for _ in range(rng.integers(1, 4))}:
            _write_photo(folder / f"{name}.png")
        return folder
    for name in ("0.png", "1.png")[: 2 if "CSV" in kind else 1]:
        _write_photo(folder / name)
    content = _TEXTS[kind]
    for _ in range(rng.integers(0, 3)):
        content = _exchange(rng, content)
    data = content.encode("utf-8", "surrogatepass")
    path = folder / _FILES[kind]
    path.write_bytes(damage_bytes(rng, data) if rng.random() < 0.3 else data)
    return folder if kind in ("YOLO", "VOC") else path


def _exchange(rng: np.random.Generator, content: str) -> str:
    """Replace a value, which separators bound, by an odd one."""
    starts = [0, *(i + 1 for i, letter in enumerate(content) if letter in _SEPARATORS)]
    start = starts[rng.integers(len(starts))]
    stop = next((i for i in range(start, len(content)) if content[i] in _SEPARATORS), len(content))
    return content[:start] + _VALUES[rng.integers(len(_VALUES))] + content[stop:]


_SEPARATORS = ',\n "<>:[]'


def _write_photo(path: Path) -> None:
    Image.new("RGB", _SIZE, (20, 30, 40)).save(path, "PNG")


def check_labels(kind: str, path: Path) -> tuple[bool, str]:
    """Load labels; return whether they are accepted, and what is wrong with the outcome, or ""."""
    try:
        bunch = _LOADERS.get(kind, load_plates)(path)
    except (ValueError, OSError) as error:
        folder = path if path.is_dir() else path.parent
        names = [path.name, *(each.name for each in folder.iterdir())]
        named = any(name in str(error) or repr(name)[1:-1] in str(error) for name in names)
        return False, "" if named else f"no name of a file: {error!r}"
    except Exception as error:
        return False, repr(error)
    return True, _find_fault(bunch, scenes=kind in _LOADERS)


def _find_fault(bunch: Any, *, scenes: bool) -> str:
    """Return what is wrong with loaded labels, or ""."""
    if not len(bunch.data) == len(bunch.target) > 0:
        return f"{len(bunch.data)} photos and {len(bunch.target)} labels"
    texts = [] if scenes else list(bunch.target)
    if scenes and bunch.texts is not None:
        texts = [text for photo in bunch.texts for text in photo if text]
    for text in texts:
        valid = text and text == unicodedata.normalize("NFC", text) and text.isprintable()
        if not valid or text.strip() != text or "\u200b" in text:
            return f"the text {text!r} is accepted"
    corners = list(bunch.target) if scenes else [sample.corners for sample in bunch.data]
    for quads in corners:
        if quads is None or not len(quads):
            continue
        points = np.asarray(quads, dtype=float)
        # Corners may lie outside by a part of the photo, which its crop replicates.
        if not np.isfinite(points).all() or np.abs(points).max() > 1000:
            return f"the corners {points.tolist()} are accepted"
    return ""
