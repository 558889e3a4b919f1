"""Measure how accurately RowJoiner distinguishes two-row from one-row plates.

Run from the project's root::

    python benchmarks/rows.py --data ../shared/data --output benchmarks/results/rows.md
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.preprocessing import PlateCropper, RowJoiner

TWO_ROWS = ("@@@\n####", "@@\n@####", "##-@#\n###.##", "##@\n##@@", "@@@@\n###", "[京沪苏]@\n#####")
ONE_ROW = ("@@@####", "@@@#@##", "@@-###@@", "@@##@@", "@@###", "@###")
CROPPERS = (PlateCropper(), PlateCropper(margin=0.1), PlateCropper(rectify=False))
# Whether the constants were chosen on the data set. All plates have one row, except those below.
CROPS = {
    "vn": True,
    "vn_pbl4": True,
    "cn_lyl8213": True,
    "eu_mixed": True,
    "uz": True,
    "tn": True,
    "pe": True,
    "br_noisy": True,
    "eg_char_boxes": True,
    "ar": False,
    "us_states": False,
}
# File names of two-row plates, found by inspection.
CROPS_OF_TWO_ROWS = {
    "uz": (
        "01G063NB_883e26",
        "01L767HA_296751",
        "01O111NA_f1c7b9",
        "01O517OB_822633",
        "01W210JZ_425c08",
    ),
    "tn": ("95", "193", "278", "345", "477", "576", "607", "825"),
}

TEXT = """
The accuracy of `RowJoiner().count_rows`. "By aspect ratio" counts crops more than 2.5 times as wide
as high, which are taken as one row without further analysis. The constants were chosen on other
synthetic plates and on the real data sets marked "yes"; the figures of the others were seen once
before the last choice, that of the minimum ratio of the rows' heights. "Box" is a crop with
`rectify=False`; the crops of uz, tn, eu_mixed and br_noisy are loose axis-aligned boxes around
plates that are often tilted.

The plates of pe, br_noisy, ar and us_states carry captions; those of eg_char_boxes have a field
with a caption about half as high as the characters, which is often counted as a row.
"""


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = [
        {"set": name, "chosen on": chosen_on, **measure(crops, expected)}
        for name, chosen_on, crops, expected in load_sets(arguments.data)
    ]
    publish("RowJoiner: one-row and two-row plates", TEXT, rows, arguments.output)


def load_sets(data: Path) -> Iterator[tuple[str, str, npt.NDArray[np.object_], int]]:
    """Yield each set's name, whether constants were chosen on it, its crops and their rows."""
    for number, syntaxes, seed in (("two", TWO_ROWS, 2), ("one", ONE_ROW, 3)):
        plates = make_plates(1000, syntaxes=syntaxes, random_state=seed).data
        for cropper in CROPPERS:
            crop = f"margin {cropper.margin:g}" if cropper.rectify else "box"
            yield (
                f"synthetic, {number}, {crop}",
                "no",
                cropper.transform(plates),
                1 + (number == "two"),
            )
    ccpd = load_ccpd(data / "ccpd" / "plates").data
    for cropper in CROPPERS:
        crop = f"margin {cropper.margin:g}" if cropper.rectify else "box"
        yield f"ccpd/plates, {crop}", "yes", cropper.transform(ccpd), 1
    for name, chosen_on in CROPS.items():
        samples = load_plates(data / "crops" / name).data
        two_rows = np.array([stem(sample) in CROPS_OF_TWO_ROWS.get(name, ()) for sample in samples])
        for number, chosen in ((1, samples[~two_rows]), (2, samples[two_rows])):
            if len(chosen):
                crops = PlateCropper(missing="whole").transform(chosen)
                yield (
                    f"{name}, {number} row{'s' * (number > 1)}",
                    "yes" if chosen_on else "no",
                    crops,
                    number,
                )


def stem(sample: PlateImage) -> str:
    return Path(str(sample.source)).stem


def measure(crops: npt.NDArray[np.object_], expected: int) -> dict[str, Any]:
    """Return a row of the table."""
    joiner = RowJoiner()
    counts, seconds = [], []
    for crop in crops:
        start = time.perf_counter()
        counts.extend(joiner.count_rows([crop]))
        seconds.append(time.perf_counter() - start)
    n_correct = sum(count == expected for count in counts)
    return {
        "rows": expected,
        "plates": len(crops),
        "by aspect ratio": sum(crop.shape[1] > 2.5 * crop.shape[0] for crop in crops),
        "errors": len(crops) - n_correct,
        "accuracy": f"{n_correct / len(crops):.4f}",
        "median ms": f"{1000 * statistics.median(seconds):.2f}",
    }


if __name__ == "__main__":
    main()
