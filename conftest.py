"""What pytest leaves out where packages that a part is for are not installed."""

from importlib.util import find_spec

# Modules are imported for their doctests.
collect_ignore_glob = (
    []
    if find_spec("onnx") and find_spec("onnxruntime")
    else ["sklearn_lpr/export/*", "sklearn_lpr/recognition/_onnx_recognizer.py"]
)
