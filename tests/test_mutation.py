"""The mutation run of `benchmarks/mutation.py`: its mutants, its sandbox, its choice of tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [
    pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not part of the distribution"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the sandbox forks"),
]

MODULE = '''
def area(width: int | None, height: int = 3) -> int | None:
    """Return 2 * 3."""
    return width * height
'''


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")


def test_mutants_change_code_but_no_annotation(benchmarks, tmp_path):
    pytest.importorskip("cosmic_ray")
    from _mutants import draw_mutants

    (tmp_path / "area.py").write_text(MODULE)
    default, product = sorted(
        draw_mutants(tmp_path, ["area.py"], n_mutants=10, seed=0), key=lambda each: each.line
    )
    assert [default.module, default.line, product.line] == ["area.py", 2, 4]
    assert default.after.replace(" ", "") in [
        f"defarea(width:int|None,height:int={number})->int|None:" for number in (2, 4)
    ]
    assert product.before == "return width * height"
    assert product.after.split(" ")[2] in (
        "+",
        "-",
        "/",
        "//",
        "%",
        "**",
        "<<",
        ">>",
        "&",
        "|",
        "^",
    )
    assert product.source == MODULE.replace(product.before, product.after)


def test_a_larger_sample_begins_with_the_smaller_one(benchmarks):
    pytest.importorskip("cosmic_ray")
    from _mutants import draw_mutants

    modules = ["sklearn_lpr/_texts.py", "sklearn_lpr/images/_boxes.py"]
    large = draw_mutants(ROOT, modules, n_mutants=8, seed=0)
    assert draw_mutants(ROOT, modules, n_mutants=5, seed=0) == large[:5]
    assert draw_mutants(ROOT, modules, n_mutants=5, seed=1) != large[:5]
    assert {mutant.module for mutant in large} == set(modules)
    for mutant in large:
        compile(mutant.source, mutant.module, "exec")


SCRIPT = """
import sys
from pathlib import Path
import _mutation_sandbox
from _mutation_sandbox import Sandbox

_mutation_sandbox._LIBRARIES = ()
with Sandbox(Path(sys.argv[1]), timeout=int(sys.argv[2])) as sandbox:
    for source in sys.argv[3:]:
        module = "sklearn_lpr/area.py" if source else ""
        outcome = sandbox.run(["tests/test_area.py"], module, source)
        print(outcome.result, outcome.test)
"""


def run_sandbox(folder, timeout, *sources):
    (folder / "sklearn_lpr").mkdir()
    (folder / "tests").mkdir()
    (folder / "sklearn_lpr" / "__init__.py").touch()  # it comes before an installed package
    (folder / "sklearn_lpr" / "area.py").write_text(MODULE)
    (folder / "tests" / "test_area.py").write_text(
        "from sklearn_lpr.area import area\n\ndef test_area():\n    assert area(2) == 6\n"
    )
    (folder / "conftest.py").touch()
    (folder / "pyproject.toml").touch()
    before = sorted(folder.rglob("*"))
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(timeout), *sources],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert sorted(folder.rglob("*")) == before
    assert (folder / "sklearn_lpr" / "area.py").read_text() == MODULE
    return answer.stdout.splitlines()


def test_the_sandbox_judges_each_change_and_leaves_the_repository_alone(tmp_path):
    name = "tests/test_area.py"
    killed = f"killed {name}::test_area"
    wrong, other = MODULE.replace("width *", "width +"), MODULE.replace("width *", "width -")
    unread = MODULE.replace("def area", "def other")
    same = MODULE.replace("width * height", "height * width")
    assert run_sandbox(tmp_path, 60, "", wrong, "", other, same, unread) == [
        *["survived ", killed, "survived ", killed, "survived ", f"killed {name}"]
    ]


def test_a_change_without_an_end_is_a_timeout(tmp_path):
    endless = MODULE.replace("return width", "while True: pass\n    return width")
    assert run_sandbox(tmp_path, 3, endless) == ["timeout "]


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "sklearn_lpr").is_dir(), reason="needs the checkout")
def test_modules_have_tests_of_their_own(benchmarks):
    from _mutation_targets import computing_modules, related_tests

    modules = computing_modules(ROOT)
    assert "sklearn_lpr/decoding/_ctc.py" in modules
    assert all((ROOT / module).is_file() for module in modules)
    first, others = related_tests(ROOT, "sklearn_lpr/_detection/_photo_search.py")
    assert first == [
        "sklearn_lpr/_detection/_photo_search.py",
        "tests/detection/test_photo_search.py",
    ]
    assert "tests/detection/test_onnx_detector.py" in others
    first, _ = related_tests(ROOT, "sklearn_lpr/images/_decoding.py")
    assert "tests/images/test_reading.py" in first  # which imports is_blank
    for module in modules:
        first, others = related_tests(ROOT, module)
        assert all((ROOT / test).is_file() for test in first + others)
        assert not set(first) & set(others)
