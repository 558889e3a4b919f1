"""Several readings of one plate become one.

The readings may be those of several recognizers or of several frames. Characters are compared as
characters, so that recognizers may have different alphabets.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import fsum, prod
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from .._character_alignment import align_characters
from ..decoding import NOTHING_READ, PlateReading

__all__ = ["VOTINGS", "fuse_readings"]

# Sums are exactly rounded (fsum), and what is chosen from is sorted: the order of the readings
# decides nothing.


class _Vote(NamedTuple):
    reading: PlateReading
    weight: float

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def strength(self) -> float:
        return self.weight * self.reading.confidence

    def probability(self, text: str) -> float:
        """Give the probability of a text; one that is not mentioned has none."""
        if text == self.text:
            return self.reading.confidence
        return dict(self.reading.candidates).get(text, 0.0)

    def character_probability(self, place: int) -> float:
        """Give the probability of one character; it is at least that of the whole text."""
        each = self.reading.character_confidences
        return each[place] if each else self.reading.confidence


def fuse_readings(
    readings: Sequence[PlateReading], weights: Sequence[float], voting: str
) -> PlateReading:
    """Fuse the readings of one plate.

    Parameters
    ----------
    readings : sequence of PlateReading
        Those of the text ``""`` do not vote.
    weights : sequence of float
        One each, at least 0; a reading of weight 0 does not vote.
    voting : {"confidence", "majority", "position"}
        How the text is chosen; see `VotingRecognizer`.

    Returns
    -------
    PlateReading
        The only one that votes, as it is; ``""`` with confidence 0 where none votes.
    """
    votes = [
        _Vote(reading, weight)
        for reading, weight in zip(readings, weights, strict=True)
        if reading.text and weight > 0
    ]
    if not votes:
        return NOTHING_READ
    if len(votes) == 1:
        return votes[0].reading
    text = VOTINGS[voting](votes)
    return _pooled(text, votes) if text else NOTHING_READ


# --- How the text is chosen.


def _most_confident(votes: Sequence[_Vote]) -> str:
    return max(sorted(votes, key=lambda vote: vote.text), key=lambda vote: vote.strength).text


def _most_frequent(votes: Sequence[_Vote]) -> str:
    readers: dict[str, list[_Vote]] = defaultdict(list)
    for vote in votes:
        readers[vote.text].append(vote)

    def support(text: str) -> tuple[float, float]:
        return (
            fsum(vote.weight for vote in readers[text]),
            max(vote.reading.confidence for vote in readers[text]),
        )

    return max(sorted(readers), key=support)


def _by_position(votes: Sequence[_Vote]) -> str:
    read = [0] * len(votes)  # how many of its characters each vote has cast
    text = []
    for column in _align(dict(enumerate(vote.text for vote in votes)), votes):
        supporters: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for index, vote in enumerate(votes):
            character = column.get(index, "")
            confidence = vote.reading.confidence  # that nothing is missing here, at least
            if character:
                confidence = vote.character_probability(read[index])
                read[index] += 1
            supporters[character].append((vote.weight, confidence))
        support = {
            character: (fsum(weight for weight, _ in each), max(sure for _, sure in each))
            for character, each in supporters.items()
        }
        text.append(max(sorted(support), key=lambda character: support[character]))
    return "".join(text)


VOTINGS: Mapping[str, Callable[[Sequence[_Vote]], str]] = {
    "confidence": _most_confident,
    "majority": _most_frequent,
    "position": _by_position,
}


# --- How probable it is.


def _pooled(text: str, votes: Sequence[_Vote]) -> PlateReading:
    """Give the weighted means of the probabilities that the votes have for texts (linear pool)."""
    total = fsum(vote.weight for vote in votes)
    supports = [_supports(text, vote) for vote in votes]
    characters = tuple(fsum(column) / total for column in zip(*supports, strict=True))
    probabilities = {
        other: fsum(vote.weight * vote.probability(other) for vote in votes) / total
        for other in {vote.text for vote in votes}
    }
    if text not in probabilities:
        probabilities[text] = prod(characters)
    candidates = sorted(
        probabilities.items(), key=lambda item: (-item[1], item[0] != text, item[0])
    )
    return PlateReading(text, probabilities[text], characters, tuple(candidates))


def _supports(text: str, vote: _Vote) -> list[float]:
    """Give the weighted probability that a vote has for each character of a text."""
    supports = [0.0] * len(text)
    place = other = 0
    for character, read in _pairs(text, vote.text):
        if character == read:
            supports[place] = vote.weight * vote.character_probability(other)
        place += len(character)
        other += len(read)
    return supports


# --- Which characters of different texts belong together.


def _align(texts: Mapping[int, str], votes: Sequence[_Vote]) -> list[dict[int, str]]:
    """Arrange the characters of texts in columns; texts may have gaps.

    Each text is aligned by edit distance to the medoid, the text that is least far from all.
    Characters that several texts have between two of its places are aligned in the same way.
    """
    if not texts:
        return []
    medoid = _medoid(texts, votes)
    columns: list[dict[int, str]] = [{} for _ in medoid]
    between: list[dict[int, str]] = [{} for _ in range(len(medoid) + 1)]
    for index, text in texts.items():
        place = 0
        for character, read in _pairs(medoid, text):
            if not character:
                between[place][index] = between[place].get(index, "") + read
            elif read:
                columns[place][index] = read
            place += len(character)
    aligned = _align(between[0], votes)
    for column, inserted in zip(columns, between[1:], strict=True):
        aligned += [column, *_align(inserted, votes)]
    return aligned


def _medoid(texts: Mapping[int, str], votes: Sequence[_Vote]) -> str:
    def centrality(text: str) -> tuple[float, float]:
        far = fsum(
            votes[index].weight * Levenshtein.distance(text, other)
            for index, other in texts.items()
        )
        sure = (votes[index].reading.confidence for index in texts if texts[index] == text)
        return -far, max(sure)

    return max(sorted(set(texts.values())), key=centrality)


def _pairs(first: str, second: str) -> list[tuple[str, str]]:
    """Pair the characters of two texts by edit distance, without gaps where that is as near."""
    if len(first) == len(second):
        without_gaps = list(zip(first, second, strict=True))
        if sum(a != b for a, b in without_gaps) == Levenshtein.distance(first, second):
            return without_gaps
    return align_characters(first, second)
