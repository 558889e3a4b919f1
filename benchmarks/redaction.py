"""Measure how much of each plate PlateRedactor covers when a detector finds it.

Run from the project's root::

    python benchmarks/redaction.py --output benchmarks/results/redaction.md

With annotated corners all of a plate is covered; a detected box may cover a part only.
"""

import warnings
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import load_ccpd, make_plates
from sklearn_lpr.privacy import PlateRedactor


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--margins", type=float, nargs="+", default=[0.1, 0.3, 0.5, 1.0])
    arguments = parser.parse_args()
    sets = {
        "synthetic, Brazil": make_plates(500, layouts="brazil", random_state=0).data,
        "ccpd/plates": load_ccpd(arguments.data / "ccpd" / "plates").data[::5],
    }
    rows = []
    for name, samples in sets.items():
        for margin in arguments.margins:
            fractions = covered(samples, margin)
            found = fractions[fractions > 0]
            rows.append(
                {
                    "set": name,
                    "margin": margin,
                    "photos": len(fractions),
                    "fraction of plates covered in part or whole": len(found) / len(fractions),
                    "of these, below 99 % covered": float(np.mean(found < 0.99)),
                    "of these, below 90 % covered": float(np.mean(found < 0.9)),
                }
            )
    publish(
        "Redaction of detected plates",
        'PlateRedactor(locate="detect", missing="pass"), photos without corners. The last '
        "two columns are fractions of the plates that are covered in part or whole. Photos of "
        "ccpd/plates are windows around the plate, so that wide margins reach their edges.",
        rows,
        arguments.output,
    )


def covered(samples: npt.NDArray[Any], margin: float) -> npt.NDArray[np.float64]:
    """Return the fraction of each plate's pixels that are redacted."""
    redactor = PlateRedactor(locate="detect", missing="pass", margin=margin)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # the report counts the plates that are not found
        results = redactor.transform([PlateImage(sample.source) for sample in samples])
    fractions = []
    for sample, result in zip(samples, results, strict=True):
        changed = (sample.pixels() != result).any(axis=2)
        plate = np.zeros(changed.shape, np.uint8)
        cv2.fillConvexPoly(plate, np.round(sample.corners).astype(np.int32), 1)
        fractions.append(changed[plate > 0].mean())
    return np.array(fractions)


if __name__ == "__main__":
    main()
