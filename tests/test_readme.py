"""The figures in the README are those of the files of results and of the bundled networks."""

import math
import re
from pathlib import Path

import pytest

from sklearn_lpr.applications import bundled_calibration

ROOT = Path(__file__).parents[1]
NAMES = {
    "LPRNet_Pytorch test": "1000 test crops of LPRNet_Pytorch (China)",
    "CCPD scenes": "CCPD scenes (China)",
    "OpenALPR eu": "OpenALPR, Europe",
    "OpenALPR br": "OpenALPR, Brazil",
    "OpenALPR us": "OpenALPR, United States",
    "Argentina": "Argentina",
    "US states": "US states (labels write 0 for O)",
}


def read_rows(path):
    """Return the cells of all tables of a page."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]


def percent(cell):
    """Write a fraction as the README does."""
    return f"{float(cell):.1%}".replace("100.0", "100").replace("%", " %") if cell else ""


def world_rows():
    """Return the table of the bundled recognizer as the README has it."""
    header, _, *rows = read_rows(ROOT / "benchmarks" / "results" / "world_model.md")
    table = [dict(zip(header, row, strict=True)) for row in rows]
    expected = []
    for name, title in NAMES.items():
        for located in ("annotation", "whole crop", "detection"):
            found = {
                row["decoding"]: row
                for row in table
                if (row["set"], row["plates located by"]) == (name, located)
            }
            if not found:
                continue
            cells = [
                percent(found.get(decoding, {}).get(column, ""))
                for column in ("exact match", "exact match, O as 0")
                for decoding in ("all formats", "RapidOCR")
            ]
            first = not expected or expected[-1][-1] != title
            plates = found["all formats"]["plates"]
            expected.append(
                [title if first else "", plates if first else "", located, *cells, title]
            )
    return [row[:-1] for row in expected]


def detector_rows():
    """Return the table of the bundled detector as the README has it."""
    header, _, *rows = read_rows(ROOT / "benchmarks" / "results" / "detector.md")
    table = [dict(zip(header, row, strict=True)) for row in rows]
    names = {
        "ccpd_scenes, held out": "CCPD, half of the scenes",
        "OpenALPR eu": "OpenALPR, Europe",
        "OpenALPR us": "OpenALPR, United States",
        "OpenALPR br": "OpenALPR, Brazil",
    }
    return [
        [names[row["set"]], row["plates"], percent(row["recall"])]
        for row in table
        if row["set"] in names and row["detector"] == "OnnxPlateDetector"
    ]


@pytest.mark.parametrize("row", detector_rows(), ids=" ".join)
def test_results_of_the_bundled_detector(row):
    assert row in read_rows(ROOT / "README.md")


@pytest.mark.parametrize("row", world_rows(), ids=" ".join)
def test_results_of_the_bundled_recognizer(row):
    assert row in read_rows(ROOT / "README.md")


def test_confidences_of_exact_texts():
    calibration = bundled_calibration()
    threshold = f"{math.ceil(100 * calibration.threshold) / 100:.2f}"
    results = (ROOT / "benchmarks" / "results" / "world_model.md").read_text(encoding="utf-8")
    share = re.search(r"the ([\d.]+)% with the highest confidences are 99 % exact", results)[1]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    assert calibration.target_accuracy == 0.99
    assert f"[at least {threshold}](" in readme
    assert f"choose {threshold}. Of the plates" in page
    assert f"training, {calibration.coverage:.0%}".replace("%", " %") in page
    assert f"the {share} % of the plates" in page
