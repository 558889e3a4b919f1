"""The best legal path against all paths."""

import numpy as np
import pytest
from lattices import all_paths, collapse, encode, random_lattices, segment_lattice, spell

from sklearn_lpr.decoding._automaton import build_automaton
from sklearn_lpr.decoding._legal_path import best_legal_texts
from sklearn_lpr.syntax import PlateSyntax

ALPHABET = "AB1"


@pytest.mark.parametrize(
    "patterns", [("@#",), ("@@",), ("A", "#@#"), ("[AB]#", "B#@", "BB"), ("??", "@")]
)
@pytest.mark.parametrize("n_columns", [2, 4, 5])
def test_equals_the_best_of_all_legal_paths(patterns, n_columns):
    syntax = PlateSyntax(*patterns)
    lattices = random_lattices(12, n_columns, 1 + len(ALPHABET), seed=n_columns)
    expected = []
    for lattice in lattices:
        best = max(
            (probability, collapse(path))
            for path, probability in all_paths(lattice)
            if syntax.matches(spell(collapse(path), ALPHABET))
        )
        expected.append(spell(best[1], ALPHABET))
    found = best_legal_texts(lattices, build_automaton(syntax, ALPHABET))
    assert [spell(text, ALPHABET) for text in found] == expected


def test_surplus_segments_become_blanks():
    segments = [[0.1, 0.7, 0.1, 0.1], [0.2, 0.1, 0.6, 0.1], [0.1, 0.1, 0.1, 0.7]]
    lattice = segment_lattice(segments)[None]
    found = best_legal_texts(lattice, build_automaton(PlateSyntax("@#"), ALPHABET))
    assert spell(found[0], ALPHABET) == "A1"


def test_no_legal_path_gives_no_text():
    lattices = np.full((2, 3, 4), -np.inf)
    lattices[:, :, 0] = 0
    lattices[1, 1] = [-np.inf, 0, -np.inf, -np.inf]
    found = best_legal_texts(lattices, build_automaton(PlateSyntax("A"), ALPHABET))
    assert [spell(text, ALPHABET) for text in found] == ["", "A"]
    too_short = random_lattices(1, 1, 4, seed=0)
    assert not best_legal_texts(too_short, build_automaton(PlateSyntax("@#"), ALPHABET)).any()


def test_equal_neighbours_need_a_column_between():
    automaton = build_automaton(PlateSyntax("AA"), ALPHABET)
    assert not best_legal_texts(random_lattices(5, 2, 4, seed=1), automaton).any()
    found = best_legal_texts(random_lattices(5, 3, 4, seed=1), automaton)
    assert found.tolist() == [list(encode("AA", ALPHABET))] * 5
