"""Compare the best matching path with brute force over all paths."""

import numpy as np
import pytest
from brute_force import all_paths, collapse, encode, random_log_proba, segment_log_proba, spell

from sklearn_lpr.decoding._automaton import build_automaton
from sklearn_lpr.decoding._constrained_path import best_matching_texts
from sklearn_lpr.syntax import PlateSyntax

ALPHABET = "AB1"


@pytest.mark.parametrize(
    "patterns", [("@#",), ("@@",), ("A", "#@#"), ("[AB]#", "B#@", "BB"), ("??", "@")]
)
@pytest.mark.parametrize("n_time_steps", [2, 4, 5])
def test_equals_the_best_of_all_matching_paths(patterns, n_time_steps):
    syntax = PlateSyntax(*patterns)
    log_proba = random_log_proba(12, n_time_steps, 1 + len(ALPHABET), seed=n_time_steps)
    expected = []
    for sample in log_proba:
        best = max(
            (probability, collapse(path))
            for path, probability in all_paths(sample)
            if syntax.matches(spell(collapse(path), ALPHABET))
        )
        expected.append(spell(best[1], ALPHABET))
    found = best_matching_texts(log_proba, build_automaton(syntax, ALPHABET))
    assert [spell(text, ALPHABET) for text in found] == expected


def test_surplus_segments_become_blanks():
    segments = [[0.1, 0.7, 0.1, 0.1], [0.2, 0.1, 0.6, 0.1], [0.1, 0.1, 0.1, 0.7]]
    log_proba = segment_log_proba(segments)[None]
    found = best_matching_texts(log_proba, build_automaton(PlateSyntax("@#"), ALPHABET))
    assert spell(found[0], ALPHABET) == "A1"


def test_no_text_if_no_path_matches():
    log_proba = np.full((2, 3, 4), -np.inf)
    log_proba[:, :, 0] = 0
    log_proba[1, 1] = [-np.inf, 0, -np.inf, -np.inf]
    found = best_matching_texts(log_proba, build_automaton(PlateSyntax("A"), ALPHABET))
    assert [spell(text, ALPHABET) for text in found] == ["", "A"]
    too_short = random_log_proba(1, 1, 4, seed=0)
    assert not best_matching_texts(too_short, build_automaton(PlateSyntax("@#"), ALPHABET)).any()


def test_equal_neighbours_need_a_time_step_in_between():
    automaton = build_automaton(PlateSyntax("AA"), ALPHABET)
    assert not best_matching_texts(random_log_proba(5, 2, 4, seed=1), automaton).any()
    found = best_matching_texts(random_log_proba(5, 3, 4, seed=1), automaton)
    assert found.tolist() == [list(encode("AA", ALPHABET))] * 5
