"""CTC prefix beam search with an optional plate format."""

import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._estimator import PlateEstimator
from .._sklearn_compat import Interval
from ..syntax import PlateSyntax
from ._automaton import Automaton, build_automaton
from ._constrained_path import best_matching_texts
from ._ctc import log_probability, pad_texts
from ._greedy import best_paths
from ._log_proba import check_log_proba
from ._prefix_search import prefix_beam_search
from ._ranking import rank_texts
from ._reading import PlateReading

__all__ = ["BeamSearchDecoder"]

# Samples searched at once: bounds the memory and fits the caches.
_CHUNK = 128


class BeamSearchDecoder(PlateEstimator):
    """CTC prefix beam search, optionally constrained by plate formats.

    The search looks for the text with the highest probability, summed over all its paths [1]_.
    `GreedyDecoder` follows the single best path and may miss this text. With a `syntax`, texts
    that match no pattern are penalized by `syntax_weight`. A second search then covers the
    matching texts alone, and the text of the most probable matching path is always a candidate.
    A matching text is therefore found whenever one is possible, even with a narrow beam. All
    candidates are ranked by their exact probabilities.

    Parameters
    ----------
    beam_width : int, default=10
        The number of prefixes that are kept after each time step.
    syntax : PlateSyntax or str, default=None
        The plate formats, or a single pattern. None allows all texts.
    syntax_weight : float, default=3.0
        The penalty on the log-probability of a text that does not match the syntax. Such a text
        is predicted only if it is more than ``exp(syntax_weight)`` times as probable as every
        matching one. 0 ignores the syntax. ``np.inf`` forbids all other texts, and ``""`` is
        predicted if no matching text is possible.
    n_candidates : int, default=5
        The maximum number of `candidates` of a prediction.

    References
    ----------
    .. [1] A. Y. Hannun, A. L. Maas, D. Jurafsky and A. Y. Ng, "First-Pass Large Vocabulary
       Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014,
       arXiv:1408.2873.

    Examples
    --------
    The path without a character is the best single path, but the paths of "A" have a higher
    probability together.

    >>> import numpy as np
    >>> from sklearn_lpr.decoding import BeamSearchDecoder
    >>> log_proba = np.log([[[0.6, 0.4, 0.0001], [0.6, 0.4, 0.0001]]])
    >>> prediction = BeamSearchDecoder().decode(log_proba, alphabet="A8")[0]
    >>> prediction.text, round(prediction.confidence, 2)
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
        # About log(20): as if the syntax missed one plate in twenty, such as a special plate or
        # one of a format that is not listed. Enough to distinguish O from 0, too little to
        # override a confident prediction.
        syntax_weight: float = 3.0,
        n_candidates: int = 5,
    ) -> None:
        self.beam_width = beam_width
        self.syntax = syntax
        self.syntax_weight = syntax_weight
        self.n_candidates = n_candidates

    def decode(self, log_proba: npt.NDArray[np.floating], alphabet: str) -> list[PlateReading]:
        """Decode a batch of log-probabilities.

        Parameters
        ----------
        log_proba : ndarray of shape (n_samples, n_time_steps, 1 + len(alphabet))
            Log-probabilities of the symbols at each time step; symbol 0 is the blank.
        alphabet : str
            The characters of the symbols 1, 2, ….

        Returns
        -------
        list of PlateReading
            One prediction per sample, in order. `confidence` and the probabilities of the
            `candidates` are sums over all paths of the text under the network's output. The
            syntax affects their order, not their values. `character_confidences` are the highest
            probabilities within each character's time steps on the text's best path. Texts
            whose probability is 0 in double precision are left out; ``""`` is predicted if no
            candidate is left.

        Raises
        ------
        ValueError
            If a parameter is out of range, `log_proba` does not fit `alphabet`, has NaN or
            probabilities that sum to more than 1, or no pattern of `syntax` can be written with
            `alphabet`.

        Warns
        -----
        UserWarning
            If ``syntax_weight`` is infinite and no text of `syntax` fits into the time steps.
        """
        self._validate_params()
        log_proba = check_log_proba(log_proba, alphabet)
        syntax = PlateSyntax(self.syntax) if isinstance(self.syntax, str) else self.syntax
        automaton = None if syntax is None else build_automaton(syntax, alphabet)
        predictions: list[PlateReading] = []
        for start in range(0, len(log_proba), _CHUNK):
            predictions += self._decode(log_proba[start : start + _CHUNK], alphabet, automaton)
        if automaton is not None and self.syntax_weight == np.inf:
            _warn_if_too_long(syntax, automaton, log_proba, predictions)
        return predictions

    def _decode(
        self, log_proba: npt.NDArray[np.floating], alphabet: str, automaton: Automaton | None
    ) -> list[PlateReading]:
        samples, texts = self._candidates(log_proba, automaton)
        scores = log_probability(log_proba, samples, texts)
        # Rounding may raise the sum slightly above 1.
        probabilities = np.minimum(np.exp(scores), 1)
        if automaton is not None:
            scores = np.where(automaton.accepts(texts), scores, scores - self.syntax_weight)
        return rank_texts(
            log_proba, alphabet, samples, texts, scores, probabilities, self.n_candidates
        )

    def _candidates(
        self, log_proba: npt.NDArray[np.floating], automaton: Automaton | None
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return distinct texts, sorted by sample, and the index of each text's sample."""
        every_sample = np.arange(len(log_proba))
        beam_width = int(self.beam_width)  # sums of small integer types of NumPy overflow
        greedy = pad_texts(best_paths(log_proba)[0])
        candidates = [(every_sample, greedy)]
        if automaton is None or self.syntax_weight < np.inf:
            any_text = Automaton.of_any_text(log_proba.shape[2])
            candidates.append(_search(log_proba, beam_width, any_text))
        if automaton is not None:
            candidates.append(_search(log_proba, beam_width, automaton))
            # Where the greedy text matches, it is also that of the best matching path.
            unmatched = np.flatnonzero(~automaton.accepts(greedy))
            candidates.append((unmatched, best_matching_texts(log_proba[unmatched], automaton)))
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
    """Return the texts of a prefix beam search and the index of each text's sample."""
    texts, found = prefix_beam_search(log_proba, beam_width, automaton)
    return np.nonzero(found)[0], texts[found]


def _warn_if_too_long(
    syntax: PlateSyntax | None,
    automaton: Automaton,
    log_proba: npt.NDArray[np.floating],
    predictions: list[PlateReading],
) -> None:
    """Warn if all predictions are empty because no text of the syntax has enough time steps."""
    if any(prediction.text for prediction in predictions) or not any(
        map(len, best_paths(log_proba)[0])
    ):
        return
    any_path = np.zeros((1, *log_proba.shape[1:]))
    if not best_matching_texts(any_path, automaton).any():
        warnings.warn(
            f"No text of syntax={syntax!r} fits into the {log_proba.shape[1]} time steps of "
            "log_proba, so '' is predicted for every plate. Add a shorter pattern, set a finite "
            "syntax_weight, or use a network with more time steps.",
            UserWarning,
            stacklevel=3,
        )
