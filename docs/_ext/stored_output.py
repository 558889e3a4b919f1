"""Show the stored output of examples that the build does not run."""

from pathlib import Path
from typing import Any

_STORED = Path(__file__).parents[1] / "stored"
_ORDER = (
    "read_plates",
    "fine_tuning",
    "error_analysis",
    "photos",
    "segment_search",
    "halving_search",
    "ccpd_search",
    "cross_dataset",
)


class ExampleOrder:
    """Sort the examples of the gallery by what readers need first."""

    def __init__(self, _folder: str) -> None:
        pass

    def __call__(self, file: str) -> int:
        """Return the position of a file; those that are not listed come last."""
        name = Path(file).stem
        return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def add_stored_output(_app: Any, docname: str, source: list[str]) -> None:
    """Append the output and the figure that were stored for an example."""
    folder, _, name = docname.rpartition("/")
    stored = _STORED / f"{name}.txt"
    if folder != "auto_examples" or not stored.is_file():
        return
    lines = ["", "Stored output", "-------------", ""]
    lines += [
        "The build of this documentation does not run this example. The output below was stored by",
        "the command in its first line.",
        "",
        f".. literalinclude:: /stored/{name}.txt",
        "   :language: text",
        "",
    ]
    if (_STORED / f"{name}.png").is_file():
        lines += [f".. image:: /stored/{name}.png", "   :alt: Figure of the example", ""]
    marker = "\n.. _sphx_glr_download_"
    head, separator, tail = source[0].partition(marker)
    source[0] = head + "\n".join(lines) + separator + tail


def setup(app: Any) -> dict[str, bool]:
    """Register `add_stored_output`."""
    app.connect("source-read", add_stored_output)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
