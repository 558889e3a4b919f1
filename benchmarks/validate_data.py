"""Check the real plates for errors that would affect training or test results.

Run from the project's root::

    python benchmarks/validate_data.py --data ../shared/data \
        --output benchmarks/results/validate_data.md
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _report import add_data_argument, argument_parser, publish
from sklearn.utils import Bunch

from sklearn_lpr.datasets import load_ccpd, load_openalpr, load_plates, validate_plates
from sklearn_lpr.syntax import (
    ARGENTINA,
    BRAZIL,
    CHINA,
    LATIN,
    PERU,
    TUNISIA,
    UZBEKISTAN,
    VIETNAM,
    PlateSyntax,
)

CROPS = {
    "cn_lyl8213": CHINA,
    "uz": UZBEKISTAN,
    "vn": VIETNAM,
    "vn_pbl4": VIETNAM,
    "tn": TUNISIA,
    "pe": PERU,
    "eu_mixed": LATIN,
    "br_noisy": BRAZIL,
    "us_states": LATIN,
    "ar": ARGENTINA,
    "eg_char_boxes": None,
}
OPENALPR = {"eu": LATIN, "us": LATIN, "br": BRAZIL}
# The other kinds occur in valid data, too, and are only counted.
REPORTED = (
    "unreadable",
    "blank",
    "corners",
    "conflicting_texts",
    "plate_in_two_splits",
    "syntax_mismatch",
)
SHOWN = 10

TEXT = """
The issues found by `validate_plates`, with the plate format of the country or, for several
countries, three to ten letters A-Z and digits; eg_char_boxes has no format. Splits are those of the
data sets. In the last row all data sets are checked together, each as one split, so that duplicates
and plates in two splits include those across data sets. "Near duplicate" counts neighbouring frames
of a video and photos that were published twice.

Plates that two data sets have in common: {shared}.

Inspection: the near duplicates inspected (13 of 5 data sets) show the same photo or two frames. Of
the texts that do not match the format, those of us_states are 0 where the plate shows 0000 or
00000; in pe a Z was transcribed as 2, and FBGT32 is not a plate of Peru; those of vn have a letter
I in place of the digit 1, or belong to plates cut off at the edge of the image; those of tn belong
to another type of plate, with two Arabic letters.

Issues, at most {shown} for each kind and data set:

{findings}

Issues by kind:
"""


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    rows, findings, together = [], [], []
    for name, syntax, plates in load_sets(arguments.data):
        report = validate_plates(
            plates.data, plates.target, syntax=syntax, splits=plates.frame.get("split"), n_jobs=2
        )
        rows.append(to_row(name, report))
        findings += list(list_findings(name, report.issues, arguments.data))
        together.append((name, plates))
    report = validate_plates(
        np.concatenate([plates.data for _, plates in together]),
        np.concatenate([plates.target for _, plates in together]),
        splits=[name for name, plates in together for _ in plates.data],
        n_jobs=2,
    )
    rows.append(to_row("all data sets", report))
    text = TEXT.format(
        shown=SHOWN, findings="\n".join(findings), shared=", ".join(list_shared(together))
    )
    publish("Validation of the real plates", text, rows, arguments.output)


def load_sets(data: Path) -> Iterator[tuple[str, PlateSyntax | None, Bunch]]:
    """Yield the name of each data set, its plate format, and its plates."""
    for part in ("scenes", "plates"):
        yield f"ccpd/{part}", CHINA, load_ccpd(data / "ccpd" / part)
    yield "lprnet_pytorch_test", CHINA, load_plates(data / "lprnet_pytorch_test")
    for subset, syntax in OPENALPR.items():
        plates = load_openalpr(data / "openalpr" / "endtoend", subset=subset)
        yield f"openalpr/{subset}", syntax, plates
    for name, syntax in CROPS.items():
        yield f"crops/{name}", syntax, load_plates(data / "crops" / name)


def to_row(name: str, report: Any) -> dict[str, Any]:
    """Return a row of the table."""
    counts = {kind.replace("_", " "): count for kind, count in report.counts.items()}
    return {"set": name, "samples": report.n_samples, "plates": report.n_plates, **counts}


def list_shared(sets: Sequence[tuple[str, Bunch]]) -> Iterator[str]:
    """Yield each pair of data sets with plates in common, and their number."""
    for (name, plates), (other_name, others) in itertools.combinations(sets, 2):
        if shared := len(set(plates.target) & set(others.target)):
            yield f"{name} and {other_name} {shared}"


def list_findings(name: str, issues: pd.DataFrame, data: Path) -> Iterator[str]:
    """Yield a line for each kind of issue that is reported."""
    for kind in REPORTED:
        found = issues[issues["kind"] == kind]
        if len(found):
            shown = [
                describe(issue, data / name) for issue in found.head(SHOWN).itertuples(index=False)
            ]
            rest = f"; {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            yield f"- {name}, {kind.replace('_', ' ')}: {'; '.join(shown)}{rest}"


def describe(issue: Any, folder: Path) -> str:
    """Return the file, the text and the detail of an issue."""
    file = Path(issue.source).name
    detail = "" if issue.kind == "syntax_mismatch" else f" ({issue.detail.rstrip('.')})"
    return f"`{file}` {issue.text}{detail}".replace(str(folder), "")


if __name__ == "__main__":
    main()
