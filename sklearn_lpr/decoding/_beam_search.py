"""Beam search with a syntax."""

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._estimator import PlateEstimator
from .._sklearn_compat import Interval
from ..syntax import PlateSyntax
from ._alignment import character_peaks
from ._automaton import Automaton, build_automaton
from ._ctc import BLANK, log_probability, pad_texts
from ._greedy import best_paths
from ._lattices import check_lattices
from ._legal_path import best_legal_texts
from ._prefix_search import prefix_beam_search
from ._reading import NOTHING_READ, PlateReading

__all__ = ["BeamSearchDecoder"]

# Lattices searched at once: bounds the memory, and is fastest where it fits the caches.
_CHUNK = 128


class BeamSearchDecoder(PlateEstimator):
    """Read the text whose paths have the highest probability together, under a syntax or not.

    Prefix beam search [1]_ finds texts that `GreedyDecoder`, which follows the single best path,
    misses. With a `syntax`, texts that no pattern allows pay `syntax_weight`. Candidates are then
    also searched among the legal texts alone, and the text of the most probable legal path is
    always one of them, so a legal text is found whenever there is one, however narrow the beam.
    All candidates are compared by their exact probabilities.

    Parameters
    ----------
    beam_width : int, default=10
        The number of beginnings of a text that are kept after each column.
    syntax : PlateSyntax or str, default=None
        How texts are built, or the one pattern that they follow; None allows all.
    syntax_weight : float, default=3.0
        What a text that the syntax does not allow loses: the logarithm of how many times more
        probable than a legal one it must be to be read. 0 ignores the syntax, ``np.inf`` forbids
        such texts, so that ``""`` is read where nothing legal is possible.
    n_candidates : int, default=5
        The number of texts in the `candidates` of a reading; there may be fewer.

    References
    ----------
    .. [1] A. Y. Hannun, A. L. Maas, D. Jurafsky and A. Y. Ng, "First-Pass Large Vocabulary
       Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014,
       arXiv:1408.2873.

    Examples
    --------
    No single path is better than the one without a character, but those of "A" are together.

    >>> import numpy as np
    >>> from sklearn_lpr.decoding import BeamSearchDecoder
    >>> log_proba = np.log([[[0.6, 0.4, 0.0001], [0.6, 0.4, 0.0001]]])
    >>> reading = BeamSearchDecoder().decode(log_proba, alphabet="A8")[0]
    >>> reading.text, round(reading.confidence, 2)
    ('A', 0.64)

    >>> from sklearn_lpr.syntax import PlateSyntax
    >>> log_proba = np.log([[[0.1, 0.6, 0.3], [0.1, 0.6, 0.3]]])
    >>> decoder = BeamSearchDecoder(syntax=PlateSyntax("#"))
    >>> decoder.decode(log_proba, alphabet="B8")[0].text
    '8'
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "beam_width": [Interval(Integral, 1, None, closed="left")],
        "syntax": [PlateSyntax, str, None],
        "syntax_weight": [Interval(Real, 0, None, closed="both")],
        "n_candidates": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        beam_width: int = 10,
        *,
        syntax: PlateSyntax | str | None = None,
        # About log(20): as if one plate in twenty were outside of the syntax, by a special
        # plate or a rule that it lacks. Enough to part O from 0, not to bend a clear reading.
        syntax_weight: float = 3.0,
        n_candidates: int = 5,
    ) -> None:
        self.beam_width = beam_width
        self.syntax = syntax
        self.syntax_weight = syntax_weight
        self.n_candidates = n_candidates

    def decode(self, log_proba: npt.NDArray[np.floating], alphabet: str) -> list[PlateReading]:
        """Read a batch of lattices.

        Parameters
        ----------
        log_proba : ndarray of shape (n_samples, n_columns, 1 + len(alphabet))
            Log-probabilities by column; symbol 0 is the blank.
        alphabet : str
            The characters of the symbols 1, 2, ….

        Returns
        -------
        list of PlateReading
            One each, in order. `confidence` and the probabilities of the `candidates` are sums
            over all paths of the text, by the network alone: the syntax decides on the order, but
            does not make them larger. `character_confidences` are the highest probabilities
            within each character's columns on the text's best path. A text whose probability is
            0 in double precision is no candidate; without any, ``""`` is read.

        Raises
        ------
        ValueError
            If a parameter is out of range, `log_proba` does not fit `alphabet` or has NaN, or no
            pattern of `syntax` can be written with `alphabet`.
        """
        self._validate_params()
        log_proba = check_lattices(log_proba, alphabet)
        syntax = PlateSyntax(self.syntax) if isinstance(self.syntax, str) else self.syntax
        automaton = None if syntax is None else build_automaton(syntax, alphabet)
        readings: list[PlateReading] = []
        for start in range(0, len(log_proba), _CHUNK):
            readings += self._decode(log_proba[start : start + _CHUNK], alphabet, automaton)
        return readings

    def _decode(
        self, log_proba: npt.NDArray[np.floating], alphabet: str, automaton: Automaton | None
    ) -> list[PlateReading]:
        samples, texts = self._candidates(log_proba, automaton)
        scores = log_probability(log_proba, samples, texts)
        # Rounding may carry a certain text's sum a last bit above 1.
        probabilities = np.minimum(np.exp(scores), 1)
        if automaton is not None:
            scores = np.where(automaton.accepts(texts), scores, scores - self.syntax_weight)
        # Stable, so equal scores stay in the alphabet's order.
        order = np.lexsort((-scores, samples))
        order = order[(probabilities[order] > 0) & (scores[order] > -np.inf)]
        samples, texts, probabilities = samples[order], texts[order], probabilities[order]

        first = np.searchsorted(samples, np.arange(len(log_proba) + 1))
        read = np.flatnonzero(np.diff(first))
        peaks = character_peaks(log_proba[read], texts[first[read]])
        readings = [NOTHING_READ] * len(log_proba)
        for sample, confidences in zip(read, np.minimum(np.exp(peaks), 1).tolist(), strict=True):
            best = slice(first[sample], min(first[sample + 1], first[sample] + self.n_candidates))
            candidates = tuple(
                ("".join(alphabet[symbol - 1] for symbol in text if symbol != BLANK), probability)
                for text, probability in zip(
                    texts[best].tolist(), probabilities[best].tolist(), strict=True
                )
            )
            text, probability = candidates[0]
            readings[sample] = PlateReading(
                text, probability if text else 0.0, tuple(confidences[: len(text)]), candidates
            )
        return readings

    def _candidates(
        self, log_proba: npt.NDArray[np.floating], automaton: Automaton | None
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Give different texts, sorted by sample, and the samples they belong to."""
        everything = np.arange(len(log_proba))
        greedy = pad_texts(best_paths(log_proba)[0])
        candidates = [(everything, greedy)]
        if automaton is None or self.syntax_weight < np.inf:
            anything = Automaton.of_any_text(log_proba.shape[2])
            candidates.append(_search(log_proba, self.beam_width, anything))
        if automaton is not None:
            candidates.append(_search(log_proba, self.beam_width, automaton))
            # The greedy text is that of the best path of all.
            illegal = np.flatnonzero(~automaton.accepts(greedy))
            candidates.append((illegal, best_legal_texts(log_proba[illegal], automaton)))
        width = max(texts.shape[1] for _, texts in candidates)
        rows = [
            np.column_stack([samples, np.pad(texts, ((0, 0), (0, width - texts.shape[1])))])
            for samples, texts in candidates
        ]
        distinct = np.unique(np.concatenate(rows), axis=0)
        return distinct[:, 0], distinct[:, 1:]


def _search(
    log_proba: npt.NDArray[np.floating], beam_width: int, automaton: Automaton
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give the texts that a prefix search finds and the samples they belong to."""
    texts, found = prefix_beam_search(log_proba, beam_width, automaton)
    return np.nonzero(found)[0], texts[found]
