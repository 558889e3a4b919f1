"""Draw mutants of source files, with the mutation operators of cosmic-ray."""

import ast
import difflib
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

__all__ = ["Mutant", "draw_mutants"]

# These two need arguments, which name a variable.
_LEFT_OUT = ("core/VariableInserter", "core/VariableReplacer")
# The nodes that a family of operators can change. The other families look at all nodes but names.
_NODE_TYPES = {
    "core/ReplaceBinaryOperator": ("operator",),
    "core/ReplaceComparisonOperator": ("comparison",),
    "core/ReplaceUnaryOperator": ("factor", "not_test"),
}
_PUNCTUATION = ("(", ")", "[", "]", "{", "}", ",", ".", ":", "=", "->")


@dataclass(frozen=True)
class Mutant:
    """One small change of one module.

    Attributes
    ----------
    module : str
        The path of the module below the root of the repository.
    line : int
    before, after : str
        The changed lines.
    source : str
        The changed module.
    """

    module: str
    line: int
    before: str
    after: str
    source: str = field(repr=False)

    @property
    def change(self) -> tuple[str, str, str]:
        """Return what identifies the mutant while other lines of the module change."""
        return self.module, self.before, self.after


def draw_mutants(root: Path, modules: Iterable[str], n_mutants: int, seed: int) -> list[Mutant]:
    """Draw distinct places at random, and one mutant of each.

    The order depends on the seed and on the text of each line alone: a larger sample begins with
    the smaller one, and a change of one line leaves the mutants of the others in the sample.
    """
    places = [
        (_random_number(seed, module, place.identity), module, place)
        for module in modules
        for place in _places((root / module).read_text(encoding="utf-8"))
    ]
    places.sort(key=lambda entry: entry[0])
    mutants: list[Mutant] = []
    for number, module, place in places:
        if len(mutants) == n_mutants:
            break
        source = (root / module).read_text(encoding="utf-8")
        start = number % len(place.changes)
        for name, occurrence in place.changes[start:] + place.changes[:start]:
            mutated = _mutate(source, name, occurrence)
            if mutated is not None and _differs(source, mutated):
                mutants.append(_mutant(module, source, mutated))
                break
    return mutants


@dataclass
class _Place:
    identity: str
    changes: list[tuple[str, int]] = field(default_factory=list)


def _places(source: str) -> Iterator[_Place]:
    """Yield the places that operators can change, each with the operators and their occurrences.

    Operators of one family, such as all replacements of a comparison, share their places.
    """
    tree = get_ast(source)
    lines = source.splitlines()
    by_type: dict[str, list[Any]] = defaultdict(list)
    others = []
    for node in ast_nodes(tree):
        if node.type in ("name", "string") or getattr(node, "value", "") in _PUNCTUATION:
            continue
        by_type[node.type].append(node)
        others.append(node)
    found: dict[tuple[tuple[int, int], str], list[tuple[str, int]]] = defaultdict(list)
    for name in operator_names():
        if name in _LEFT_OUT:
            continue
        family = name.split("_")[0]
        operator = get_operator(name)()
        occurrence = 0
        types = _NODE_TYPES.get(family)
        nodes = [node for kind in types for node in by_type[kind]] if types else others
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                if not _is_annotation(node):
                    found[start, family].append((name, occurrence))
                occurrence += 1
    counts: Counter[str] = Counter()
    for (start, family), changes in sorted(found.items()):
        line = lines[start[0] - 1]
        column = start[1] - (len(line) - len(line.lstrip()))
        identity = f"{line.strip()} {column} {family}"
        counts[identity] += 1
        yield _Place(f"{identity} {counts[identity]}", changes)


def _is_annotation(node: Any) -> bool:
    """Return whether a node is part of a type annotation, which has no effect."""
    while node.parent is not None:
        parent = node.parent
        if parent.type == "tfpdef" and node is parent.children[-1]:
            return True
        if parent.type == "annassign" and node is parent.children[1]:
            return True
        if parent.type == "funcdef" and node is parent.annotation:
            return True
        node = parent
    return False


def _mutate(source: str, name: str, occurrence: int) -> str | None:
    """Return changed code, or None where the operator has no change."""
    try:
        return mutate_code(source, get_operator(name)(), occurrence)
    except AttributeError:  # the operator for exceptions knows no dotted names
        return None


def _differs(source: str, mutated: str) -> bool:
    """Return whether mutated code is valid and another program."""
    try:
        return ast.dump(ast.parse(source)) != ast.dump(ast.parse(mutated))
    except SyntaxError:
        return False


def _mutant(module: str, source: str, mutated: str) -> Mutant:
    before, after = source.splitlines(), mutated.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    _, start, stop, new_start, new_stop = next(
        code for code in matcher.get_opcodes() if code[0] != "equal"
    )
    return Mutant(
        module,
        start + 1,
        " ".join(line.strip() for line in before[start:stop]),
        " ".join(line.strip() for line in after[new_start:new_stop]),
        mutated,
    )


def _random_number(seed: int, module: str, identity: str) -> int:
    digest = hashlib.sha256(f"{seed} {module} {identity}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
