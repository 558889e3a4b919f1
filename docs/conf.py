"""Configuration of the documentation: ``python -m sphinx -W docs docs/_build``."""

import inspect
from typing import Any

import sklearn_lpr

project = "sklearn-lpr"
author = "The sklearn-lpr developers"
copyright = f"2026, {author}"
version = release = sklearn_lpr.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
default_role = "py:obj"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# List the names in __all__ of each module.
autosummary_ignore_module_all = False
autodoc_typehints = "none"  # numpydoc's sections describe types, shapes and units
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "sklearn-lpr"
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False, "secondary_sidebar_items": ["page-toc"]}


def skip_member(_app: Any, _what: str, _name: str, obj: Any, skip: bool, _options: Any) -> bool:
    """Skip members that are inherited from scikit-learn, which documents them."""
    module = getattr(obj, "__module__", None) or ""
    return skip or (inspect.isroutine(obj) and module.startswith("sklearn."))


def setup(app: Any) -> None:
    """Register `skip_member`."""
    app.connect("autodoc-skip-member", skip_member)
