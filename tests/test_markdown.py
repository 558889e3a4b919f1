"""Check the README and the pages of the documentation as plain Markdown."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]+)\)")
TABLE = re.compile(r"^```\{results-table\} (\S+)$", re.MULTILINE)
# The build of the documentation writes these.
BUILT = ("api/generated/", "auto_examples/")


@pytest.fixture
def replace_links(monkeypatch):
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    return importlib.import_module("repository_links").replace_links


def read_prose(path):
    """Return a page without code in backquotes, except as the text of a link."""
    return re.sub(r"(?<!\[)`[^`\n]+`", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_have_a_text_and_lead_to_a_file(path):
    links = LINK.findall(read_prose(path))
    assert [target for text, target in links if not text.strip()] == []
    files = [target.partition("#")[0] for _, target in links if "://" not in target]
    absent = [name for name in files if name and not (path.parent / name).exists()]
    assert [name for name in absent if not name.startswith(BUILT)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_link_to_the_files_of_their_tables(path):
    text = path.read_text(encoding="utf-8")
    absent = {name for name in TABLE.findall(text) if f"benchmarks/results/{name})" not in text}
    assert absent == set()


def test_links_to_the_repository_are_replaced_in_the_build(replace_links):
    page = "[a](../examples/photos.py), [b](../benchmarks/results/speed.md), [c](serving.md)"
    assert replace_links(page) == (
        "[a](auto_examples/photos), "
        "[b](https://github.com/sklearn-lpr/sklearn-lpr/blob/main/benchmarks/results/speed.md), "
        "[c](serving.md)"
    )


def test_links_to_absent_files_are_reported(replace_links, monkeypatch):
    warnings = []
    monkeypatch.setattr(
        importlib.import_module("repository_links")._logger,
        "warning",
        lambda *args: warnings.append(args[1:]),
    )
    replace_links("[a](../benchmarks/results/absent.md)", "page")
    assert warnings == [("page", "benchmarks/results/absent.md")]
