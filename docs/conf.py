"""Configuration of the documentation: ``python -m sphinx -W docs docs/_build``."""

import inspect
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow
sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from public_names import describe_constants
from sklearn.experimental import enable_halving_search_cv  # noqa: F401, for the examples

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
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "matplotlib.sphinxext.plot_directive",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "check_links",
    "cross_links",
    "repository_links",
    "results_table",
    "stored_output",
]
exclude_patterns = [
    "_build",
    "auto_examples/**/*.ipynb",
    "auto_examples/**/*.py",
    "**/sg_execution_times.rst",
    "inventories",
]
templates_path = ["_templates"]
default_role = "py:obj"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Sphinx Gallery's configuration holds objects that cannot be stored with the environment.
suppress_warnings = ["config.cache"]

# List the names in __all__ of each module.
autosummary_ignore_module_all = False
autosummary_context = {"constants": describe_constants()}
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"  # numpydoc's sections describe types, shapes and units
numpydoc_show_class_members = False

# The inventories list the names that these pages mention, so that the build needs no network.
intersphinx_mapping = {
    name: (url, f"inventories/{name}.inv")
    for name, url in {
        "joblib": "https://joblib.readthedocs.io/en/stable/",
        "matplotlib": "https://matplotlib.org/stable/",
        "numpy": "https://numpy.org/doc/stable/",
        "pandas": "https://pandas.pydata.org/docs/",
        "python": "https://docs.python.org/3/",
        "sklearn": "https://scikit-learn.org/stable/",
    }.items()
}

plot_formats = [("png", 110)]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = True
plot_basedir = "plots"

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

# The other examples take longer, or need data that cannot be downloaded. `stored_output` shows what
# they printed.
EXECUTED_EXAMPLES = (
    "photos",
    "read_plates",
    "error_analysis",
    "calibration",
    "redact",
    "video",
    "read_on_a_cluster",
)
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": rf"[\\/]({'|'.join(EXECUTED_EXAMPLES)})\.py$",
    "within_subsection_order": "stored_output.ExampleOrder",
    "backreferences_dir": "auto_examples/backreferences",
    "doc_module": ("sklearn_lpr",),
    "default_thumb_file": str(Path(__file__).parent / "images" / "plate_readings.png"),
    "download_all_examples": False,
    "min_reported_time": 10**6,
    "show_memory": False,
    "show_signature": False,
    "plot_gallery": True,
    "only_warn_on_example_error": False,
    "abort_on_example_error": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "sklearn-lpr"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 7,
    "navigation_depth": 3,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
}
# Pages without a section of their own have no primary sidebar.
html_sidebars = {page: [] for page in ("index", "search", "genindex", "py-modindex", "changelog")}


def skip_member(_app: Any, _what: str, _name: str, obj: Any, skip: bool, _options: Any) -> bool:
    """Skip members that are inherited from scikit-learn, which documents them."""
    module = getattr(obj, "__module__", None) or ""
    return skip or (inspect.isroutine(obj) and module.startswith("sklearn."))


def setup(app: Any) -> None:
    """Register `skip_member`."""
    app.connect("autodoc-skip-member", skip_member)
