"""Show the stored output of examples that the build does not run."""

import re
import textwrap
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_ORDER = (
    "read_plates",
    "fine_tuning",
    "error_analysis",
    "calibration",
    "photos",
    "video",
    "redact",
    "read_on_a_cluster",
    "segment_search",
    "halving_search",
    "ccpd_search",
    "cross_dataset",
)
_TEXT = """
Stored output
-------------

The build of this documentation does not run this example. The output was stored when it was run
for ``benchmarks/results/{name}.md``.

"""


class ExampleOrder:
    """Sort the examples of the gallery by what readers need first."""

    def __init__(self, _folder: str) -> None:
        pass

    def __call__(self, file: str) -> tuple[int, str]:
        """Return the position of a file; those that are not listed come last."""
        name = Path(file).stem
        return _ORDER.index(name) if name in _ORDER else len(_ORDER), name


def _stored_output(name: str) -> str:
    """Return blocks with the command, and the output or the table, in a file of results."""
    text = (_ROOT / "benchmarks" / "results" / f"{name}.md").read_text(encoding="utf-8")
    command, environment = text.split("\n\n")[1:3]
    fenced = re.search(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    comment = textwrap.fill(environment, 90, initial_indent="# ", subsequent_indent="# ")
    block = f"$ {command.strip('`')}\n{comment}"
    if fenced:
        block += f"\n\n{fenced[1]}"
    block = f".. code-block:: text\n\n{textwrap.indent(block, '   ')}\n\n"
    return block if fenced else f"{block}.. results-table:: {name}.md\n\n"


def add_stored_output(app: Any, docname: str, source: list[str]) -> None:
    """Append the output and the figure that were stored for an example."""
    folder, _, name = docname.rpartition("/")
    executed = app.config.sphinx_gallery_conf["filename_pattern"]
    if folder != "auto_examples" or name == "index" or re.search(executed, f"/{name}.py"):
        return
    results = _ROOT / "benchmarks" / "results" / f"{name}.md"
    if not results.is_file():
        return
    lines = _TEXT.format(name=name) + _stored_output(name)
    if (_ROOT / "docs" / "images" / f"{name}.png").is_file():
        lines += f".. image:: /images/{name}.png\n   :alt: Figure of the example\n\n"
    # Above the links for downloads.
    head, marker, tail = source[0].rpartition("\n.. _sphx_glr_download_")
    source[0] = f"{head}\n{lines}{marker}{tail}"


def setup(app: Any) -> dict[str, bool]:
    """Register `add_stored_output`."""
    app.connect("source-read", add_stored_output)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
