"""Tests of the command line with fixed models, except the last ones."""

import csv
import io
import os
import subprocess
import sys
from inspect import signature
from pathlib import Path

import joblib
import numpy as np
import pytest
from click.testing import CliRunner
from plate_photos import RECOGNIZER, LevelRecognizer, make_recognizer, photo_with

from sklearn_lpr import OnnxRecognizer, __version__, read_photos
from sklearn_lpr._compat import cv2
from sklearn_lpr.calibration import CalibratedRecognizer
from sklearn_lpr.cli import main
from sklearn_lpr.cli._fine_tune import _calibrate, _warn_of_few_plates
from sklearn_lpr.cli._messages import Failure
from sklearn_lpr.cli._photo_paths import TargetPaths, write_photo
from sklearn_lpr.cli._plate_table import PlateTable
from sklearn_lpr.cli._redact import _MARGIN
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.decoding import EMPTY_PREDICTION, PlateReading
from sklearn_lpr.images import box_corners

# Before click 8.2, both streams are mixed by default.
SEPARATE = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}


def run(*args, **kwargs):
    return CliRunner(**SEPARATE).invoke(main, [str(arg) for arg in args], **kwargs)


def write(path, photo):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), photo)
    return path


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def fixed(monkeypatch, tmp_path):
    """Replace the bundled recognizer, and work in a folder with photos."""
    monkeypatch.setattr("sklearn_lpr.cli._read.load_model", lambda *_, **__: RECOGNIZER)
    annotated = make_recognizer(locate="annotation")
    monkeypatch.setattr("sklearn_lpr.cli._evaluate.load_model", lambda *_, **__: annotated)
    write(tmp_path / "photos/a.png", photo_with([1, 2]))
    write(tmp_path / "photos/b/c.png", photo_with([]))
    write(tmp_path / "photos/d.png", photo_with([5]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


# read


def test_read_writes_one_row_per_plate(fixed):
    result = run("read", "photos")
    assert result.exit_code == 0
    assert (
        result.stderr == "3 photos read: 3 plates, 1 photo without a plate; 0 photos with errors.\n"
    )
    rows = rows_of(result.stdout)
    assert [row["file"] for row in rows] == [
        "photos/a.png",
        "photos/a.png",
        "photos/d.png",
        "photos/b/c.png",
    ]
    assert [row["text"] for row in rows] == ["B", "C", "F", ""]
    assert rows[0]["confidence"] == "0.5"
    assert rows[0]["detection_score"] == "0.9"
    corners = [rows[1][name] for name in ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")]
    assert corners == ["10.0", "30.0", "22.0", "30.0", "22.0", "34.0", "10.0", "34.0"]
    assert (rows[3]["x1"], rows[3]["rows"], rows[3]["error"]) == ("", "0", "")


@pytest.mark.parametrize(
    ("args", "stdin"),
    [
        (["photos/a.png", "photos/d.png"], None),
        (["photos/*.png"], None),
        (["photos/*"], None),  # also fits a folder
        (["-"], "photos/a.png\nphotos/d.png\n"),
    ],
)
def test_read_takes_files_patterns_and_standard_input(fixed, args, stdin):
    result = run("read", *args, input=stdin)
    assert result.exit_code == 0
    assert [row["text"] for row in rows_of(result.stdout)] == ["B", "C", "F"]


def test_the_table_of_read_is_that_of_read_photos(fixed):
    (fixed / "photos/broken.jpg").write_bytes(b"nothing")
    assert run("read", "photos", "--csv", "plates.csv").exit_code == 1
    table = read_photos("photos", RECOGNIZER, on_error="record")
    assert (fixed / "plates.csv").read_text() == table.to_csv(index=False)


def test_numbers_are_rounded(fixed, monkeypatch):
    class Precise:
        def detect_all(self, X):
            return [(box_corners(10.04, 10, 12, 4.16)[np.newaxis], [0.123456]) for _ in X]

    recognizer = make_recognizer(detector=Precise(), locate="annotation", missing="detect")
    monkeypatch.setattr("sklearn_lpr.cli._read.load_model", lambda *_, **__: recognizer)
    [row] = rows_of(run("read", "photos/a.png").stdout)
    assert (row["x1"], row["y3"], row["detection_score"]) == ("10.0", "14.2", "0.1235")


def test_a_plate_without_recognized_text_is_a_row_with_its_corners(fixed, monkeypatch):
    class Silent(LevelRecognizer):
        def read(self, X):
            return [EMPTY_PREDICTION for _ in X]

    recognizer = make_recognizer(recognizer=Silent())
    monkeypatch.setattr("sklearn_lpr.cli._read.load_model", lambda *_, **__: recognizer)
    [row] = rows_of(run("read", "photos/d.png").stdout)
    assert (row["text"], row["confidence"], row["x1"], row["rows"]) == ("", "0.0", "10.0", "1")


def test_no_photos_give_a_table_without_rows(fixed):
    result = run("read", "-", input="")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        read_photos(iter([]), RECOGNIZER).to_csv(index=False).strip()
    ]


def test_the_table_of_read_is_loaded_as_labels(fixed):
    result = run("read", "photos/a.png", "--csv", "photos/plates.csv", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    plates = load_plates("photos/plates.csv")
    assert plates.target.tolist() == ["B", "C"]
    assert plates.frame.file.tolist() == ["a.png", "a.png"]
    np.testing.assert_array_equal(plates.data[0].corners, box_corners(10, 10, 12, 4))


def test_photos_outside_the_folder_of_the_table_have_absolute_paths(fixed):
    (fixed / "tables").mkdir()
    run("read", "photos/d.png", "--csv", "tables/plates.csv")
    [row] = rows_of((fixed / "tables/plates.csv").read_text())
    assert row["file"] == (fixed / "photos/d.png").as_posix()


def test_min_confidence_leaves_out_plates(fixed):
    assert rows_of(run("read", "photos", "--min-confidence", 0.6).stdout) == []
    assert len(rows_of(run("read", "photos", "--min-confidence", 0.5).stdout)) == 3


def test_a_broken_photo_is_a_row_and_exit_code_1(fixed):
    (fixed / "photos/broken.jpg").write_bytes(b"nothing")
    result = run("read", "photos", "--min-confidence", 0.9)
    assert result.exit_code == 1
    [row] = rows_of(result.stdout)
    assert "broken.jpg' (7 bytes) is not an image file" in row["error"]
    assert "Warning: 'photos/broken.jpg'" in result.stderr
    assert result.stderr.endswith(
        "3 photos read: 0 plates with a confidence of at least 0.9, 1 photo without a plate; "
        "1 photo with errors.\n"
    )


@pytest.fixture
def undecodable(fixed):
    """Return a photo whose name is not valid UTF-8."""
    path = write(fixed / "latin/photo.png", photo_with([1]))
    try:
        return path.rename(path.with_name(os.fsdecode(b"caf\xe9.png")))
    except OSError:
        pytest.skip("the file system takes valid UTF-8 only")


def test_a_name_that_is_not_utf_8_is_written_with_its_bytes(undecodable):
    Path("latin/caf\N{LATIN SMALL LETTER E WITH ACUTE}.png").write_bytes(b"nothing")
    for source, stdin in (("latin", None), ("-", b"latin/caf\xe9.png\nlatin/caf\xc3\xa9.png\n")):
        arguments = ("--csv", "plates.csv", "--overwrite", "--draw", "drawn")
        result = run("read", source, *arguments, input=stdin)
        assert result.exit_code == 1
        rows = rows_of(Path("plates.csv").read_text(encoding="utf-8"))
        texts = {row["file"]: row["text"] for row in rows}
        assert texts == {
            "latin/caf\\udce9.png": "B",
            "latin/caf\N{LATIN SMALL LETTER E WITH ACUTE}.png": "",
        }
        [drawn] = os.listdir(b"drawn/latin")
        assert drawn == b"caf\xe9.jpg"


def test_a_broken_photo_whose_name_is_not_utf_8_has_a_row(undecodable):
    undecodable.write_bytes(b"nothing")
    result = run("read", "latin")
    assert result.exit_code == 1
    [row] = rows_of(result.stdout)
    assert row["file"] == "latin/caf\\udce9.png"
    assert "caf\\udce9.png" in row["error"]
    assert "caf\\udce9.png" in result.stderr


def test_evaluate_writes_names_that_are_not_utf_8(undecodable, monkeypatch):
    monkeypatch.setattr("sklearn_lpr.cli._evaluate.load_model", lambda *_, **__: RECOGNIZER)
    undecodable.rename(undecodable.with_name(os.fsdecode(b"B_\xe9.png")))
    result = run("evaluate", "latin", "--csv", "predictions.csv")
    assert result.exit_code == 0, result.stderr
    [row] = rows_of(Path("predictions.csv").read_text(encoding="utf-8"))
    assert row["file"] == "B_\\udce9.png"


def test_draw_writes_photos_with_plates(fixed):
    result = run("read", "photos", "--draw", "out")
    assert result.exit_code == 0
    drawn = sorted(path.relative_to(fixed / "out") for path in (fixed / "out").rglob("*.*"))
    assert [path.as_posix() for path in drawn] == ["photos/a.jpg", "photos/d.jpg"]
    pixels = cv2.imread(str(fixed / "out/photos/a.jpg"))
    assert pixels.shape == photo_with([1]).shape
    # The lower edge of the second plate is green.
    _blue, green, red = pixels[34, 16].astype(int)
    assert green > red + 40


class ProvinceRecognizer(LevelRecognizer):
    """Read the letters A and B as two provinces of China."""

    def read(self, X):
        provinces = {"A": "京", "B": "云"}
        return [PlateReading(provinces.get(each.text, each.text), 0.5) for each in super().read(X)]


@pytest.mark.parametrize("ascii_only", [False, True])
def test_other_characters_are_drawn_as_their_codes(fixed, monkeypatch, ascii_only):
    drawn = []
    monkeypatch.setattr("sklearn_lpr.cli._read.OPENCV_DRAWS_ASCII_ONLY", ascii_only)
    monkeypatch.setattr("sklearn_lpr.cli._draw.OPENCV_DRAWS_ASCII_ONLY", ascii_only)
    monkeypatch.setattr(cv2, "putText", lambda _pixels, caption, *_: drawn.append(caption))
    monkeypatch.setattr(
        "sklearn_lpr.cli._read.load_model",
        lambda *_, **__: make_recognizer(recognizer=ProvinceRecognizer()),
    )
    write(fixed / "photos/a.png", photo_with([0, 1]))
    result = run("read", "photos", "--draw", "out")
    assert result.exit_code == 0
    assert result.stderr.count("Warning: --draw: OpenCV 4 draws ASCII") == ascii_only
    provinces = ["\\u4eac 0.50", "\\u4e91 0.50"] if ascii_only else ["京 0.50", "云 0.50"]
    assert drawn == [*provinces, "F 0.50"]


def test_drawn_photos_are_not_read_again(fixed):
    first = run("read", ".", "--draw", "photos/drawn")
    assert "skipped" not in first.stderr
    assert first.stderr.startswith("3 photos read")
    assert "replaced" not in first.stderr
    for source in (".", "photos/**/*.*"):
        again = run("read", source, "--draw", "photos/drawn")
        assert again.exit_code == 0
        assert again.stderr.startswith(
            "2 photos in --draw photos/drawn are skipped.\n3 photos read"
        )
        assert again.stderr.endswith("This replaced 2 files in --draw photos/drawn.\n")
    assert run("read", ".", "--draw", "photos/drawn", "--quiet").stderr == ""
    named = run("read", "photos/drawn/photos/a.jpg", "--draw", "photos/drawn")
    assert named.stderr.startswith("1 photo read")


@pytest.mark.parametrize("source", ["photos", "photos/*"])
def test_photos_are_not_drawn_into_the_folder_that_is_searched(fixed, source):
    result = run("read", source, "--draw", "photos/../photos")
    assert result.exit_code == 2
    assert "--draw photos/../photos: the folder 'photos' is searched for photos" in result.stderr


@pytest.mark.parametrize(
    ("source", "stdin"),
    [("photos/e.jpg", None), ("photos/a.png", None), ("photos/b", None), ("-", "photos/a.png\n")],
)
def test_photos_are_not_drawn_into_their_own_folder(fixed, source, stdin):
    write(fixed / "photos/e.jpg", photo_with([1]))
    write(fixed / "photos/a.jpg", photo_with([3]))
    before = {path: path.read_bytes() for path in fixed.rglob("*.*")}
    result = run("read", source, "--draw", ".", input=stdin)
    assert result.exit_code == 2
    assert "would be written to their own folder" in result.stderr
    assert {path: path.read_bytes() for path in fixed.rglob("*.*")} == before


def test_linked_photos_keep_their_names(fixed):
    (fixed / "links/day").mkdir(parents=True)
    (fixed / "links/day/gate.png").symlink_to(fixed / "photos/a.png")
    assert run("read", "links", "--draw", "drawn").exit_code == 0
    assert [path.name for path in fixed.glob("drawn/links/day/*")] == ["gate.jpg"]
    again = run("read", "links/day/gate.png", "--draw", "photos")
    assert again.exit_code == 0
    assert (fixed / "photos/links/day/gate.jpg").is_file()


def test_a_list_of_photos_may_have_a_byte_order_mark(fixed):
    result = run("read", "-", input="\ufeffphotos/a.png\n")
    assert [row["text"] for row in rows_of(result.stdout)] == ["B", "C"]


def test_a_photo_that_the_format_cannot_hold_is_an_error(tmp_path):
    with pytest.raises(Failure, match=r"wide\.jpg cannot be written with 66000 x 1 pixels"):
        write_photo(tmp_path / "wide.jpg", np.zeros((1, 66000), np.uint8))
    assert not list(tmp_path.iterdir())


def test_an_error_leaves_an_earlier_table_as_it_is(fixed):
    (fixed / "plates.csv").write_text("corrected")
    result = run("read", "photos/a.png", "absent.png", "--csv", "plates.csv", "--overwrite")
    assert result.exit_code == 2
    assert (fixed / "plates.csv").read_text() == "corrected"


def test_a_table_is_replaced_on_request_only(fixed):
    (fixed / "plates.csv").write_text("corrected")
    arguments = ("read", "photos/a.png", "--csv", "plates.csv", "--quiet")
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--csv plates.csv: the file exists" in result.stderr
    assert "--overwrite" in result.stderr
    assert (fixed / "plates.csv").read_text() == "corrected"
    assert run(*arguments, "--overwrite").exit_code == 0
    rows = rows_of((fixed / "plates.csv").read_text())
    assert {row["file"] for row in rows} == {"photos/a.png"}
    (fixed / "empty.csv").touch()
    assert run("read", "photos/a.png", "--csv", "empty.csv", "--quiet").exit_code == 0


# evaluate


@pytest.fixture
def labels(fixed):
    (fixed / "photos/labels.csv").write_text(
        "file,text,camera,x1,y1,x2,y2,x3,y3,x4,y4\n"
        "a.png,C,gate,10,30,22,30,22,34,10,34\n"
        "d.png,G,gate,10,10,22,10,22,14,10,14\n"
    )
    return "photos/labels.csv"


def test_a_photo_that_is_named_twice_is_read_once(fixed):
    result = run("read", "photos/a.png", "photos", "photos/a.png")
    assert result.stderr.startswith("3 photos read: 3 plates, 1 photo without a plate; 0 photos")
    files = [row["file"] for row in rows_of(result.stdout)]
    assert files == ["photos/a.png", "photos/a.png", "photos/d.png", "photos/b/c.png"]


def test_a_photo_that_is_spelled_in_two_ways_is_read_once(fixed):
    result = run("read", "photos", "./photos/a.png", fixed / "photos/d.png")
    assert result.stderr.startswith("3 photos read: 3 plates")


def test_photos_beside_a_linked_folder_are_not_taken_for_others(fixed):
    write(fixed / "photos/x.png", photo_with([7]))
    write(fixed / "x.png", photo_with([8]))
    (fixed / "link").symlink_to(fixed / "photos/b")
    rows = rows_of(run("read", "x.png", "link/../x.png").stdout)
    assert [row["text"] for row in rows] == ["I", "H"]


def test_min_confidence_is_a_number(fixed):
    result = run("read", "photos", "--min-confidence", "nan")
    assert result.exit_code == 2
    assert "--min-confidence nan: pass a number from 0 to 1" in result.stderr


def test_a_closed_standard_output_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(Failure, match="Standard output is closed; pass a file as --csv"):
        PlateTable("-")


def test_drawings_of_one_name_are_numbered(tmp_path):
    targets = TargetPaths(tmp_path / "drawn", tmp_path / "here")
    names = [targets(str(tmp_path / f"{day}/1.png"), ".jpg").name for day in "abc"]
    names.append(targets(str(tmp_path / "d/1_2.png"), ".jpg").name)
    assert names == ["1.jpg", "1_2.jpg", "1_3.jpg", "1_2_2.jpg"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("redact", "photos/b", "photos"),
        ("redact", "photos/b", "."),
        ("read", "a.png", "--draw", ".."),
    ],
)
def test_photos_are_not_written_around_their_folder(fixed, arguments, monkeypatch):
    if arguments[0] == "read":
        monkeypatch.chdir(fixed / "photos")
    before = {path: path.read_bytes() for path in fixed.rglob("*.*")}
    result = run(*arguments)
    assert result.exit_code == 2
    assert "would be written to a folder that contains the " in result.stderr
    assert {path: path.read_bytes() for path in fixed.rglob("*.*")} == before


def test_evaluate_takes_the_folder_of_the_images(labels, fixed):
    (fixed / "tables").mkdir()
    (fixed / "tables/labels.csv").write_text((fixed / labels).read_text())
    (fixed / "tables/absolute.csv").write_text(f"file,text\n{fixed / 'photos/a.png'},C\n")
    result = run("evaluate", "tables/labels.csv", "--image-folder", "photos")
    assert result.exit_code == 0, result.output
    assert "plate accuracy 50.0%" in result.stdout
    result = run("evaluate", "tables/absolute.csv")
    assert result.exit_code == 2
    assert "pass a folder that contains all images as --image-folder" in result.stderr
    result = run("evaluate", "tables/labels.csv")
    assert result.exit_code == 2
    assert "or pass the folder that it is relative to as --image-folder" in result.stderr
    result = run("evaluate", "photos/b", "--image-folder", "photos")
    assert result.exit_code == 2
    assert "--image-folder 'photos', but 'photos/b' has no" in result.stderr
    assert "leave out --image-folder" in result.stderr


def test_raw_photos_in_a_folder_are_left_out_with_a_warning(fixed):
    (fixed / "photos/e.dng").write_bytes(b"raw")
    result = run("read", "photos")
    assert result.exit_code == 0, result.output
    assert "Warning: 1 photo(s) in 'photos' are left out, because their format" in result.stderr


def test_evaluate_prints_the_accuracy(labels, fixed):
    result = run("evaluate", labels, "--by", "camera", "--csv", "predictions.csv")
    assert result.exit_code == 0, result.output
    assert "plate accuracy 50.0%" in result.stdout
    assert "gate" in result.stdout
    rows = rows_of((fixed / "predictions.csv").read_text())
    assert [(row["text"], row["prediction"]) for row in rows] == [("C", "C"), ("G", "F")]


def test_evaluate_replaces_no_file_by_mistake(labels, fixed):
    content = (fixed / labels).read_text()
    for source, *arguments in ((labels,), (labels, "--overwrite"), ("photos", "--overwrite")):
        result = run("evaluate", source, "--csv", labels, *arguments)
        assert result.exit_code == 2
        assert f"--csv {labels} is the file of the labels" in result.stderr
    assert (fixed / labels).read_text() == content
    (fixed / "predictions.csv").write_text("of another model")
    result = run("evaluate", labels, "--csv", "predictions.csv")
    assert result.exit_code == 2
    assert "--csv predictions.csv: the file exists" in result.stderr
    assert run("evaluate", labels, "--csv", "predictions.csv", "--overwrite").exit_code == 0
    assert len(rows_of((fixed / "predictions.csv").read_text())) == 2


def test_evaluate_names_an_unknown_column(labels):
    result = run("evaluate", labels, "--by", "weather")
    assert result.exit_code == 2
    assert "--by weather: there is no such column" in result.stderr


# fine-tune


@pytest.mark.slow
def test_fine_tune_writes_a_model_that_read_takes(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plates = make_plates(12, syntaxes="@@###", random_state=0)
    lines = ["file,text,x1,y1,x2,y2,x3,y3,x4,y4"]
    for index, (plate, text) in enumerate(zip(plates.data, plates.target, strict=True)):
        write(tmp_path / f"{index}.png", plate.pixels())
        lines.append(",".join([f"{index}.png", text, *map(str, plate.corners.flat)]))
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    result = run("fine-tune", "labels.csv", "--epochs", 1, "--held-out", 0.25)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Exact match on 3 held-out plates: ")
    assert "\nCharacter error rate: " in result.stdout
    assert "Epoch" not in result.stdout
    assert "Cropping 12 plates" in result.stderr
    assert "Training on 9 plates, for at most 1 epochs" in result.stderr
    assert "\nEpoch 1, loss = " in result.stderr
    assert "\nCalibrating the confidences on 3 held-out plates" in result.stderr
    assert "method=" not in result.stderr
    calibrated = joblib.load("model.joblib")[-1]
    assert isinstance(calibrated, CalibratedRecognizer)
    network = calibrated.estimator.estimator
    assert network.n_iter_ == 1
    # Characters that the new plates lack are kept.
    bundled = OnnxRecognizer().alphabet_
    assert network.alphabet_.startswith(bundled)
    assert set(network.alphabet_) == set(bundled).union(*plates.target)
    assert run("read", "0.png", "--model", "model.joblib").exit_code == 0


def test_few_held_out_plates_do_not_show_the_warning_for_python():
    crops = np.stack([np.full((4, 12, 3), level, np.uint8) for level in range(4)])
    calibrated, n_predictions = _calibrate(LevelRecognizer(), crops, np.array(list("ABCX")))
    assert n_predictions == 4
    assert calibrated.predict(crops).tolist() == list("ABCD")


@pytest.mark.parametrize(
    ("n_plates", "held_out", "message"),
    [
        (
            1,
            0.2,
            "Warning: the confidences are calibrated on 1 held-out plate, and about 50 are needed: "
            "they may be inaccurate. Hold out more with --held-out 0.3, or label more plates.\n",
        ),
        (
            49,
            0.3,
            "Warning: the confidences are calibrated on 49 held-out plates, and about 50 are "
            "needed: they may be inaccurate. Label more plates.\n",
        ),
        (50, 0.2, ""),
    ],
)
def test_few_held_out_plates_are_a_warning(capsys, n_plates, held_out, message):
    _warn_of_few_plates(n_plates, held_out)
    assert capsys.readouterr().err == message


# redact


def test_redact_blackens_plates_and_skips_photos_without(fixed, monkeypatch):
    monkeypatch.setattr(
        "sklearn_lpr.privacy._redactor.default_detector", lambda *_: RECOGNIZER[0].detector
    )
    result = run("redact", "photos", "out")
    assert result.exit_code == 1
    assert "'photos/b/c.png' is not written: The detector finds no plate.\n" in result.stderr
    assert result.stderr.endswith("2 photos written; 1 not written.\n")
    assert sorted(path.name for path in fixed.rglob("out/*.png")) == ["a.png", "d.png"]
    redacted, photo = cv2.imread(str(fixed / "out/a.png")), photo_with([1, 2])
    assert not redacted[10:14, 10:22].any()
    np.testing.assert_array_equal(redacted[40:], photo[40:])
    assert "earlier run" not in result.stderr
    assert run("redact", "photos", "out2", "--missing", "copy").exit_code == 0
    assert (fixed / "out2/b/c.png").is_file()


def test_redact_names_files_of_an_earlier_run_that_it_keeps(fixed, monkeypatch):
    monkeypatch.setattr(
        "sklearn_lpr.privacy._redactor.default_detector", lambda *_: RECOGNIZER[0].detector
    )
    assert run("redact", "photos", "out", "--missing", "copy").exit_code == 0
    content = (fixed / "out/b/c.png").read_bytes()
    result = run("redact", "photos", "out")
    assert result.exit_code == 1
    assert result.stderr == (
        "Warning: 'photos/b/c.png' is not written: The detector finds no plate.\n"
        "Warning: 'out/b/c.png' is from an earlier run; it is kept as it is.\n"
        "2 photos written; 1 not written.\n"
        "This replaced 2 files in TARGET out.\n"
    )
    assert (fixed / "out/b/c.png").read_bytes() == content


@pytest.mark.parametrize(("written", "kept"), [(False, Path("out/a.png")), (True, None)])
def test_a_file_of_this_run_is_none_of_an_earlier_one(tmp_path, monkeypatch, written, kept):
    monkeypatch.chdir(tmp_path)
    targets = TargetPaths(Path("out"), tmp_path)
    assert targets.of_earlier_run("a.png", ".png") is None
    if written:
        assert targets("a.png", ".png") == Path("out/a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.png").touch()
    assert targets.of_earlier_run("a.png", ".png") == kept


def test_redact_skips_its_target_in_the_source(fixed, monkeypatch):
    monkeypatch.setattr(
        "sklearn_lpr.privacy._redactor.default_detector", lambda *_: RECOGNIZER[0].detector
    )
    arguments = ("redact", "photos", "photos/redacted", "--missing", "copy")
    written = "3 photos written; 0 not written.\n"
    first = run(*arguments)
    assert first.exit_code == 0
    assert "skipped" not in first.stderr
    again = run(*arguments)
    assert again.exit_code == 0
    assert again.stderr.startswith("3 photos in TARGET photos/redacted are skipped.\n")
    assert first.stderr.endswith(written)
    assert again.stderr.endswith(f"{written}This replaced 3 files in TARGET photos/redacted.\n")
    assert len(list(fixed.rglob("redacted/**/*.png"))) == 3


def test_redact_names_an_unreadable_photo_once(fixed, monkeypatch):
    monkeypatch.setattr(
        "sklearn_lpr.privacy._redactor.default_detector", lambda *_: RECOGNIZER[0].detector
    )
    (fixed / "My Set 1.jpg").write_bytes(b"nothing")
    result = run("redact", "My Set 1.jpg", "out")
    assert result.exit_code == 1
    assert result.stderr == (
        "Warning: 'My Set 1.jpg' (7 bytes) is not an image file that can be read.\n"
        "0 photos written; 1 not written.\n"
    )


def test_redact_writes_into_an_existing_folder_with_the_name_of_an_image(fixed, monkeypatch):
    monkeypatch.setattr(
        "sklearn_lpr.privacy._redactor.default_detector", lambda *_: RECOGNIZER[0].detector
    )
    (fixed / "out.jpg").mkdir()
    result = run("redact", "photos/a.png", "out.jpg")
    assert (result.exit_code, result.stderr) == (0, "1 photo written; 0 not written.\n")
    assert (fixed / "out.jpg/a.png").is_file()


def test_redact_keeps_other_photos_of_the_folder(fixed):
    content = (fixed / "photos/a.png").read_bytes()
    result = run("redact", "photos/a.png", "photos", "--missing", "copy")
    assert result.exit_code == 2
    assert "would be written to their own folder 'photos'" in result.stderr
    assert (fixed / "photos/a.png").read_bytes() == content


def test_redact_takes_no_photo_of_the_folder_for_one_of_an_earlier_run(fixed, monkeypatch):
    monkeypatch.setattr(
        "sklearn_lpr.privacy._redactor.default_detector", lambda *_: RECOGNIZER[0].detector
    )
    result = run("redact", "photos/b/c.png", "photos/b")
    assert result.exit_code == 2
    assert "would be written to their own folder 'photos/b'" in result.stderr
    assert "earlier run" not in result.stderr


def test_redact_refuses_the_source_as_target(fixed):
    result = run("redact", "photos", "photos/b/..")
    assert result.exit_code == 2
    assert "TARGET photos/b/..: the folder 'photos' is searched for photos" in result.stderr


# Errors and models


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["read", "absent.jpg"], "There is no file or folder 'absent.jpg'"),
        (["read", "photos/[b]"], "There is no file that fits 'photos/[b]'"),
        (["read", "."], "The folder '.' contains no images that can be read.\n"),
        (["read", "broken.onnx", "absent.jpg"], "There is no file or folder 'absent.jpg'"),
        (["read", ".", "--jobs", "0"], "--jobs 0: pass the number of threads"),
        (["read", ".", "--draw", "broken.onnx/a"], "'broken.onnx' is not a folder"),
        (
            ["redact", "broken.joblib", "broken.onnx/a"],
            "TARGET broken.onnx/a: 'broken.onnx' is not",
        ),
        (["read", "empty"], "The folder 'empty' contains no images.\n"),
        (["redact", "empty", "out"], "The folder 'empty' contains no images.\n"),
        (["redact", "scan.svg", "out/us3.JPG"], "TARGET out/us3.JPG has the name of an image"),
        (["evaluate", "empty"], "LABELS 'empty' contains no images"),
        (["fine-tune", "empty"], "LABELS 'empty' contains no images"),
        (["fine-tune", ".", "--output", "model.h5"], "must end in .joblib or .onnx"),
        (["fine-tune", ".", "--output", "model"], "must end in .joblib or .onnx"),
        (["read", ".", "--format", "atlantis"], "--format atlantis: There is no plate format"),
        (["read", ".", "--csv", "absent/a.csv"], "--csv absent/a.csv: there is no folder 'absent'"),
        (["evaluate", ".", "--csv", "absent/a.csv"], "--csv absent/a.csv: there is no folder"),
        (["read", ".", "--min-confidence", "2"], "is not in the range"),
        (["read", ".", "--model", "broken.joblib"], "broken.joblib cannot be loaded"),
        (["read", ".", "--model", "broken.onnx"], "broken.onnx"),
        (["read", ".", "--model", "broken.joblib", "--format", "brazil"], "not --model"),
        (["evaluate", "absent.csv"], "does not exist"),
        (["evaluate", "broken.joblib"], "broken.joblib"),
        (["fine-tune", ".", "--output", "absent/model.joblib"], "there is no folder 'absent'"),
        (["unknown"], "No such command"),
    ],
)
def test_errors_are_one_message_and_exit_code_2(world, args, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("broken.joblib", "broken.onnx"):
        (tmp_path / name).write_bytes(b"nothing")
    (tmp_path / "scan.svg").write_bytes(b"nothing")
    (tmp_path / "empty").mkdir()
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "out").exists()


def test_a_model_is_loaded_from_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    joblib.dump(RECOGNIZER, "model.joblib")
    write(tmp_path / "a.png", photo_with([3]))
    result = run("read", "a.png", "--model", "model.joblib")
    assert [row["text"] for row in rows_of(result.stdout)] == ["D"]


def test_the_help_of_redact_says_the_margin():
    text = " ".join(run("redact", "--help").stdout.split())
    assert "moved outwards by half of the plate's height" in text
    assert _MARGIN == 0.5


def test_help_and_version():
    assert "Exit codes: 0 success; 1 finished" in run("--help").stdout.replace("\n  ", " ")
    assert run("--version").stdout == f"sklearn-lpr, version {__version__}\n"


def test_a_photo_is_read_in_a_new_process(world_files, tmp_path):
    [plate] = make_plates(1, random_state=3).data
    write(tmp_path / "car.png", plate.pixels()[:, :, ::-1])
    (tmp_path / "model.onnx").write_bytes(world_files["plate_recognizer.onnx"])
    program = [sys.executable, "-m", "sklearn_lpr", "read", "car.png", "--csv", "plates.csv"]
    root = os.path.dirname(os.path.dirname(sys.modules["sklearn_lpr"].__file__))
    ran = subprocess.run(
        [*program, "--model", "model.onnx"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    assert ran.stderr == "1 photo read: 1 plate, 0 photos without a plate; 0 photos with errors.\n"
    [row] = rows_of((tmp_path / "plates.csv").read_text(encoding="utf-8"))
    assert row["file"] == "car.png"
    assert abs(float(row["x1"]) - plate.corners[0, 0]) < 20
