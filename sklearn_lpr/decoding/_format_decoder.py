"""Decoder that decides between characters in doubt by the plate formats of many countries."""

from functools import lru_cache
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._estimator import PlateEstimator
from .._sklearn_compat import Interval
from ..syntax import FormatPrior, PlateSyntax
from ._ctc import text_probability
from ._greedy import GreedyDecoder
from ._log_proba import check_log_proba
from ._pattern_table import build_pattern_table
from ._ranking import rank_texts
from ._reading import PlateReading
from ._variants import text_variants

__all__ = ["FormatDecoder"]

# Samples decoded at once: bounds the memory and fits the caches.
_CHUNK = 128

# A text may have many paths, the best of which costs more than the text itself.
_COST_OF_PATHS = 2.5

_N_VARIANTS = 32

# Larger penalties are the same: their exponentials would be 0, so that no text remains.
_MAX_WEIGHT = 500.0


class FormatDecoder(PlateEstimator):
    """CTC best-path decoding, with plate formats for the characters that are in doubt.

    The candidates are the text of the best path and its variants: those with another character
    where the network is in doubt, such as O in place of 0. They are ranked by the product of their
    exact probability, summed over all paths, and their weight under a prior over plate formats.
    Unlike with `BeamSearchDecoder`, the formats of all countries can be used at once, since formats
    that allow little weigh more than formats that allow nearly everything, and the time does not
    grow with their number.

    Parameters
    ----------
    prior : FormatPrior or PlateSyntax, default=None
        The plate formats. None means those of all known countries, `FormatPrior()`. A syntax means
        a prior of one format.
    syntax_weight : float, default=3.0
        The largest penalty on the log-probability of a text. A text with the weight v under the
        prior has the penalty ``-log(min(1, v + exp(-syntax_weight)))``: none if it fits well, and
        `syntax_weight` if it matches no pattern. A text that matches nothing is predicted if it is
        more than ``exp(syntax_weight)`` times as probable as every other one. 0 ignores the
        formats.
    n_candidates : int, default=5
        The maximum number of `candidates` of a prediction.

    See Also
    --------
    BeamSearchDecoder : Searches all texts of the formats of one country.
    sklearn_lpr.syntax.FormatPrior : Weighs texts by plate formats.

    Notes
    -----
    Where the best path's text alone has a probability above ``1 / (1 + exp(-syntax_weight))``, no
    other text can have a higher score, and the text is predicted without comparing others. All
    other predictions have the confidences of the posterior: the product of probability and weight,
    divided by its sum over all texts. Texts that are not among the candidates count with the weight
    of the predicted one.

    Examples
    --------
    The second of three characters is 0 or O, and the format requires a letter.

    >>> import numpy as np
    >>> from sklearn_lpr.decoding import FormatDecoder
    >>> from sklearn_lpr.syntax import PlateSyntax
    >>> proba = [[[0, 0, 0, 1, 0], [0.1, 0.5, 0.4, 0, 0], [0, 0, 0, 0, 1]]]
    >>> log_proba = np.log(np.maximum(proba, 1e-9))
    >>> decoder = FormatDecoder(PlateSyntax("@@#"))
    >>> prediction = decoder.decode(log_proba, alphabet="0OA1")[0]
    >>> prediction.text, round(prediction.confidence, 2)
    ('AO1', 0.93)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "prior": [FormatPrior, PlateSyntax, None],
        "syntax_weight": [Interval(Real, 0, None, closed="left")],
        "n_candidates": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        prior: FormatPrior | PlateSyntax | None = None,
        *,
        syntax_weight: float = 3.0,
        n_candidates: int = 5,
    ) -> None:
        self.prior = prior
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
            One prediction per sample, in order.

        Raises
        ------
        ValueError
            If a parameter is out of range, `log_proba` does not fit `alphabet`, has NaN or
            probabilities that sum to more than 1.
        """
        self._validate_params()
        log_proba = check_log_proba(log_proba, alphabet)
        predictions = GreedyDecoder().decode(log_proba, alphabet)
        certain = 1 / (1 + np.exp(-self.syntax_weight))
        (in_doubt,) = np.nonzero([each.confidence <= certain for each in predictions])
        for start in range(0, len(in_doubt), _CHUNK):
            chunk = in_doubt[start : start + _CHUNK]
            for index, prediction in zip(
                chunk, self._decode(log_proba[chunk], alphabet), strict=True
            ):
                predictions[index] = prediction
        return predictions

    def _decode(self, log_proba: npt.NDArray[np.floating], alphabet: str) -> list[PlateReading]:
        """Decode samples by comparing the variants of their texts."""
        samples, texts = text_variants(log_proba, self.syntax_weight + _COST_OF_PATHS, _N_VARIANTS)
        table = build_pattern_table(_to_prior(self.prior), alphabet)
        unmatched = np.exp(-min(self.syntax_weight, _MAX_WEIGHT))
        weights = np.minimum(table.weigh(texts) + unmatched, 1)
        probabilities = text_probability(log_proba, samples, texts)
        products = probabilities * weights
        # Texts that are not compared count with the weight of the best one.
        n_samples = len(log_proba)
        best = np.lexsort((-products, samples))[np.searchsorted(samples, np.arange(n_samples))]
        rest = np.maximum(1 - np.bincount(samples, probabilities, n_samples), 0) * weights[best]
        totals = np.bincount(samples, products, n_samples) + rest
        confidences = np.minimum(products / totals[samples], 1)
        return rank_texts(
            log_proba, alphabet, samples, texts, products, confidences, self.n_candidates
        )


# Building the prior of all countries takes longer than decoding a plate.
@lru_cache(maxsize=32)
def _to_prior(prior: FormatPrior | PlateSyntax | None) -> FormatPrior:
    if prior is None:
        return FormatPrior()
    return FormatPrior(prior) if isinstance(prior, PlateSyntax) else prior
