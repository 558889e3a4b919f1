"""Run the code blocks of the documentation, page by page, and check the output below them."""

import re
import sys
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from stand_ins import write_camera, write_data_sets

DOCS = Path(__file__).parents[1] / "docs"

# A block of code, and the output that the page shows directly below it.
BLOCK = re.compile(r"^```python\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)

# What each page prints, among others, where it is not shown.
PRINTED = {
    "augmentation": "",
    "calibration": "PowerMap(exponent=",
    "detection": "median corner error",
    "error_analysis": "Confusions",
    "evaluation": "",
    "fine_tuning": "0123456789A",
    "fusion": "red car: ",
    "how_to_edge": "imported: set()",
    "how_to_motorcycles": "plate_accuracy",
    "how_to_one_camera": "no plate",
    "how_to_rodosol": "motorcycles-me",
    "hyper_parameters": "platecropper__margin",
    "loading_data": "",
    "model_card": "layout",
    "own_estimators": "",
    "persistence": "",
    "pipelines": "photo 0: ",
    "plate_formats": "((",
    "quickstart": "exact match: ",
    "read_photos": "street.png",
    "responsible_use": "",
    "samples": "",
    "segmentation": "[[",
    "serving": "int8.onnx",
    "synthetic_plates": "",
    "training": "0.0",
    "troubleshooting": "character error rate: ",
    "two_rows": "",
}
FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE
NEED_EXPORT = {"detection", "how_to_edge", "serving"}
# Less training on pages that take minutes: what replaces which text.
SHORTER = {
    "quickstart": {
        "make_plates(1000, ": "make_plates(200, ",
        "max_iter=15": "max_iter=2",
        '"lprnetctc__max_iter": [8]': '"lprnetctc__max_iter": [1]',
    }
}
# What writes the data of a page.
STAND_INS = {"how_to_one_camera": write_camera, "how_to_rodosol": write_data_sets}


def read_blocks(path):
    """Return the code blocks of a page: the line in which each starts, code and output."""
    text = path.read_text(encoding="utf-8")
    for longer, shorter in SHORTER.get(path.stem, {}).items():
        assert longer in text
        text = text.replace(longer, shorter)
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == text.count("```python")
    return [(text.count("\n", 0, block.start(1)), block[1], block[2]) for block in blocks]


def test_all_pages_with_code_are_run():
    pages = {path.stem for path in DOCS.glob("*.md") if read_blocks(path)}
    assert pages == set(PRINTED)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:No plate was found in 1 of 17:UserWarning")
@pytest.mark.parametrize("page", PRINTED)
def test_code_runs(page, capsys, monkeypatch, tmp_path):
    if page in NEED_EXPORT and find_spec("onnx") is None:
        pytest.skip("the extra 'export' is not installed")
    monkeypatch.chdir(tmp_path)  # for files that a page writes
    if page in STAND_INS:
        STAND_INS[page](tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    path = DOCS / f"{page}.md"
    # A module, so that its classes can be pickled.
    module = ModuleType(page)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    printed = []
    for line, code, output in read_blocks(path):
        # Pad with blank lines, so that a traceback shows the line number of the page.
        exec(compile("\n" * line + code, str(path), "exec"), vars(module))
        printed.append(capsys.readouterr().out)
        if output is not None and not OutputChecker().check_output(output, printed[-1], FLAGS):
            pytest.fail(f"{path.name}, line {line} prints\n{printed[-1]}\nand shows\n{output}")
    assert PRINTED[page] in "".join(printed)
