"""The oldest tested versions are the lower bounds of the dependencies."""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
TESTED = ROOT / ".ci" / "minimum-versions.txt"


def test_lower_bounds_are_tested():
    lines = [line for line in TESTED.read_text().splitlines() if line and line[0] != "#"]
    tested = {name: Version(version) for name, version in (line.split("==") for line in lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    bounds = {}
    for text in [*project["dependencies"], *extras["tensorflow"], *extras["plot"], *extras["dev"]]:
        requirement = Requirement(text)
        (bound,) = (s.version for s in requirement.specifier if s.operator == ">=")
        bounds[requirement.name] = bound
    assert set(tested) >= {Requirement(text).name for text in project["dependencies"]}
    for name in tested.keys() & bounds.keys():
        # The bound 4.10 is 4.10.0 or, for OpenCV, the first build of that version.
        bound = Version(bounds[name])
        assert tested[name].release[: len(bound.release)] == bound.release, name
