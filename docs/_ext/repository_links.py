"""Links to files of the repository, which readers of the plain Markdown can follow, too."""

import re
from pathlib import Path
from typing import Any

from sphinx.util import logging

_logger = logging.getLogger(__name__)
_ROOT = Path(__file__).parents[2]
_URL = "https://github.com/sklearn-lpr/sklearn-lpr/blob/main/"
_LINK = re.compile(r"\]\(\.\./((?:benchmarks|examples)/[\w./-]*)\)")


def replace_links(text: str, docname: str = "") -> str:
    """Return a page whose links to examples lead to the gallery, and those to results to GitHub.

    Warn of files that do not exist.
    """

    def replace(match: re.Match[str]) -> str:
        path = match[1]
        if not (_ROOT / path).exists():
            _logger.warning("%s: there is no file %r", docname, path)
        example = re.fullmatch(r"examples/(\w+)\.py", path)
        return f"](auto_examples/{example[1]})" if example else f"]({_URL}{path})"

    return _LINK.sub(replace, text)


def read_page(_app: Any, docname: str, content: list[str]) -> None:
    """Replace the links of a page when it is read."""
    content[0] = replace_links(content[0], docname)


def setup(app: Any) -> dict[str, bool]:
    """Register `read_page`."""
    app.connect("source-read", read_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
