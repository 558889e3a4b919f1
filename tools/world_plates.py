"""The plates that train the bundled recognizer, and those that are held out to validate it."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.utils import Bunch

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr._detection._small_image import add_surroundings
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.detection import OnnxPlateDetector
from sklearn_lpr.images import check_images
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, RowJoiner
from sklearn_lpr.syntax import CHINA_7

__all__ = [
    "ALPHABET",
    "IMAGE_SIZE",
    "N_PLATES_PER_EPOCH",
    "SOURCES",
    "PlateSet",
    "Source",
    "draw_crops",
    "held_out_plates",
    "held_out_samples",
    "is_held_out",
    "load_sources",
    "locate_plates",
    "real_plates",
    "synthetic_layouts",
    "synthetic_plates",
]

Images = npt.NDArray[np.uint8]

# The network's images: plates of two characters' height and more in a crop need as many pixels.
IMAGE_SIZE = {"height": 32, "width": 128}

# The real sets with their licences, and how many of their plates are in an epoch.
SOURCES = {
    "ccpd/plates": ("CCPD (MIT), from a carrier under CC BY-NC 4.0", 9000),
    "cn_lyl8213": ("none stated", 5000),
    "eu": ("OpenALPR train-detector, AGPL-3.0", 5000),
    "eu_two_rows": ("OpenALPR train-detector, AGPL-3.0", 2500),
    "eu_mixed": ("none stated", 2500),
    "br": ("OpenALPR train-detector, AGPL-3.0", 4500),
    "world": ("Open Images, CC BY 4.0 (photos CC BY 2.0)", 5000),
    "us_in": ("Apache-2.0, data MIT", 3000),
    "in": ("none stated", 1000),
    "in_bus": ("CC BY 4.0", 500),
    "ro_tracks": ("MIT", 800),
    "ru": ("none stated", 500),
    "vn": ("none stated", 2500),
    "vn_pbl4": ("none stated", 1500),
    "uz": ("none stated", 1500),
    "tn": ("Zindi challenge data", 1000),
    "pe": ("none stated", 1000),
}

_PROVINCES = "".join(dict.fromkeys("".join(CHINA_7.positions[0][0])))
_SPECIAL = "学挂警港澳使领"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜŠ" + "".join(
    dict.fromkeys(_PROVINCES + _SPECIAL)
)

# The text of nine crops of `vn`, at least two of which show other plates.
_WRONG_TEXTS = {"51H21227"}

# Percent of the plate numbers that validate; they are held out from all sets at once.
_HELD_OUT = 8

_FONTS = {
    "fe": "gl-nummernschild/GL-Nummernschild-Mtl.ttf",
    "fe-narrow": "gl-nummernschild/GL-Nummernschild-Eng.ttf",
    "din": "alte-din1451/din1451alt.ttf",
    "din-embossed": "alte-din1451/din1451alt-G.ttf",
    "china": "cn-ga36/GA36-140.ttf",
    "china-green": "cn-ga36/GA36-green.ttf",
    "vietnam": "own-consensus/own-vn.ttf",
    "france": "openalpr-consensus/oa-france.ttf",
    "netherlands": "openalpr-consensus/oa-netherlands.ttf",
    "belgium": "openalpr-consensus/oa-belgium.ttf",
    "germany": "openalpr-consensus/oa-germany.ttf",
    "uk": "openalpr-consensus/oa-uk.ttf",
    "brazil": "openalpr-consensus/oa-brazil.ttf",
    "serbia": "openalpr-consensus/oa-serbia.ttf",
    "road-b": "roadgeek/RG2014B.ttf",
    "road-c": "roadgeek/RG2014C.ttf",
    "road-d": "roadgeek/RG2014D.ttf",
    "barlow-500": "barlow-condensed/barlow-condensed-500.ttf",
    "barlow-600": "barlow-condensed/barlow-condensed-600.ttf",
    "barlow-700": "barlow-condensed/barlow-condensed-700.ttf",
    "saira": "saira-condensed/saira-condensed-500.ttf",
    "saira-narrow-500": "saira-extra-condensed/saira-extra-condensed-500.ttf",
    "saira-narrow-600": "saira-extra-condensed/saira-extra-condensed-600.ttf",
    "archivo": "archivo-narrow/archivo-narrow-600.ttf",
    "russia": "ru-roadnumbers/RoadNumbers-latin.ttf",
}
_EUROPE = ("fe", "din", "din-embossed", "germany", "france", "belgium", "uk", "barlow-600")
_AMERICA = (
    *("road-b", "road-b", "road-c", "road-c", "road-d", "barlow-500", "barlow-600"),
    *("barlow-700", "saira", "saira-narrow-500", "saira-narrow-600", "archivo", "din"),
)

# Synthetic plates: layout, how many are in an epoch, typefaces.
_SYNTHETIC: dict[str, tuple[int, tuple[str, ...]]] = {
    "china": (7000, ("china",)),
    "china_green": (2000, ("china-green",)),
    "eu": (2000, (*_EUROPE, "serbia", "fe-narrow", "archivo")),
    "eu_others": (2000, (*_EUROPE, "serbia", "fe-narrow", "archivo")),
    "eu_two_rows": (2000, (*_EUROPE, "serbia", "archivo")),
    "france": (700, ("france", "din", "din-embossed", "barlow-600")),
    "germany": (1500, ("fe", "fe", "germany", "fe-narrow")),
    "netherlands": (700, ("netherlands", "netherlands", "din", "barlow-600")),
    "great_britain": (1000, ("uk", "uk", "barlow-700")),
    "poland": (700, ("din", "barlow-600", "archivo")),
    "spain": (500, ("din", "din-embossed")),
    "italy": (700, ("din", "barlow-600", "france")),
    "romania": (500, ("din", "din-embossed")),
    "israel": (400, ("din", "barlow-600", "road-c")),
    "united_states": (13000, _AMERICA),
    "brazil": (1500, ("brazil", "brazil", "din", "barlow-600")),
    "brazil_special": (500, ("brazil", "brazil", "din", "barlow-600")),
    "brazil_two_rows": (700, ("brazil", "brazil", "din", "barlow-600")),
    "argentina": (2500, ("fe", "barlow-600", "din", "saira", "brazil", "road-c")),
    "mercosur": (1800, ("fe",)),
    "india": (1500, (*_AMERICA, "uk")),
    "russia": (500, ("russia", "din-embossed")),
    "peru": (300, ("din", "barlow-600", "fe", "road-c")),
    "tunisia": (300, ("din", "barlow-600")),
    "uzbekistan": (300, ("fe", "din")),
    "vietnam": (1500, ("vietnam", "din", "barlow-600")),
}
# Plates of no country: characters at random, so that the network learns no format by heart.
_ANY_FORMATS = (
    *("@@####", "@@@###", "@@@####", "@@#####", "######", "#####", "#@@####", "##@@##"),
    *("@#####", "@@##@@@", "@@@@###", "###@@@", "####@@", "####@@@", "@@@##@", "#######"),
    *("@@##@@####", "@###@@", "##@####", "@@@@##", "?????", "??????", "???????", "????????"),
)
_ANY_PLATES = 5000

N_PLATES_PER_EPOCH = (
    sum(number for _, number in SOURCES.values())
    + sum(number for number, _ in _SYNTHETIC.values())
    + _ANY_PLATES
)

# How many times as many different synthetic plates there are as an epoch has.
_VARIETY = 4

# A detection that covers less of a crop is a mistake more often than a plate.
_LEAST_AREA = 0.12

# Whole crops in which the plate covers less than this are seldom kept for training: in use the
# detector finds the plate in them.
_LOOSE = 0.4
_LOOSE_KEPT = 0.3

# The margins of crops rectified by corners, which the recognizer must accept.
_MARGINS = (0.0, 0.03, 0.06, 0.1)


class PlateSet(NamedTuple):
    """Plates of one origin as the network takes them.

    Parameters
    ----------
    name : str
    images : ndarray of shape (n_plates, 32, 128, 3), dtype uint8
    texts : ndarray of shape (n_plates,), dtype str
    n_per_epoch : int
    """

    name: str
    images: Images
    texts: npt.NDArray[np.str_]
    n_per_epoch: int


class Source(NamedTuple):
    """The photos or crops of a real set, and the number of rows of each plate."""

    plates: list[PlateImage]
    texts: npt.NDArray[np.str_]
    rows: npt.NDArray[np.int_]


def load_sources(data: Path) -> dict[str, Source]:
    """Load the real sets, without plates whose texts are wrong or not in the alphabet."""
    sources = {}
    for name in SOURCES:
        if name == "ccpd/plates":
            bunch = load_ccpd(data / name)
            rows = np.ones(len(bunch.target), int)
        else:
            bunch = load_plates(data / "crops" / name)
            column = bunch.frame.get("rows")
            rows = np.ones(len(bunch.target), int) if column is None else column.astype(int)
        texts = np.char.upper(bunch.target)
        known = [set(text) <= set(ALPHABET) and text not in _WRONG_TEXTS for text in texts]
        if not all(known):
            print(f"{name}: {len(known) - sum(known)} plates left out")
        kept = np.flatnonzero(known)
        sources[name] = Source(
            [bunch.data[index] for index in kept], texts[kept], np.asarray(rows)[kept]
        )
    return sources


def is_held_out(texts: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """Return which plates validate: the same for a plate number in all sets."""
    return np.array([zlib.crc32(text.encode()) % 100 < _HELD_OUT for text in texts])


def real_plates(sources: dict[str, Source], seed: int) -> list[PlateSet]:
    """Return the real plates that train."""
    sets = []
    for name, source in sources.items():
        chosen = np.flatnonzero(~is_held_out(source.texts))
        plates = [source.plates[index] for index in chosen]
        texts, rows = source.texts[chosen], source.rows[chosen]
        views = _views(plates, rows, np.random.default_rng(seed))
        images = np.concatenate([images for _, images in views])
        view_texts = np.concatenate([texts[indices] for indices, _ in views])
        sets.append(PlateSet(name, images, view_texts, SOURCES[name][1]))
        print(f"{name}: {len(chosen)} plates, {len(images)} crops", flush=True)
    return sets


def synthetic_plates(fonts: Path | None, seed: int, variety: int = _VARIETY) -> list[PlateSet]:
    """Return the synthetic plates that train.

    `fonts` is None for the fonts of OpenCV. `variety` is how many times as many different plates
    there are as an epoch has.
    """
    anywhere = sorted({*_EUROPE, *_AMERICA, "brazil", "vietnam"})
    kinds: list[tuple[str, int, Sequence[str], dict[str, Any]]] = [
        *((name, number, faces, {"layouts": name}) for name, (number, faces) in _SYNTHETIC.items()),
        ("of no country", _ANY_PLATES, anywhere, {"syntaxes": _ANY_FORMATS}),
    ]
    sets = []
    for index, (name, n_per_epoch, faces, parameters) in enumerate(kinds):
        files = None if fonts is None else [fonts / _FONTS[face] for face in faces]
        n_plates = variety * n_per_epoch
        images, texts = _draw_plates(name, n_plates, [seed, index], typefaces=files, **parameters)
        sets.append(PlateSet(f"synthetic {name}", images, texts, n_per_epoch))
    return sets


def held_out_plates(sources: dict[str, Source]) -> dict[str, list[tuple[Images, Any]]]:
    """Return the views of the plates that validate, with their texts, by set."""
    held_out = {}
    for name, source in sources.items():
        chosen = np.flatnonzero(is_held_out(source.texts))
        plates = [source.plates[index] for index in chosen]
        views = _views(plates, None, np.random.default_rng(0))
        held_out[name] = [(images, source.texts[chosen][indices]) for indices, images in views]
    return held_out


def held_out_samples(sources: dict[str, Source]) -> tuple[list[PlateImage], list[str]]:
    """Return the plates that validate as users pass them, and their texts."""
    chosen = [
        (plate, text)
        for source in sources.values()
        for plate, text, held_out in zip(
            source.plates, source.texts.tolist(), is_held_out(source.texts), strict=True
        )
        if held_out
    ]
    return [plate for plate, _ in chosen], [text for _, text in chosen]


def _views(
    plates: list[PlateImage], rows: npt.NDArray[np.int_] | None, rng: np.random.Generator
) -> list[tuple[npt.NDArray[np.intp], Images]]:
    """Return the crops as users pass them: as they are or boxed, and rectified by corners.

    `rows` is the true number of rows of each plate; None lets `RowJoiner` estimate it.
    """
    every = whole = np.arange(len(plates))
    annotated = np.array([plate.corners is not None for plate in plates])
    if annotated.all():
        boxed = PlateCropper(rectify=False, n_jobs=-1).transform(plates)
        rectified, found = plates, every
    else:
        boxed = check_images(plates)
        boxed = [image.pixels() if isinstance(image, PlateImage) else image for image in boxed]
        rectified, found, areas = locate_plates(boxed)
        if rows is not None:
            loose = found[areas < _LOOSE]
            whole = np.setdiff1d(every, loose[rng.random(len(loose)) >= _LOOSE_KEPT])
    margins = rng.choice(_MARGINS, len(found))
    crops = [
        PlateCropper(margin=float(margin)).transform([plate])[0]
        for plate, margin in zip(rectified, margins, strict=True)
    ]
    views = [
        (
            whole,
            _normalize([boxed[index] for index in whole], None if rows is None else rows[whole]),
        )
    ]
    if len(found):
        views.append((found, _normalize(crops, None if rows is None else rows[found])))
    return views


def locate_plates(
    crops: list[Images],
) -> tuple[list[PlateImage], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Find the corners of plates in crops; leave out crops in which the detector finds none.

    The last array is the fraction of each crop that its plate covers.
    """
    padded = [add_surroundings(crop)[0] for crop in crops]
    detections = OnnxPlateDetector(threshold=0.5, n_jobs=-1).detect(padded)
    plates, found, areas = [], [], []
    for index, (crop, photo, corners) in enumerate(zip(crops, padded, detections, strict=True)):
        if corners is None:
            continue
        area = cv2.contourArea(corners.astype(np.float32)) / (crop.shape[0] * crop.shape[1])
        if _LEAST_AREA < area < 1.5:
            plates.append(PlateImage(photo, corners=corners))
            found.append(index)
            areas.append(area)
    return plates, np.array(found, dtype=int), np.array(areas)


def _normalize(crops: list[Images], rows: npt.NDArray[np.int_] | None) -> Images:
    """Join rows and resize."""
    if rows is None:
        joined = RowJoiner(n_jobs=-1).transform(crops)
    else:
        joined = np.empty(len(crops), object)
        for index, (crop, n_rows) in enumerate(zip(crops, rows, strict=True)):
            if n_rows == 1:
                joined[index] = crop
                continue
            joiner = RowJoiner()
            found = joiner.count_rows([crop])[0]
            joined[index] = (joiner if found == 2 else RowJoiner(rows=2)).transform([crop])[0]
    return PlateNormalizer(**IMAGE_SIZE, n_jobs=-1).transform(joined)


def synthetic_layouts(fonts: Path) -> dict[str, list[Path]]:
    """Return the typefaces of each layout of synthetic plates."""
    return {
        layout: [fonts / _FONTS[face] for face in faces]
        for layout, (_, faces) in _SYNTHETIC.items()
    }


def _draw_plates(
    name: str, n_plates: int, seed: list[int], **parameters: Any
) -> tuple[Images, npt.NDArray[np.str_]]:
    """Draw synthetic plates with their rows joined, as the network takes them."""
    crops, bunch = draw_crops(n_plates, seed, **parameters)
    rows = bunch.frame["rows"].to_numpy()
    joined = RowJoiner(n_jobs=-1).count_rows(crops) == rows
    known = [set(text) <= set(ALPHABET) for text in bunch.target]
    kept = np.flatnonzero(joined & known)
    print(
        f"synthetic {name}: {len(kept)} plates; {np.mean(~joined):.1%} left out, as their rows are "
        "not found",
        flush=True,
    )
    return _normalize([crops[index] for index in kept], rows[kept]), bunch.target[kept]


def draw_crops(n_plates: int, seed: list[int], **parameters: Any) -> tuple[list[Images], Bunch]:
    """Draw synthetic plates, cropped by their corners or, a quarter of them, by their box.

    Parameters
    ----------
    n_plates : int
    seed : list of int
    **parameters
        Parameters of `make_plates`.

    Returns
    -------
    crops : list of ndarray of shape (height, width, 3), dtype uint8
    bunch : Bunch
        The result of `make_plates`.
    """
    rng = np.random.default_rng(seed)
    bunch = make_plates(
        n_plates,
        **parameters,
        dirt=0.1,
        night=0.1,
        n_jobs=2,
        random_state=int(rng.integers(2**31)),
    )
    crops = []
    for plate in bunch.data:
        if rng.random() < 0.25:
            cropper = PlateCropper(rectify=False, margin=float(rng.choice((0.0, 0.05))))
        else:
            cropper = PlateCropper(margin=float(rng.choice(_MARGINS)))
        crops.append(cropper.transform([plate])[0])
    return crops, bunch
