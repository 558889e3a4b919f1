"""Check the built pages: internal links have targets, and the guide links to all public names."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from public_names import list_public_names
from sphinx.util import logging

_logger = logging.getLogger(__name__)
_REFERENCE = "api/generated/"
# The other pages link to names for their own reasons: lists, examples, source code.
_NOT_GUIDE = ("api", "auto_examples/", "_modules/", "changelog", "genindex", "py-modindex")


class _Page(HTMLParser):
    """Collect the anchors and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes of one tag."""
        for key, value in attrs:
            if value and key in ("id", "name"):
                self.anchors.add(value)
            elif value and key in ("href", "src"):
                self.links.add(value)


def find_problems(folder: Path) -> list[str]:
    """Return a message for each link without a target and each public name without a link."""
    pages = {
        path.relative_to(folder).as_posix(): _Page(path.read_text(encoding="utf-8"))
        for path in folder.rglob("*.html")
        if "_static" not in path.relative_to(folder).parts
    }
    problems = []
    linked = set()
    for name, page in sorted(pages.items()):
        for link in sorted(page.links):
            parts = urlsplit(urljoin(name, link))
            if parts.scheme or parts.netloc:
                continue
            target, anchor = unquote(parts.path), unquote(parts.fragment)
            if not name.startswith(_NOT_GUIDE):
                linked.add(target)
            if not (folder / target).is_file():
                problems.append(f"{name}: {link!r} leads to no file")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                problems.append(f"{name}: {link!r} leads to no part of {target}")
    for full in sorted(list_public_names().values()):
        module, _, short = full.rpartition(".")
        page_name = module if short == short.upper() else full  # constants are listed by module
        if f"{_REFERENCE}{page_name}.html" not in linked:
            problems.append(f"no page of the guide links to {full}")
    return problems


def check_pages(app: Any, exception: Exception | None) -> None:
    """Warn of each problem after a build of HTML pages without error."""
    if exception is None and app.builder.name == "html":
        for problem in find_problems(Path(app.outdir)):
            _logger.warning(problem)


def setup(app: Any) -> dict[str, bool]:
    """Register `check_pages`."""
    app.connect("build-finished", check_pages, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
