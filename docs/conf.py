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

# The public names of a module are those in its __all__, in the reference as anywhere else.
autosummary_ignore_module_all = False
autodoc_typehints = "none"  # numpydoc's Parameters say it in words, with shapes and units
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "sklearn-lpr"
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False, "secondary_sidebar_items": ["page-toc"]}


def skip_member(_app: Any, _what: str, _name: str, obj: Any, skip: bool, _options: Any) -> bool:
    """Leave out what classes inherit from scikit-learn, which documents it."""
    module = getattr(obj, "__module__", None) or ""
    return skip or (inspect.isroutine(obj) and module.startswith("sklearn."))


def setup(app: Any) -> None:
    """Register the hook above."""
    app.connect("autodoc-skip-member", skip_member)
