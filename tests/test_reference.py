"""Check that the documentation covers all public names."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def public_names():
    spec = importlib.util.spec_from_file_location("public_names", DOCS / "_ext" / "public_names.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_lists_all_public_modules(public_names):
    listed = re.findall(r"^   (sklearn_lpr[\w.]*)$", (DOCS / "api.md").read_text(), re.MULTILINE)
    modules = {full.rpartition(".")[0] for full in public_names.list_public_names().values()}
    assert modules == set(listed)


def test_every_public_name_is_on_a_page(public_names):
    pages = [path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")]
    words = set(re.findall(r"\w+", " ".join(pages)))
    # The page on plate formats refers to the list of the constants.
    names = {name for name in public_names.list_public_names() if name != name.upper()}
    assert sorted(names - words) == []
