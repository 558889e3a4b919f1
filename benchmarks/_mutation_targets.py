"""The modules that compute, and the tests that belong to each of them."""

import ast
import re
from functools import cache
from pathlib import Path

__all__ = ["computing_modules", "related_tests"]

# Left out are modules that read annotations or draw, and the command line.
_PACKAGES = (
    *("_detection", "augmentation", "calibration", "decoding", "detection", "ensemble", "images"),
    *("metrics", "model_selection", "networks", "preprocessing", "privacy", "syntax", "training"),
)
_MODULES = (
    *("_character_alignment.py", "_groups.py", "_random.py", "_texts.py", "export/_quantize.py"),
    *("applications/_linking.py", "inspection/_bootstrap.py", "inspection/_character_boxes.py"),
    *("inspection/_character_errors.py", "inspection/_grouped_scores.py"),
    *("recognition/_alphabet.py", "recognition/_ctc_training.py", "recognition/_inference.py"),
)
# Folders of tests; the others have the name of their package.
_FOLDERS = {
    "_detection": ("tests/detection/",),
    "training": ("tests/training/", "tests/recognition/test_training_options.py"),
}
# Tests of the source text, of other processes, or of everything at once.
_LEFT_OUT = (
    *("test_benchmarks", "test_examples", "test_fork", "test_fuzz", "test_layers"),
    *(
        "test_minimum_versions",
        "test_mutation",
        "test_other_runtimes",
        "test_parallel",
        "test_reference",
    ),
    *("test_user_guide", "test_commands"),
)
_FALLBACK = ("tests/test_pipeline.py", "tests/recognition/test_lprnet_ctc.py")


def computing_modules(root: Path) -> list[str]:
    """Return the paths of the modules below the root."""
    package = root / "sklearn_lpr"
    files = [file for name in _PACKAGES for file in (package / name).glob("*.py")]
    files += [package / name for name in _MODULES]
    return sorted(file.relative_to(root).as_posix() for file in files)


def related_tests(root: Path, module: str) -> tuple[list[str], list[str]]:
    """Return the test files that belong to a module, and the others that may call it.

    The first are the doctests of the module, and the files that are named after it or name it or
    one of its public names; if there are none, those named after the modules that import it, or
    the folder of its package. The others are the remaining ones of these.
    """
    path = Path(module)
    folders = _folders(path)
    texts = _test_texts(root)
    own = _named_after(root, path)
    words = rf"\b({'|'.join([*_public_names(root / module), path.stem])})\b"
    named = len(own)
    own += [name for name, text in texts.items() if re.search(words, text)]
    near = own[:named] + [name for name in own if name.startswith(folders)]
    around = [name for file in _importers(root, path) for name in _named_after(root, file)]
    folder = [name for name in texts if name.startswith(folders)]
    first = list(dict.fromkeys([module, *(near or own or around or folder)]))
    others = own + folder + around
    return first, [name for name in dict.fromkeys([*others, *_FALLBACK]) if name not in first]


@cache
def _test_texts(root: Path) -> dict[str, str]:
    files = sorted((root / "tests").rglob("test_*.py"))
    return {
        file.relative_to(root).as_posix(): file.read_text(encoding="utf-8")
        for file in files
        if file.stem not in _LEFT_OUT
    }


def _named_after(root: Path, module: Path) -> list[str]:
    pattern = re.compile(rf"test_(check_)?{module.stem.removeprefix('_')}(_|\.py)")
    near = [name for name in _test_texts(root) if name.startswith(_folders(module))]
    return [name for name in near if pattern.match(Path(name).name)]


def _folders(module: Path) -> tuple[str, ...]:
    """Return how the paths of the tests of a module's package start."""
    if len(module.parts) == 2:
        return ("tests/test_",)
    return _FOLDERS.get(module.parts[1], (f"tests/{module.parts[1]}/",))


def _public_names(module: Path) -> list[str]:
    """Return the names in `__all__`."""
    for statement in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return list(ast.literal_eval(statement.value))
    return []


def _importers(root: Path, module: Path) -> list[Path]:
    """Return the modules that import a private module by its name."""
    beside = re.compile(rf"from \.{module.stem} import")
    elsewhere = re.compile(rf"from [\w.]*\b{module.parent.name}\.{module.stem} import")
    return [
        file.relative_to(root)
        for file in sorted((root / "sklearn_lpr").rglob("_*.py"))
        if file.name != "__init__.py"
        and (beside if file.parent == (root / module).parent else elsewhere).search(
            file.read_text(encoding="utf-8")
        )
    ]
