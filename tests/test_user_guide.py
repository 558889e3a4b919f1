"""Run the code blocks of the documentation, page by page."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[1] / "docs"

# What each page prints, among others.
PRINTED = {
    "augmentation": "",
    "calibration": "PowerMap(exponent=",
    "detection": "median corner error",
    "error_analysis": "Confusions",
    "evaluation": "",
    "fine_tuning": "0123456789A",
    "fusion": "red car: ",
    "hyper_parameters": "platecropper__margin",
    "loading_data": "rare_character",
    "model_card": "layout",
    "own_estimators": "",
    "persistence": "",
    "pipelines": "photo 0: ",
    "plate_formats": "((",
    "quickstart": "exact match: ",
    "responsible_use": "province",
    "samples": "",
    "segmentation": "[[",
    "serving": "int8.onnx",
    "synthetic_plates": "WQ-523",
    "training": "0.0",
    "troubleshooting": "character error rate: ",
    "two_rows": "[2 2 2",
}
NEED_EXPORT = {"detection", "serving"}


def read_blocks(path):
    """Return the code blocks of a page, each with the line in which it starts."""
    text = path.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    assert len(blocks) == text.count("```python")
    return [(text.count("\n", 0, block.start(1)), block[1]) for block in blocks]


def test_all_pages_with_code_are_run():
    pages = {path.stem for path in DOCS.glob("*.md") if read_blocks(path)}
    assert pages == set(PRINTED)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("page", PRINTED)
def test_code_runs(page, capsys, monkeypatch, tmp_path):
    if page in NEED_EXPORT and find_spec("onnx") is None:
        pytest.skip("the extra 'export' is not installed")
    monkeypatch.chdir(tmp_path)  # for files that a page writes
    monkeypatch.setenv("MPLBACKEND", "Agg")
    path = DOCS / f"{page}.md"
    # A module, so that its classes can be pickled.
    module = ModuleType(page)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for line, code in read_blocks(path):
        # Pad with blank lines, so that a traceback shows the line number of the page.
        exec(compile("\n" * line + code, str(path), "exec"), vars(module))
    assert PRINTED[page] in capsys.readouterr().out
