"""Measure the size on disk of the package, its dependencies and the backends of Keras.

Run from the project's root, in an environment in which the package and TensorFlow are installed::

    python benchmarks/install_size.py --output benchmarks/results/install_size.md

The size of a package is that of the files that pip recorded for it.
"""

from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from _report import argument_parser, publish
from packaging.requirements import Requirement

import sklearn_lpr

PACKAGE = "sklearn-lpr"


def main() -> None:
    arguments = argument_parser(__doc__).parse_args()
    own = sum(
        path.stat().st_size
        for path in Path(sklearn_lpr.__file__).parent.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    plain = find_packages(PACKAGE) - {PACKAGE}
    without_keras = find_packages(PACKAGE, without="keras") - {PACKAGE}
    tensorflow = find_packages(PACKAGE, extra="tensorflow") - {PACKAGE}
    rows = [
        row("the package with its networks", own, 1),
        row("`pip install .`: the package and its dependencies", own + size(plain), 1 + len(plain)),
        row("the same without Keras", own + size(without_keras), 1 + len(without_keras)),
        row('`pip install ".[tensorflow]"`', own + size(tensorflow), 1 + len(tensorflow)),
    ]
    publish(
        "Size on disk",
        "Files of the package and of its dependencies, without compiled bytecode (`.pyc`).",
        rows,
        arguments.output,
    )


def row(name: str, n_bytes: int, n_packages: int) -> dict[str, object]:
    return {"installed": name, "packages": n_packages, "MB on disk": f"{n_bytes / 1e6:.0f}"}


def find_packages(name: str, extra: str = "", without: str = "") -> set[str]:
    """Return the names of a package and of all that it needs, directly or not."""
    found: set[str] = set()
    left = [(name, extra)]
    while left:
        name, extra = left.pop()
        if name in found or name == without:
            continue
        found.add(name)
        requirements = [Requirement(text) for text in distribution(name).requires or []]
        left += [
            (requirement.name, "")
            for requirement in requirements
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        ]
    return found


def size(names: Iterable[str]) -> int:
    """Return the size of packages in bytes."""
    return sum(size_of(distribution(name)) for name in names)


def size_of(package: Distribution) -> int:
    paths = [Path(str(package.locate_file(file))) for file in package.files or []]
    return sum(path.stat().st_size for path in paths if path.is_file() and path.suffix != ".pyc")


if __name__ == "__main__":
    main()
