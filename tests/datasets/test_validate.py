from types import SimpleNamespace

import cv2
import numpy as np
import pandas as pd
import pytest

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import _validate_images, make_plates
from sklearn_lpr.datasets._validate import PlateReport, validate_plates
from sklearn_lpr.images import box_corners
from sklearn_lpr.syntax import PlateSyntax

SYNTAX = PlateSyntax("@@###")


@pytest.fixture(scope="module")
def plates():
    """Return twelve different scenes and their texts."""
    X, y = make_plates(12, syntaxes=["@@###"], random_state=0, return_X_y=True)
    return [PlateImage(sample.pixels(), sample.corners) for sample in X], y.tolist()


def validate(X, y, **options):
    return validate_plates(X, y, **{"min_count": 1, **options})


def found(report):
    return list(report.issues[["sample", "kind"]].itertuples(index=False, name=None))


def save_again(pixels, quality):
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)


def test_valid_data(plates):
    X, y = plates
    report = validate(X, y, syntax=SYNTAX, splits=["train"] * 8 + ["test"] * 4)
    assert found(report) == []
    assert report.issues.columns.tolist() == ["sample", "kind", "source", "text", "detail"]
    assert report.counts.tolist() == [0] * 13
    assert (report.n_samples, report.n_plates) == (12, len(set(y)))
    assert report.lengths.to_dict() == {5: len(set(y))}
    assert str(report).startswith(
        "12 sample(s) of 12 different plate(s), 0 of them with 0 issue(s)"
    )


def test_files_that_cannot_be_read(plates, tmp_path):
    X, y = plates
    for name, content in [("empty.jpg", b""), ("text.png", b"no image")]:
        (tmp_path / name).write_bytes(content)
    _, encoded = cv2.imencode(".jpg", X[0].pixels())
    (tmp_path / "whole.jpg").write_bytes(encoded.tobytes())
    (tmp_path / "half.jpg").write_bytes(encoded.tobytes()[: len(encoded) // 2])
    names = ["empty.jpg", "text.png", "whole.jpg", "half.jpg", "absent.jpg"]
    paths = [str(tmp_path / name) for name in names]
    report = validate(pd.DataFrame({"file": paths}), y[:5])
    assert found(report) == [(i, "unreadable") for i in (0, 1, 3, 4)]
    report = validate([tmp_path / name for name in names], y[:5])
    assert found(report) == [(i, "unreadable") for i in (0, 1, 3, 4)]
    assert report.issues["source"].tolist() == [str(tmp_path / names[i]) for i in (0, 1, 3, 4)]
    assert report.issues["text"].tolist() == [y[i] for i in (0, 1, 3, 4)]
    for row in report.issues.itertuples():
        assert row.source in row.detail
        assert "Sample 0" not in row.detail


@pytest.mark.parametrize(
    "item", [None, 7, np.zeros((24, 94)), np.zeros((0, 4), np.uint8), np.zeros((9, 9, 4), np.uint8)]
)
def test_samples_that_are_not_images(plates, item):
    X, y = plates
    assert found(validate([X[0], item], y[:2])) == [(1, "unreadable")]


def test_blank_images_are_not_duplicates(plates):
    X, y = plates
    blank = np.full((24, 94, 3), 255, np.uint8)
    assert found(validate([X[0], blank, blank], y[:3])) == [(1, "blank"), (2, "blank")]


TURNED = np.roll(box_corners(40, 20, 94, 24), 2, axis=0)


@pytest.mark.parametrize(
    ("corners", "detail"),
    [
        (box_corners(150, 20, 94, 24), "lies outside the image of 200 x 100"),
        (box_corners(40, 101, 94, 6), "lie outside the image of 200 x 100"),
        (box_corners(0.2, 0.3, 0.5, 0.2), "multiply fractions by its width"),
        (box_corners(40, 20, 94, 24)[::-1], "do not bound a convex quadrilateral"),
        (np.full((4, 2), np.nan), "must be finite"),
        (TURNED, "do not start at the top left corner"),
        (np.roll(box_corners(40, 20, 94, 24), 1, axis=0), "do not start at the top left corner"),
        (np.roll(box_corners(40, 20, 94, 24), 3, axis=0), "do not start at the top left corner"),
    ],
)
def test_corners(corners, detail):
    image = np.random.default_rng(0).integers(0, 255, (100, 200, 3), dtype=np.uint8)
    report = validate([PlateImage(image, corners)], ["AB123"])
    assert found(report) == [(0, "corners")]
    assert detail in report.issues["detail"][0]


@pytest.mark.parametrize("degrees", [-40, -10, 0, 25, 40])
def test_corners_of_rotated_plates_are_valid(degrees):
    image = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    turn = cv2.getRotationMatrix2D((100, 100), degrees, 1)
    corners = box_corners(53, 88, 94, 24) @ turn[:, :2].T + turn[:, 2]
    assert found(validate([PlateImage(image, corners)], ["AB123"])) == []


def test_duplicates(plates):
    X, y = plates
    X, y = X[:4], y[:4]
    grey = X[0].pixels()[..., :1]
    X += [X[1], PlateImage(X[0].pixels().copy(), X[0].corners), grey, grey.copy()]
    y += [y[1], y[0], "XY987", "XY987"]
    report = validate(X, y)
    # A greyscale copy, or a plate with its surroundings, is a different image.
    assert found(report) == [(i, "duplicate_image") for i in (4, 5, 7)]
    assert report.issues["detail"].tolist() == [
        f"The same pixels as sample {i}." for i in (1, 0, 6)
    ]


def test_the_same_image_with_another_text(plates):
    X, y = plates
    report = validate([X[0], X[0], X[0]], [y[0], "ZZ999", ""])
    assert found(report) == [
        (1, "conflicting_texts"),
        (2, "missing_text"),
        (2, "duplicate_image"),
    ]
    assert report.issues["detail"][0] == f"The same pixels as sample 0, whose text is {y[0]!r}."


def test_the_first_of_several_equal_images_may_lack_a_text(plates):
    X, _ = plates
    report = validate([X[0]] * 4, ["", "AB123", "XY987", ""])
    assert found(report) == [
        (0, "missing_text"),
        (1, "duplicate_image"),
        (2, "conflicting_texts"),
        (3, "missing_text"),
        (3, "duplicate_image"),
    ]
    assert report.issues["detail"].tolist()[1:3] == [
        "The same pixels as sample 0.",
        "The same pixels as sample 1, whose text is 'AB123'.",
    ]


def test_several_plates_in_one_photo_are_not_duplicates():
    photo = np.random.default_rng(0).integers(0, 255, (100, 300, 3), dtype=np.uint8)
    X = [PlateImage(photo, box_corners(x, 40, 94, 24)) for x in (10, 150)]
    assert found(validate(X, ["AB123", "CD456"])) == []


def test_images_saved_again_are_near_duplicates(plates):
    X, y = plates
    again = [PlateImage(save_again(X[i].pixels(), 80), X[i].corners) for i in (3, 8)]
    report = validate([*X, *again], [*y, y[3], "ZZ999"])
    assert found(report) == [(12, "near_duplicate"), (13, "conflicting_texts")]
    assert report.issues["detail"].tolist() == [
        "Nearly the same image as sample 3.",
        f"Nearly the same image as sample 8, whose text is {y[8]!r}.",
    ]


def test_near_duplicates_across_blocks(plates, monkeypatch):
    X, y = plates
    again = [PlateImage(save_again(sample.pixels(), 90), sample.corners) for sample in X]
    whole = validate([*X, *again], [*y, *y]).issues
    assert set(whole["sample"]) <= set(range(12, 24))
    assert len(whole) >= 10
    assert set(whole["kind"]) == {"near_duplicate"}
    monkeypatch.setattr("sklearn_lpr.datasets._validate_images._BLOCK", 5)
    pd.testing.assert_frame_equal(validate([*X, *again], [*y, *y]).issues, whole)


def test_other_images_of_a_plate_are_not_duplicates():
    X, y = make_plates(20, syntaxes=["AB123"], random_state=1, return_X_y=True)
    assert found(validate(X, y)) == []


def test_missing_texts(plates):
    X, y = plates
    report = validate(X[:5], [None, float("nan"), "", 12, y[4]])
    assert found(report) == [(i, "missing_text") for i in range(4)]
    assert report.issues["detail"].tolist() == [
        "The text is None.",
        "The text is nan.",
        "The text is ''.",
        "The text is 12.",
    ]
    assert report.n_plates == 1


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("AB\n123", "U+000A"),
        ("AB\t123", "U+0009"),
        ("AB123\xa0", "U+00A0"),
        ("A\u200bB\u200b\n123", "U+200B, U+000A"),
    ],
)
def test_texts_that_cannot_be_printed(plates, text, characters):
    X, y = plates
    report = validate(X[:3], np.array([y[0], text, y[2]]), syntax=SYNTAX)
    assert found(report) == [(1, "invalid_text")]
    assert report.issues["detail"][0] == (
        f"The text {text!r} contains {characters}, which cannot be printed; remove it."
    )
    assert report.n_plates == 2


def test_rare_characters_and_lengths(plates):
    X, _ = plates
    # Q occurs in one plate, with two images, and B in two plates. Only C1 has two characters.
    texts = ["AAA", "ABA", "ABB", "AQA", "AQA", "C1", "AAB"]
    report = validate_plates(X[:7], texts, min_count=2)
    assert found(report) == [
        (3, "rare_character"),
        (4, "rare_character"),
        (5, "rare_length"),
        (5, "rare_character"),
    ]
    assert report.issues["detail"].tolist()[1:] == [
        "'Q' is in 1 plate(s).",
        "1 plate(s) have length 2.",
        "'C' is in 1 plate(s), '1' is in 1 plate(s).",
    ]
    assert report.characters.to_dict() == {"A": 5, "B": 3, "Q": 1, "C": 1, "1": 1}
    assert report.characters.index[:2].tolist() == ["A", "B"]
    assert report.lengths.to_dict() == {2: 1, 3: 5}


@pytest.mark.parametrize("syntax", [SYNTAX, *SYNTAX.patterns])
def test_syntax(plates, syntax):
    X, y = plates
    report = validate(X[:3], [y[0], "A1234", y[2]], syntax=syntax)
    assert found(report) == [(1, "syntax_mismatch")]


def test_plates_in_two_splits(plates):
    X, _ = plates
    y = ["A1", "A1", "A1", "B2", "B2", "C3", "C3", ""]
    splits = ["train", "train", "test", "train", "train", "test", None, "train"]
    report = validate(X[:8], y, splits=splits)
    assert found(report)[:3] == [(i, "plate_in_two_splits") for i in range(3)]
    assert found(report)[3:] == [(7, "missing_text")]
    assert report.issues["detail"][0] == "In 'train', and 1 in 'test'."
    assert report.issues["detail"][2] == "In 'test', and 2 in 'train'."
    as_series = validate(X[:8], y, splits=pd.Series(splits, index=range(5, 13)))
    pd.testing.assert_frame_equal(as_series.issues, report.issues)


@pytest.mark.parametrize("splits", [[0, 1, 0], [False, True, True], np.array([0, 1, 2])])
def test_the_number_of_a_fold_may_be_0(plates, splits):
    report = validate(plates[0][:3], ["A1", "A1", "B2"], splits=splits)
    assert found(report) == [(i, "plate_in_two_splits") for i in range(2)]


@pytest.mark.parametrize(
    "spelling",
    ["ab123", "AB-123", "AB 123", "A·B123", "АВ123", "ΑΒ123", "AB١٢٣", "AB१२३", "ＡＢ１２３"],
)
def test_several_spellings_of_a_plate(plates, spelling):
    X, _ = plates
    report = validate(X[:5], ["AB123", "AB124", spelling, "AB123", ""])
    assert found(report) == [(2, "several_spellings"), (4, "missing_text")]
    detail = report.issues["detail"][0]
    assert detail.startswith(f"{spelling!r} may be the plate 'AB123' of sample 0")
    splits = ["train", "train", "test", "train", "test"]
    report = validate(X[:5], ["AB123", "AB124", spelling, "AB123", ""], splits=splits)
    assert found(report)[:4] == [
        (0, "plate_in_two_splits"),
        (2, "plate_in_two_splits"),
        (2, "several_spellings"),
        (3, "plate_in_two_splits"),
    ]


def test_look_alike_letters_are_named(plates):
    report = validate(plates[0][:2], ["AB123", "A\u0412123"])
    assert report.issues["detail"][0] == (
        "'A\u0412123' may be the plate 'AB123' of sample 0: '\u0412' is CYRILLIC CAPITAL LETTER VE."
    )


@pytest.mark.parametrize(
    "texts",
    [["京A12345", "沪A12345"], ["О001АА", "О002АА"], ["O0", "OO"], ["-", "·"], ["Ü", "U"]],
)
def test_different_plates_are_not_spellings(plates, texts):
    assert found(validate(plates[0][:2], texts)) == []


@pytest.mark.parametrize("n_jobs", [1, 2, -1])
def test_forms_of_a_batch(plates, n_jobs):
    X, y = plates
    crops = np.stack([cv2.resize(sample.pixels(), (94, 24)) for sample in X])
    crops[3] = 0
    crops.flags.writeable = False
    objects = np.empty(len(X), dtype=object)
    objects[:] = list(crops)
    expected = validate(crops, y)
    assert found(expected) == [(3, "blank")]
    for form in (list(crops), objects, pd.Series(list(crops), index=range(7, 19))):
        report = validate(form, pd.Series(y, index=range(7, 19)), n_jobs=n_jobs)
        pd.testing.assert_frame_equal(report.issues, expected.issues)


def test_images_are_not_kept(tmp_path, monkeypatch):
    import tracemalloc

    rng = np.random.default_rng(0)
    paths = []
    for index in range(30):
        paths.append(str(tmp_path / f"{index}.png"))
        noise = rng.integers(0, 255, (30, 40, 3), dtype=np.uint8)
        cv2.imwrite(paths[-1], cv2.resize(noise, (800, 600), interpolation=cv2.INTER_NEAREST))
    texts = [f"A{index}" for index in range(30)]
    validate(paths[:2], texts[:2])
    tracemalloc.start()
    validate(paths, texts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 800 * 600 * 3


@pytest.mark.parametrize(
    ("X", "y", "options", "error", "message"),
    [
        (np.zeros((2, 24, 94)), ["A", "B"], {}, ValueError, "X has shape"),
        (np.zeros((2, 24, 94, 3)), ["A", "B"], {}, ValueError, "dtype is float64"),
        ([], [], {}, ValueError, "X is empty"),
        ("a.jpg", ["A"], {}, TypeError, "one sample"),
        (["a.jpg"], None, {}, ValueError, "y is None"),
        (["a.jpg"], "A", {}, ValueError, "one text"),
        (["a.jpg"], np.array([["A"]]), {}, ValueError, "y has shape"),
        (["a.jpg"], ["A", "B"], {}, ValueError, "inconsistent numbers of samples"),
        (["a.jpg"], ["A"], {"splits": ["x", "y"]}, ValueError, "inconsistent numbers of samples"),
        (["a.jpg"], ["A"], {"syntax": ["@"]}, ValueError, "'syntax' parameter"),
        (["a.jpg"], ["A"], {"syntax": "@[A"}, ValueError, r"Pattern '@\[A', column 2"),
        (["a.jpg"], ["A"], {"min_count": 0}, ValueError, "'min_count' parameter"),
    ],
)
def test_misuse(X, y, options, error, message):
    with pytest.raises(error, match=message):
        validate_plates(X, y, **options)


def test_summary(plates):
    X, y = plates
    report = validate([X[0], X[0], X[1], "absent.jpg"], [y[0], y[0], "?", y[3]], syntax=SYNTAX)
    lines = str(report).splitlines()
    assert lines[0] == "4 sample(s) of 3 different plate(s), 3 of them with 3 issue(s)."
    assert lines[1].split(maxsplit=2)[:2] == ["1", "unreadable,"]
    assert "sample 3 ('absent.jpg'). there is no file 'absent.jpg'." in lines[1]
    assert lines[2].endswith("the first: sample 1. The same pixels as sample 0.")
    assert lines[3].endswith(
        "syntax_mismatch, the first: sample 2. '?' matches no pattern of the syntax."
    )
    assert lines[4] == "Plates by length: 1: 1, 5: 2."
    assert lines[5].startswith("Plates by character: ")
    assert repr(report) == "PlateReport(4 samples, 3 plates, 3 issues)"
    assert report.counts[report.counts > 0].to_dict() == {
        "unreadable": 1,
        "duplicate_image": 1,
        "syntax_mismatch": 1,
    }
    assert isinstance(report, PlateReport)


def test_plates_without_any_text(plates):
    report = validate(plates[0][:1], [""])
    assert str(report).endswith("Plates by length: none.\nPlates by character: none.")


def test_near_duplicates_name_the_first_earlier_image(monkeypatch):
    hashes = [b"\x00" * 8, b"\xff" * 8, b"\x01" + b"\x00" * 7, b"\xff" * 7 + b"\xfe", b"\x00" * 8]
    inspections = [SimpleNamespace(difference_hash=each) for each in hashes]
    for block in (2, 3, 100):
        monkeypatch.setattr(_validate_images, "_BLOCK", block)
        found = _validate_images._near_pairs(inspections, list(range(5)))
        assert found == {2: 0, 3: 1, 4: 0}
