"""Exclude modules from doctests: fixtures, and modules whose optional dependencies are missing."""

from importlib.util import find_spec

# pytest imports modules to collect their doctests. Files of fixtures share one name and have none.
collect_ignore_glob = ["tests/*conftest.py"]
if not find_spec("onnx"):
    collect_ignore_glob += ["sklearn_lpr/export/*", "sklearn_lpr/recognition/_onnx_recognizer.py"]
