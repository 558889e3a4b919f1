"""Fusion of several predictions for one plate.

The predictions are those of several recognizers or of several frames. Texts are compared by
character, so that recognizers may have different alphabets.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import fsum, prod
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from .._character_alignment import align_characters
from ..decoding import EMPTY_PREDICTION, PlateReading
from ..decoding._reading import check_prediction

__all__ = ["VOTINGS", "fuse_predictions"]

# Sums are exactly rounded (fsum) and maxima are taken over sorted texts, so that the result does
# not depend on the order of the predictions.


class _Vote(NamedTuple):
    prediction: PlateReading
    weight: float

    @property
    def text(self) -> str:
        return self.prediction.text

    @property
    def confidence(self) -> float:
        return self.prediction.confidence

    @property
    def probabilities(self) -> dict[str, float]:
        """The probabilities of the texts; that of all others is 0."""
        return {**dict(self.prediction.candidates), self.text: self.confidence}

    def character_probability(self, position: int) -> float:
        """Return the probability of a character; the one of the whole text is a lower bound."""
        probabilities = self.prediction.character_confidences
        return probabilities[position] if probabilities else self.confidence


def fuse_predictions(
    predictions: Sequence[PlateReading], weights: Sequence[float], voting: str
) -> PlateReading:
    """Fuse several predictions for one plate.

    Parameters
    ----------
    predictions : sequence of PlateReading
        Predictions of the text ``""`` have no vote.
    weights : sequence of float
        One weight per prediction, at least 0. A prediction of weight 0 has no vote.
    voting : {"confidence", "majority", "mean", "position"}
        The rule that selects the text; see `VotingRecognizer`.

    Returns
    -------
    PlateReading
        The prediction itself if there is one vote, and ``""`` with confidence 0 if there is none.

    Raises
    ------
    ValueError
        If a confidence is not between 0 and 1, or the number of character confidences is not the
        number of characters.
    """
    for prediction in predictions:
        check_prediction(prediction)
    votes = [
        _Vote(prediction, weight)
        for prediction, weight in zip(predictions, weights, strict=True)
        if prediction.text and weight > 0
    ]
    if not votes:
        return EMPTY_PREDICTION
    if len(votes) == 1:
        return votes[0].prediction
    text = VOTINGS[voting](votes)
    return _pool(text, votes) if text else EMPTY_PREDICTION


# --- Selection of the text.


def _select_by_confidence(votes: Sequence[_Vote]) -> str:
    ordered = sorted(votes, key=lambda vote: vote.text)
    return max(ordered, key=lambda vote: vote.weight * vote.confidence).text


def _select_by_majority(votes: Sequence[_Vote]) -> str:
    votes_by_text: dict[str, list[_Vote]] = defaultdict(list)
    for vote in votes:
        votes_by_text[vote.text].append(vote)

    def support(text: str) -> tuple[float, float]:
        return (
            fsum(vote.weight for vote in votes_by_text[text]),
            max(vote.confidence for vote in votes_by_text[text]),
        )

    return max(sorted(votes_by_text), key=support)


def _select_by_mean(votes: Sequence[_Vote]) -> str:
    support = _sum_probabilities(votes)
    return max(sorted(support), key=support.__getitem__)


def _select_by_position(votes: Sequence[_Vote]) -> str:
    n_used = [0] * len(votes)  # the number of characters of each vote in previous columns
    text = []
    for column in _align(dict(enumerate(vote.text for vote in votes)), votes):
        supporters: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for index, vote in enumerate(votes):
            character = column.get(index, "")
            confidence = vote.confidence  # a lower bound of the probability of the gap
            if character:
                confidence = vote.character_probability(n_used[index])
                n_used[index] += 1
            supporters[character].append((vote.weight, confidence))
        support = {
            character: (
                fsum(weight for weight, _ in items),
                max(confidence for _, confidence in items),
            )
            for character, items in supporters.items()
        }
        text.append(max(sorted(support), key=lambda character: support[character]))
    return "".join(text)


VOTINGS: Mapping[str, Callable[[Sequence[_Vote]], str]] = {
    "confidence": _select_by_confidence,
    "majority": _select_by_majority,
    "mean": _select_by_mean,
    "position": _select_by_position,
}


# --- Confidence of the selected text.


def _pool(text: str, votes: Sequence[_Vote]) -> PlateReading:
    """Return a text with the weighted mean probabilities of all votes (linear opinion pool)."""
    total = fsum(vote.weight for vote in votes)
    supports = [_character_supports(text, vote) for vote in votes]
    characters = tuple(fsum(column) / total for column in zip(*supports, strict=True))
    probabilities = {other: support / total for other, support in _sum_probabilities(votes).items()}
    if text not in probabilities:
        probabilities[text] = prod(characters)
    candidates = sorted(
        probabilities.items(), key=lambda item: (-item[1], item[0] != text, item[0])
    )
    return PlateReading(text, probabilities[text], characters, tuple(candidates))


def _sum_probabilities(votes: Sequence[_Vote]) -> dict[str, float]:
    """Return the sum of the weighted probabilities of each predicted text."""
    terms: dict[str, list[float]] = {vote.text: [] for vote in votes}
    for vote in votes:
        for text, probability in vote.probabilities.items():
            if text in terms:
                terms[text].append(vote.weight * probability)
    return {text: fsum(each) for text, each in terms.items()}


def _character_supports(text: str, vote: _Vote) -> list[float]:
    """Return the weighted probability of each character of a text according to one vote."""
    supports = [0.0] * len(text)
    i = j = 0
    for character, predicted in _pairs(text, vote.text):
        if character == predicted:
            supports[i] = vote.weight * vote.character_probability(j)
        i += len(character)
        j += len(predicted)
    return supports


# --- Alignment of several texts.


def _align(texts: Mapping[int, str], votes: Sequence[_Vote]) -> list[dict[int, str]]:
    """Arrange the characters of texts in columns, with gaps where a text has no character.

    Each text is aligned by edit distance to the medoid, the text with the least sum of distances
    to all others. Characters that several texts have between two columns are aligned recursively.
    """
    if not texts:
        return []
    medoid = _medoid(texts, votes)
    columns: list[dict[int, str]] = [{} for _ in medoid]
    insertions: list[dict[int, str]] = [{} for _ in range(len(medoid) + 1)]
    for index, text in texts.items():
        position = 0
        for character, aligned in _pairs(medoid, text):
            if not character:
                insertions[position][index] = insertions[position].get(index, "") + aligned
            elif aligned:
                columns[position][index] = aligned
            position += len(character)
    result = _align(insertions[0], votes)
    for column, inserted in zip(columns, insertions[1:], strict=True):
        result += [column, *_align(inserted, votes)]
    return result


def _medoid(texts: Mapping[int, str], votes: Sequence[_Vote]) -> str:
    # Equal texts have equal distances: a long track has many.
    weights: dict[str, list[float]] = defaultdict(list)
    confidence: dict[str, float] = defaultdict(float)
    for index, text in texts.items():
        weights[text].append(votes[index].weight)
        confidence[text] = max(confidence[text], votes[index].confidence)
    weight = {text: fsum(each) for text, each in weights.items()}

    def centrality(text: str) -> tuple[float, float]:
        distance = fsum(weight[other] * Levenshtein.distance(text, other) for other in weight)
        return -distance, confidence[text]

    return max(sorted(weight), key=centrality)


def _pairs(first: str, second: str) -> list[tuple[str, str]]:
    """Align two texts by edit distance, without gaps if that takes no more edits."""
    if len(first) == len(second):
        without_gaps = list(zip(first, second, strict=True))
        if sum(a != b for a, b in without_gaps) == Levenshtein.distance(first, second):
            return without_gaps
    return align_characters(first, second)
