"""Tests of the layers of the package: which module may import which other one.

All tests read the source files. None of them imports the modules under test, except the last ones,
which import the package in a new process.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_lpr

PACKAGE = Path(sklearn_lpr.__file__).parent

# From the lowest to the highest layer. A module imports from lower layers and from itself, never
# from another module of its own layer. Every module and package of `sklearn_lpr` must be listed.
LAYERS = (
    ("_compat", "_sklearn_compat", "_arrays", "_random", "_character_alignment", "_files"),
    ("_locks", "_thread_limit", "_texts"),
    ("_npz", "_onnx_content", "_estimator", "images", "base", "pretrained"),
    ("_onnx_file", "_groups"),
    ("augmentation", "syntax", "metrics"),
    ("_detection",),
    ("preprocessing", "datasets", "model_selection"),
    ("networks", "decoding", "privacy"),
    ("training",),
    ("recognition", "detection"),
    ("export",),
    ("ensemble", "calibration", "inspection", "utils"),
    ("applications",),
    ("cli",),
    ("__init__", "__main__"),
)

# Constants of the top level. They are set before or without the imports there.
CONSTANTS = {"__version__"}

# What a package must not import at all, at the top of a module or in a function.
FORBIDDEN = {
    "networks": {"sklearn"},
    "decoding": {"keras", "tensorflow", "torch", "jax"},
    "preprocessing": {"keras", "tensorflow", "torch", "jax"},
    "metrics": {"keras", "tensorflow", "torch", "jax"},
}


def source_files(folder):
    return sorted(folder.rglob("*.py"))


def layer_of():
    return {name: rank for rank, names in enumerate(LAYERS) for name in names}


def modules(folder):
    """Return the names of the modules and packages right below a folder."""
    files = {path.stem for path in folder.glob("*.py")}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return files | packages


def imports(path, folder):
    """Return the (line, dotted name) of each import in a file, except those for type checkers."""
    package = (folder.name, *path.relative_to(folder).parent.parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(statement)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for child in node.body
        for statement in ast.walk(child)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            prefix = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def find_violations(folder, *, names=None):
    """Return a message for each import that is not from a lower layer."""
    rank = layer_of()
    names = modules(folder) if names is None else names
    found = []
    for path in source_files(folder):
        here = path.relative_to(folder).with_suffix("").parts[0]
        for line, target in imports(path, folder):
            root, _, rest = target.partition(".")
            there = rest.split(".")[0]
            if root != folder.name or there in CONSTANTS or there == here:
                continue
            place = f"{path.relative_to(folder)}:{line}"
            if (
                there not in names
            ):  # an object of the top level, such as `from sklearn_lpr import x`
                found.append(f"{place} imports {there!r} from the top level")
            elif here in rank and there in rank and rank[there] >= rank[here]:
                found.append(f"{place} imports {there!r}, which is not below {here!r}")
    return found


def find_private_sklearn_names(path, folder):
    """Return the private names of scikit-learn that a file imports or uses by attribute."""
    found = [
        (line, target)
        for line, target in imports(path, folder)
        if target.partition(".")[0] == "sklearn" and _has_private_part(target)
    ]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bound = {
        (alias.asname or alias.name.partition(".")[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] == "sklearn"
    }
    bound |= {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "") == "sklearn" and not node.level
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            if dotted.partition(".")[0] in bound and _has_private_part(dotted):
                found.append((node.lineno, dotted))
    return found


def _has_private_part(dotted):
    return any(part.startswith("_") and not part.endswith("__") for part in dotted.split("."))


def write_package(folder, files):
    root = folder / PACKAGE.name
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return root


def test_every_module_is_listed_in_one_layer():
    listed = [name for names in LAYERS for name in names]
    assert len(listed) == len(set(listed))
    assert modules(PACKAGE) <= set(listed)


def test_imports_run_downwards():
    assert find_violations(PACKAGE) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("images/_a.py", "from ..recognition import LPRNetCTC"),
        ("images/_a.py", "from sklearn_lpr.recognition import LPRNetCTC"),
        ("images/_a.py", "import sklearn_lpr.recognition"),
        ("images/_a.py", "import sklearn_lpr.recognition as r"),
        ("images/_a.py", "from .. import recognition"),
        ("images/_a.py", "def f():\n    from ..recognition import read_plates"),
        ("images/_a.py", "try:\n    import sklearn_lpr.recognition\nexcept ImportError:\n    pass"),
        ("images/deep/_a.py", "from ...recognition._unwrap import unwrap"),
        ("images/_a.py", "from sklearn_lpr import LPRNetCTC"),
        ("images/_a.py", "from .. import read_plates"),
        ("base.py", "from .recognition import read_plates"),
        ("recognition/_a.py", "from ..ensemble import VotingRecognizer"),
        ("ensemble/_a.py", "from ..calibration import RejectingRecognizerCV"),
    ],
)
def test_upward_imports_are_found(name, source, tmp_path):
    folder = write_package(tmp_path, {name: source})
    assert len(find_violations(folder, names=modules(PACKAGE))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (
            "recognition/_a.py",
            "from ..images import PlateImage\nfrom ..decoding import PlateReading",
        ),
        ("recognition/_a.py", "from . import _b\nfrom ._b import c\nfrom .. import __version__"),
        ("recognition/_a.py", "import sklearn, numpy as np\nfrom sklearn.base import clone"),
        (
            "base.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .decoding import x",
        ),
        ("__init__.py", "from .recognition import LPRNetCTC\nfrom .ensemble import read_tracks"),
    ],
)
def test_downward_imports_pass(name, source, tmp_path):
    folder = write_package(tmp_path, {name: source})
    assert find_violations(folder, names=modules(PACKAGE)) == []


@pytest.mark.parametrize("package", FORBIDDEN)
def test_packages_are_independent_of_libraries(package):
    found = [
        f"{path.name}:{line} imports {target}"
        for path in source_files(PACKAGE / package)
        for line, target in imports(path, PACKAGE)
        if target.partition(".")[0] in FORBIDDEN[package]
    ]
    assert found == []


def test_private_names_of_sklearn_are_in_one_module():
    found = [
        f"{path.relative_to(PACKAGE)}:{line} uses {name}"
        for path in source_files(PACKAGE)
        if path != PACKAGE / "_sklearn_compat.py"
        for line, name in find_private_sklearn_names(path, PACKAGE)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from sklearn.base import _fit_context",
        "from sklearn.base import _fit_context as fit_context",
        "from sklearn.utils._param_validation import Interval",
        "import sklearn.utils._param_validation",
        "def f():\n    from sklearn.utils import _safe_indexing",
        "import sklearn\nsklearn.base._fit_context",
        "import sklearn.utils as u\nu._safe_indexing(X, 1)",
        "from sklearn import utils\nutils._safe_indexing(X, 1)",
    ],
)
def test_private_names_of_sklearn_are_found(source, tmp_path):
    folder = write_package(tmp_path, {"images/_a.py": source})
    assert find_private_sklearn_names(folder / "images" / "_a.py", folder)


@pytest.mark.parametrize(
    "source",
    [
        "import sklearn\nsklearn.__version__",
        "from sklearn.base import clone\nself._fit_context",
        "from ._sklearn_compat import fit_context",
        "from numpy import _globals",
    ],
)
def test_other_names_are_not_private_names_of_sklearn(source, tmp_path):
    folder = write_package(tmp_path, {"images/_a.py": source})
    assert not find_private_sklearn_names(folder / "images" / "_a.py", folder)


def run_in_new_process(program):
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return ran.stdout.split()


def test_imports_load_no_heavy_package():
    # Without pandas, which scikit-learn may import itself.
    heavy = {"keras", "tensorflow", "torch", "jax", "onnx", "onnxruntime", "matplotlib"}
    names = ("preprocessing", "metrics", "decoding", "model_selection", "ensemble", "calibration")
    program = (
        f"import sys, sklearn_lpr, {', '.join(f'sklearn_lpr.{name}' for name in names)}\n"
        f"print(*({heavy!r} & sys.modules.keys()))"
    )
    assert run_in_new_process(program) == []


def test_the_import_loads_no_large_package_of_sklearn():
    program = (
        "import sys, sklearn.frozen, sklearn.pipeline\n"
        "before = set(sys.modules)\n"  # depends on the version of scikit-learn
        "import sklearn_lpr\n"
        "print(*({'sklearn.metrics', 'sklearn.model_selection'} & (sys.modules.keys() - before)))"
    )
    assert run_in_new_process(program) == []


def test_packages_and_applications_are_imported_when_they_are_used():
    program = (
        "import sys, sklearn_lpr\n"
        "packages = ('sklearn_lpr.applications', 'sklearn_lpr.model_selection', 'rapidfuzz')\n"
        "print(*(name in sys.modules for name in packages))\n"
        "print(sklearn_lpr.metrics.plate_accuracy_score.__name__)\n"
        "print(sklearn_lpr.load_recognizer.__name__, 'sklearn_lpr.applications' in sys.modules)"
    )
    assert run_in_new_process(program) == [
        *("False", "False", "False", "plate_accuracy_score", "load_recognizer", "True")
    ]


def test_all_public_names_are_attributes_and_are_listed():
    for name in sklearn_lpr.__all__:
        assert hasattr(sklearn_lpr, name)
        assert name in dir(sklearn_lpr)
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    internal = {"cli", "networks", "pretrained", "training"}
    public = {name for name in packages if not name.startswith("_")} - internal
    assert public <= set(dir(sklearn_lpr))
    assert all(getattr(sklearn_lpr, name).__name__ == f"sklearn_lpr.{name}" for name in public)
    with pytest.raises(AttributeError, match="'sklearn_lpr' has no attribute 'read_plate'"):
        sklearn_lpr.read_plate  # noqa: B018
