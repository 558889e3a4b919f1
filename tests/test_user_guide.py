"""The code of the documentation's pages runs, from top to bottom, as they say of themselves."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("page", "printed"),
    [
        ("user_guide", "platecropper__margin"),
        ("inspection", "Most confused"),
        ("trust", "PowerMap(exponent="),
        ("fusion", "red car: "),
        pytest.param(
            "serving",
            "int8.onnx",
            marks=pytest.mark.skipif(
                not (find_spec("onnx") and find_spec("onnxruntime")),
                reason="the extra 'export' is not installed",
            ),
        ),
        ("model_card", "layout"),
        ("responsible_use", "province"),
    ],
)
def test_code_runs(page, printed, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # for files that a page writes
    path = DOCS / f"{page}.md"
    guide = path.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE))
    assert len(blocks) == guide.count("```python")
    # A module, so that its classes can be pickled.
    module = ModuleType(page)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks:
        # Blank lines in front, so that a traceback names the page's own line.
        line = guide.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(path), "exec"), vars(module))
    assert printed in capsys.readouterr().out
