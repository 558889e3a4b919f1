"""The code of the user guide runs, from top to bottom, as it says of itself."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

GUIDE = Path(__file__).parents[1] / "docs" / "user_guide.md"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_code_runs(capsys, monkeypatch):
    guide = GUIDE.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE))
    assert len(blocks) == guide.count("```python")
    # A module, so that its classes can be pickled.
    module = ModuleType("user_guide")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks:
        # Blank lines in front, so that a traceback names the guide's own line.
        line = guide.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(GUIDE), "exec"), vars(module))
    assert "platecropper__margin" in capsys.readouterr().out
