"""Link names in text to the reference, and reference pages to the pages that mention them."""

import re
from collections import defaultdict
from typing import Any

from docutils import nodes
from public_names import list_public_names
from sphinx import addnodes
from sphinx.ext import intersphinx
from sphinx.transforms import SphinxTransform

_REFERENCE = "api/generated/"
_NAME = re.compile(r"([A-Za-z_][\w.]*)(\(.*\))?", re.DOTALL)


def _external_names(env: Any) -> dict[str, str]:
    """Return the full names in the inventories by themselves and by their last part."""
    names = [name for items in env.intersphinx_inventory.values() for name in items]
    return {name.rsplit(".", 1)[-1]: name for name in names} | {name: name for name in names}


class LinkNames(SphinxTransform):
    """Turn inline literals that are public names into references."""

    default_priority = 500

    def apply(self, **_kwargs: Any) -> None:
        """Replace the literals of a document."""
        if self.env.docname.startswith(_REFERENCE):
            return
        mentions = self.env.name_mentions[self.env.docname]
        names = list_public_names()
        modules = {name.rpartition(".")[0] for name in names.values()}
        known = _external_names(self.env) | {name: name for name in modules} | names
        for literal in list(self.document.findall(nodes.literal)):
            match = _NAME.fullmatch(literal.astext())
            if match is None or _inside(literal, nodes.title, nodes.reference):
                continue
            full = known.get(match[1])
            if full is None or isinstance(literal.parent, addnodes.pending_xref):
                continue
            mentions.add(full)
            reference = addnodes.pending_xref(
                "",
                refdomain="py",
                reftype="obj",
                reftarget=full,
                refexplicit=True,
                refwarn=False,
                refdoc=self.env.docname,
            )
            literal.replace_self(reference)
            reference += literal
        for reference in self.document.findall(addnodes.pending_xref):
            if reference.get("refdomain") == "py" and reference["reftarget"] in names:
                mentions.add(names[reference["reftarget"]])
        code = " ".join(block.astext() for block in self.document.findall(nodes.literal_block))
        words = set(re.findall(r"\w+", code))
        self.env.code_mentions[self.env.docname] |= {names[name] for name in words & names.keys()}


def _inside(node: nodes.Node, *classes: type) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, classes):
            return True
    return False


def resolve_short_name(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Resolve a name without its module, such as `PlateCropper` or `Pipeline`."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    head, _, rest = target.partition(".")
    if head in list_public_names():
        full = list_public_names()[head] + (f".{rest}" if rest else "")
        return env.domains["py"].resolve_xref(
            env, node["refdoc"], app.builder, "obj", full, node, content
        )
    full = _external_names(env).get(target)
    if full is None:
        return None
    node["reftarget"] = full
    return intersphinx.resolve_reference_any_inventory(env, False, node, content)


def add_mentions(app: Any, doctree: nodes.document, docname: str) -> None:
    """Append the pages of the guide that mention an object to its reference page."""
    name = docname.removeprefix(_REFERENCE)
    if name == docname or name not in list_public_names().values():
        return
    pages = _pages(app.env, name)
    if not pages:
        return
    links = nodes.bullet_list()
    for page in pages:
        uri = app.builder.get_relative_uri(docname, page)
        link = nodes.reference("", app.env.titles[page].astext(), refuri=uri, internal=True)
        links += nodes.list_item("", nodes.paragraph("", "", link))
    section = next(doctree.findall(nodes.section))
    section += nodes.rubric("", "Pages that mention it")
    section += links


def _pages(env: Any, name: str) -> list[str]:
    order = {page: index for index, page in enumerate(_toctree_order(env, env.config.root_doc))}
    for mentions in (env.name_mentions, env.code_mentions):
        found = [page for page, names in mentions.items() if name in names and page in order]
        found = [page for page in found if not page.startswith(("auto_examples/", "api", "change"))]
        if found:
            return sorted(found, key=order.__getitem__)
    return []


def _toctree_order(env: Any, docname: str) -> Any:
    for page in env.toctree_includes.get(docname, ()):
        yield page
        yield from _toctree_order(env, page)


def start(_app: Any, env: Any, _docnames: Any) -> None:
    """Create the tables of mentions."""
    for name in ("name_mentions", "code_mentions"):
        if not hasattr(env, name):
            setattr(env, name, defaultdict(set))


def purge(_app: Any, env: Any, docname: str) -> None:
    """Forget what a page mentions, before it is read again."""
    for name in ("name_mentions", "code_mentions"):
        getattr(env, name, {}).pop(docname, None)


def setup(app: Any) -> dict[str, bool]:
    """Register the transform and the events."""
    app.connect("env-before-read-docs", start)
    app.connect("env-purge-doc", purge)
    app.add_transform(LinkNames)
    app.connect("missing-reference", resolve_short_name, priority=400)
    app.connect("doctree-resolved", add_mentions)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
