"""Swap characters between plates whose characters are random patterns."""

import warnings
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.augmentation._permuter import _paste

# Each character has its own random pattern, on plates with four cells of 10 x 12 pixels.
PATTERNS = {
    character: np.random.default_rng(ord(character)).integers(150, 256, (12, 10), dtype=np.uint8)
    for character in "AB12皖苏"
}


def plate(text, dark=False):
    image = np.hstack([PATTERNS[character] for character in text])[:, :, np.newaxis]
    framed = np.pad(image, ((6, 6), (0, 0), (0, 0)))
    return 255 - framed if dark else framed


TEXTS = np.array(["皖A12", "皖B21", "皖A11", "苏B22"])
IMAGES = np.stack([plate(text) for text in TEXTS])


def cells(image):
    return np.split(image[6:-6, :, 0].astype(float), 4, axis=1)


def looks_like(cell, character):
    return np.corrcoef(cell.ravel(), PATTERNS[character].ravel())[0, 1]


class EvenSegmenter:
    """Segmenter that returns a given number of boxes, ten pixels wide, per plate."""

    def __init__(self, counts):
        self.counts = counts

    def segment(self, X):
        return [
            SimpleNamespace(boxes=[(10 * place, 6, 10, 12) for place in range(count)])
            for count in self.counts
        ]


@pytest.mark.parametrize("segmenter", ["even", EvenSegmenter([4] * 4)], ids=["even", "segmenter"])
def test_the_image_shows_the_new_text(segmenter):
    permuter = CharacterPermuter(segmenter, p=1.0)
    draw = permuter.prepare(IMAGES, TEXTS)
    before = IMAGES.copy()
    changed = 0
    for seed in range(30):
        image, text = draw(seed % 4, np.random.default_rng(seed))
        assert image.shape == IMAGES[0].shape
        for cell, character in zip(cells(image), text, strict=True):
            best = max(PATTERNS, key=lambda other, cell=cell: looks_like(cell, other))
            assert best == character
        changed += text != TEXTS[seed % 4]
    assert changed > 15
    np.testing.assert_array_equal(IMAGES, before)


def test_characters_are_replaced_by_the_same_kind():
    draw = CharacterPermuter("even", p=1.0).prepare(IMAGES, TEXTS)
    texts = [draw(seed % 4, np.random.default_rng(seed))[1] for seed in range(50)]
    for text in texts:
        assert text[0] in "皖苏"
        assert text[1] in "AB"
        assert set(text[2:]) <= set("12")


def test_separators_are_not_swapped_with_letters():
    texts = np.array(["A-1", "B 2", "C-3"])
    images = np.random.default_rng(0).integers(0, 256, (3, 12, 30, 1), dtype=np.uint8)
    images[:] = np.where(images > 200, 255, 0)  # light on dark
    draw = CharacterPermuter("even", p=1.0).prepare(images, texts)
    swapped = [draw(seed % 3, np.random.default_rng(seed))[1] for seed in range(60)]
    assert [text[1] for text in swapped] == ["-", " ", "-"] * 20
    assert {text[0] for text in swapped} == set("ABC")
    assert {text[2] for text in swapped} == set("123")


@pytest.mark.parametrize(("balance", "fraction"), [(0.0, 0.25), (0.5, 0.366), (1.0, 0.5)])
def test_balance_oversamples_rare_characters(balance, fraction):
    # One of four plates has the province 苏. With square roots its fraction is 1 / (1 + sqrt(3)).
    draw = CharacterPermuter("even", p=1.0, balance=balance).prepare(IMAGES, TEXTS)
    found = Counter(draw(0, np.random.default_rng(seed))[1][0] for seed in range(2000))
    assert found["苏"] / 2000 == pytest.approx(fraction, abs=0.035)


def test_with_p_0_no_character_is_replaced():
    draw = CharacterPermuter("even", p=0.0).prepare(IMAGES, TEXTS)
    image, text = draw(3, np.random.default_rng(0))
    np.testing.assert_array_equal(image, IMAGES[3])
    assert text == TEXTS[3]


def test_a_patch_takes_the_brightness_and_contrast_of_what_it_replaces():
    dim = IMAGES.copy()
    dim[0] = dim[0] // 3
    draw = CharacterPermuter("even", p=1.0).prepare(dim, TEXTS)
    for seed in range(10):
        image, _ = draw(0, np.random.default_rng(seed))
        for new, old in zip(np.split(image, 4, axis=1), np.split(dim[0], 4, axis=1), strict=True):
            assert new.mean() == pytest.approx(old.mean(), abs=1)
            assert new.std() == pytest.approx(old.std(), rel=0.05)


def test_dark_and_light_plates_do_not_swap_characters():
    texts = np.array(["皖A12", "苏B21"])
    images = np.stack([plate(texts[0]), plate(texts[1], dark=True)])
    # The frame is black on one plate and white on the other.
    draw = CharacterPermuter("even", p=1.0).prepare(images, texts)
    for seed in range(20):
        assert draw(0, np.random.default_rng(seed))[1][:2] == "皖A"
        assert draw(1, np.random.default_rng(seed))[1][:2] == "苏B"


def test_plates_with_a_wrong_number_of_segments_are_excluded_and_counted():
    permuter = CharacterPermuter(EvenSegmenter([4, 3, 4, 5]), p=1.0)
    with pytest.warns(UserWarning, match=r"2 of 4 plates are excluded from character swapping"):
        draw = permuter.prepare(IMAGES, TEXTS)
    texts = {draw(index, np.random.default_rng(seed))[1] for index in (1, 3) for seed in range(9)}
    assert texts == {TEXTS[1], TEXTS[3]}
    # The only 苏 is on an excluded plate.
    assert all(draw(0, np.random.default_rng(seed))[1][0] == "皖" for seed in range(9))


def test_whole_segments_are_swapped():
    segments = np.zeros((3, 5, 12, 10, 1), np.uint8)
    texts = np.array(["皖A12", "苏B21", "皖B1"])
    for row, text in zip(segments, ["皖A12", "苏B21", "皖B12"], strict=True):
        row[: len(text), :, :, 0] = [PATTERNS[character] for character in text]
    with pytest.warns(UserWarning, match=r"1 of 3 plates"):
        draw = CharacterPermuter(p=1.0).prepare(segments, texts)
    seen = set()
    for seed in range(30):
        image, text = draw(0, np.random.default_rng(seed))
        seen.add(text)
        for place, character in enumerate(text):
            np.testing.assert_array_equal(image[place, :, :, 0], PATTERNS[character])
        assert (image[4] == 0).all()
    assert len(seen) > 10


def test_the_augmenter_swaps_characters_first():
    augmenter = PlateAugmenter(permutation=CharacterPermuter("even", p=1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn, texts = augmenter.augment(IMAGES, TEXTS, random_state=0)
    assert drawn.shape == IMAGES.shape
    assert texts.tolist() != TEXTS.tolist()
    assert augmenter.get_params()["permutation__p"] == 1.0


def test_whole_plates_require_a_segmenter():
    with pytest.raises(ValueError, match=r"segmenter=CharacterSegmenter\(\), or 'even'"):
        CharacterPermuter().prepare(IMAGES, TEXTS)


def test_a_patch_of_equal_contrast_is_copied_to_the_pixel():
    rng = np.random.default_rng(0)
    donor = rng.integers(0, 256, (10, 24, 3), np.uint8)
    image = np.full((10, 24, 3), 7, np.uint8)
    image[2:8, 12:18] = donor[2:8, 4:10][::-1]  # mean and deviation of the patch
    _paste(image, np.array([12.0, 2, 18, 8]), donor, np.array([4.0, 2, 10, 8]))
    np.testing.assert_allclose(image[2:8, 12:18], donor[2:8, 4:10], atol=1)
    image[2:8, 12:18] = 7
    assert (image == 7).all()


def test_only_the_part_of_a_box_inside_the_image_is_replaced():
    rng = np.random.default_rng(0)
    donor = rng.integers(0, 256, (10, 24, 1), np.uint8)
    image = np.full((10, 24, 1), 7, np.uint8)
    image[:5, :4] = donor[5:, 8:12]
    _paste(image, np.array([-2.0, -1, 4, 5]), donor, np.array([6.0, 4, 12, 10]))
    np.testing.assert_allclose(image[:5, :4], donor[5:, 8:12], atol=1)
    image[:5, :4] = 7
    assert (image == 7).all()
    _paste(image, np.array([24.0, 1, 30, 9]), donor, np.array([6.0, 1, 12, 9]))
    assert (image == 7).all()
