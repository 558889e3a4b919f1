"""The code of the pages of the guide runs, from top to bottom, as they say of themselves."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("page", "shown"), [("user_guide", "platecropper__margin"), ("trust", "PowerMap(exponent=")]
)
def test_code_runs(page, shown, capsys, monkeypatch):
    path = DOCS / f"{page}.md"
    guide = path.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE))
    assert len(blocks) == guide.count("```python")
    # A module, so that its classes can be pickled.
    module = ModuleType(page)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks:
        # Blank lines in front, so that a traceback names the guide's own line.
        line = guide.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(path), "exec"), vars(module))
    assert shown in capsys.readouterr().out
