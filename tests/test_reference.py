"""Check the documentation: all public names, the defaults, and the check of its links."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture
def public_names(monkeypatch):
    monkeypatch.syspath_prepend(DOCS / "_ext")
    return importlib.import_module("public_names")


@pytest.fixture
def check_links(monkeypatch):
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(DOCS / "_ext")
    module = importlib.import_module("check_links")
    names = {name: f"sklearn_lpr.metrics.{name}" for name in ("score", "LIMIT")}
    monkeypatch.setattr(module, "list_public_names", lambda: names)
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
    missing = sorted(names - words)
    assert not missing, f"{missing} occur on no page of docs/; mention them where they are useful"


def write_pages(folder, **pages):
    reference = folder / "api" / "generated"
    reference.mkdir(parents=True)
    for name in ("sklearn_lpr.metrics", "sklearn_lpr.metrics.score"):
        (reference / f"{name}.html").write_text('<a href="../../guide.html#part">guide</a>')
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text)


COMPLETE = (
    '<h1 id="part">Guide</h1> <a href="api/generated/sklearn_lpr.metrics.html">metrics</a>'
    '<a href="api/generated/sklearn_lpr.metrics.score.html">score</a>'
)


def test_links_with_targets_pass(check_links, tmp_path):
    other = '<a href="guide.html?q=1#part">a</a> <a href="#">b</a> <a href="https://x.org/y">c</a>'
    write_pages(tmp_path, guide=COMPLETE, other=other)
    assert check_links.find_problems(tmp_path) == []


def test_links_without_targets_are_found(check_links, tmp_path):
    other = '<a href="absent.html">a</a> <a href="guide.html#none">b</a> <img src="absent.png">'
    write_pages(tmp_path, guide=COMPLETE, other=other)
    assert check_links.find_problems(tmp_path) == [
        "other.html: 'absent.html' leads to no file",
        "other.html: 'absent.png' leads to no file",
        "other.html: 'guide.html#none' leads to no part of guide.html",
    ]


def test_names_without_a_link_are_found(check_links, tmp_path):
    links = '<a href="api/generated/sklearn_lpr.metrics.score.html">in a list</a>'
    write_pages(tmp_path, guide='<h1 id="part">Guide</h1>', api=links)
    assert check_links.find_problems(tmp_path) == [
        "no page of the guide links to sklearn_lpr.metrics.LIMIT",
        "no page of the guide links to sklearn_lpr.metrics.score",
    ]


def documented(obj):
    """Yield a function, or a class and its public methods; nothing for a constant."""
    if callable(obj):
        yield obj
    if inspect.isclass(obj):
        for name, method in vars(obj).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                yield method


def literal(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def test_documented_defaults_are_those_of_the_signature(public_names):
    n_defaults = 0
    for full in public_names.list_public_names().values():
        module, _, name = full.rpartition(".")
        for obj in documented(getattr(importlib.import_module(module), name)):
            entries = re.findall(
                r"^(\w[\w, ]*) : .*?default=(.+)$", inspect.getdoc(obj) or "", re.MULTILINE
            )
            for names, default in entries:
                signature = inspect.signature(obj)
                names = names.split(", ")
                value = literal(default)
                # "height, width : int, default=24, 94" has one default for each.
                values = (
                    value if len(names) > 1 and isinstance(value, tuple) else [value] * len(names)
                )
                found = [signature.parameters[each].default for each in names]
                assert list(map(repr, values)) == list(map(repr, found)), (full, names)
                n_defaults += len(names)
    assert n_defaults > 300
