"""Measure how much of each plate PlateRedactor covers where a detector has to find it.

Run from the project's root::

    python benchmarks/redaction.py --output benchmarks/results/redaction.md

By annotated corners all of a plate is covered; a detector's boxes may end within it.
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
        "made, Brazil": make_plates(500, layouts="brazil", random_state=0).data,
        "ccpd/plates": load_ccpd(arguments.data / "ccpd" / "plates").data[::5],
    }
    rows = []
    for name, samples in sets.items():
        for margin in arguments.margins:
            shares = covered(samples, margin)
            found = shares[shares > 0]
            rows.append(
                {
                    "set": name,
                    "margin": margin,
                    "photos": len(shares),
                    "some of the plate covered": len(found) / len(shares),
                    "less than 99 % of it": float(np.mean(found < 0.99)),
                    "less than 90 % of it": float(np.mean(found < 0.9)),
                }
            )
    publish(
        "Plates that are redacted by detection",
        'PlateRedactor(locate="detect", missing="pass"), photos without their corners; the last '
        "two columns are shares of the photos in which some of the plate is covered. Photos of "
        "ccpd/plates are windows around the plate, so that wide margins reach their edges.",
        rows,
        arguments.output,
    )


def covered(samples: npt.NDArray[Any], margin: float) -> npt.NDArray[np.float64]:
    """Give the share of each plate's pixels that are changed."""
    redactor = PlateRedactor(locate="detect", missing="pass", margin=margin)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the report counts where none was found
        results = redactor.transform([PlateImage(sample.source) for sample in samples])
    shares = []
    for sample, result in zip(samples, results, strict=True):
        changed = (sample.pixels() != result).any(axis=2)
        plate = np.zeros(changed.shape, np.uint8)
        cv2.fillConvexPoly(plate, np.round(sample.corners).astype(np.int32), 1)
        shares.append(changed[plate > 0].mean())
    return np.array(shares)


if __name__ == "__main__":
    main()
