"""Look through the real plates for what would spoil a training or a figure.

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
# The other kinds are found in good data as well, and counted only.
WORTH_A_LOOK = (
    "unreadable",
    "blank",
    "corners",
    "conflicting_texts",
    "plate_in_two_splits",
    "syntax_mismatch",
)
SHOWN = 10

TEXT = """
What `validate_plates` finds, with the syntax of the country, or, for plates of several countries,
three to ten letters A-Z and digits; eg_char_boxes has none. Splits are those of the sets
themselves. In the last row all sets are looked through together and each set is a split, so that
its duplicates and its plates in two splits are also those between sets. "Near duplicate" counts
neighbouring frames of a film and photos that were published twice.

Plates that two sets have in common: {shared}.

By eye: the near duplicates looked at (13 of 5 sets) show one photo or two frames each. Of the texts
against the syntax, those of us_states are 0 where the plate shows 0000 or 00000; in pe a Z was
read as 2, and FBGT32 is no plate of Peru; those of vn have a letter I for the digit 1, or are of
plates cut off in the image; those of tn are of another kind of plate, with two Arabic letters.

Findings worth a look, at most {shown} a kind and set:

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
    rows.append(to_row("all together", report))
    text = TEXT.format(
        shown=SHOWN, findings="\n".join(findings), shared=", ".join(list_shared(together))
    )
    publish("The real plates, looked through", text, rows, arguments.output)


def load_sets(data: Path) -> Iterator[tuple[str, PlateSyntax | None, Bunch]]:
    """Give the name of each set, what its texts should look like, and its plates."""
    for part in ("scenes", "plates"):
        yield f"ccpd/{part}", CHINA, load_ccpd(data / "ccpd" / part)
    yield "lprnet_pytorch_test", CHINA, load_plates(data / "lprnet_pytorch_test")
    for subset, syntax in OPENALPR.items():
        plates = load_openalpr(data / "openalpr" / "endtoend", subset=subset)
        yield f"openalpr/{subset}", syntax, plates
    for name, syntax in CROPS.items():
        yield f"crops/{name}", syntax, load_plates(data / "crops" / name)


def to_row(name: str, report: Any) -> dict[str, Any]:
    """Give one line of the table."""
    counts = {kind.replace("_", " "): count for kind, count in report.counts.items()}
    return {"set": name, "samples": report.n_samples, "plates": report.n_plates, **counts}


def list_shared(sets: Sequence[tuple[str, Bunch]]) -> Iterator[str]:
    """Give each two sets that have plates in common, and how many."""
    for (name, plates), (other_name, others) in itertools.combinations(sets, 2):
        if shared := len(set(plates.target) & set(others.target)):
            yield f"{name} and {other_name} {shared}"


def list_findings(name: str, issues: pd.DataFrame, data: Path) -> Iterator[str]:
    """Give one line for each kind that is worth a look."""
    for kind in WORTH_A_LOOK:
        found = issues[issues["kind"] == kind]
        if len(found):
            shown = [
                describe(issue, data / name) for issue in found.head(SHOWN).itertuples(index=False)
            ]
            rest = f"; {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            yield f"- {name}, {kind.replace('_', ' ')}: {'; '.join(shown)}{rest}"


def describe(issue: Any, folder: Path) -> str:
    """Name the file and what it is about."""
    file = Path(issue.source).name
    detail = "" if issue.kind == "syntax_mismatch" else f" ({issue.detail.rstrip('.')})"
    return f"`{file}` {issue.text}{detail}".replace(str(folder), "")


if __name__ == "__main__":
    main()
