"""Run the code blocks of the documentation, page by page."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[1] / "docs"


needs_export = pytest.mark.skipif(
    find_spec("onnx") is None,
    reason="the extra 'export' is not installed",
)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("page", "printed"),
    [
        ("user_guide", "platecropper__margin"),
        ("error_analysis", "Confusions"),
        ("calibration", "PowerMap(exponent="),
        ("fusion", "red car: "),
        pytest.param("detection", "median corner error", marks=needs_export),
        pytest.param("serving", "int8.onnx", marks=needs_export),
        ("model_card", "layout"),
        ("responsible_use", "province"),
    ],
)
def test_code_runs(page, printed, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # for files that a page writes
    path = DOCS / f"{page}.md"
    text = path.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    assert len(blocks) == text.count("```python")
    # A module, so that its classes can be pickled.
    module = ModuleType(page)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks:
        # Pad with blank lines, so that a traceback shows the line number of the page.
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(path), "exec"), vars(module))
    assert printed in capsys.readouterr().out
