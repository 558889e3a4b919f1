"""Exclude modules from doctests if their optional dependencies are not installed."""

from importlib.util import find_spec

# pytest imports modules to collect their doctests.
collect_ignore_glob = (
    []
    if find_spec("onnx")
    else ["sklearn_lpr/export/*", "sklearn_lpr/recognition/_onnx_recognizer.py"]
)
