"""The figures in the README are those of the files of results and of the bundled networks."""

import itertools
import math
import re
from pathlib import Path

import pytest

from sklearn_lpr import pretrained
from sklearn_lpr.applications import bundled_calibration

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
NAMES = {
    "LPRNet_Pytorch test": "1000 test crops of LPRNet_Pytorch (China)",
    "CCPD scenes": "CCPD scenes (China)",
    "OpenALPR eu": "OpenALPR, Europe",
    "OpenALPR br": "OpenALPR, Brazil",
    "OpenALPR us": "OpenALPR, United States",
    "Argentina": "Argentina",
    "US states": "US states (labels write 0 for O)",
}


def read_rows(path):
    """Return the cells of all tables of a page."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]


def read_table(name):
    """Return the rows of the first table of a file of results, as dictionaries."""
    lines = (RESULTS / name).read_text(encoding="utf-8").splitlines()
    first = next(index for index, line in enumerate(lines) if line[:1] == "|")
    lines = itertools.takewhile(lambda line: line[:1] == "|", lines[first:])
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_text(name):
    """Return a page in one line, without the marks of links."""
    text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)


def percent(cell):
    """Write a fraction as the README does."""
    return f"{float(cell):.1%}".replace("100.0", "100").replace("%", " %") if cell else ""


def world_rows():
    """Return the table of the bundled recognizer as the README has it."""
    table = read_table("world_model.md")
    expected = []
    for name, title in NAMES.items():
        for located in ("annotation", "whole crop", "detection"):
            found = {
                row["decoding"]: row
                for row in table
                if (row["set"], row["plates located by"]) == (name, located)
            }
            if not found:
                continue
            cells = [
                percent(found.get(decoding, {}).get(column, ""))
                for column in ("exact match", "exact match, O as 0")
                for decoding in ("all formats", "RapidOCR")
            ]
            first = not expected or expected[-1][-1] != title
            plates = found["all formats"]["plates"]
            expected.append(
                [title if first else "", plates if first else "", located, *cells, title]
            )
    return [row[:-1] for row in expected]


def detector_rows():
    """Return the table of the bundled detector as the README has it."""
    table = read_table("detector.md")
    names = {
        "ccpd_scenes, held out": "CCPD, half of the scenes",
        "OpenALPR eu": "OpenALPR, Europe",
        "OpenALPR us": "OpenALPR, United States",
        "OpenALPR br": "OpenALPR, Brazil",
        "openimages, held out": "Open Images: streets, many small plates",
        "us_quads, held out": "United States and Indian motorcycles",
        "two rows, held out": "plates with two rows, of several countries",
    }
    return [
        [
            names[row["set"]],
            row["plates"],
            percent(row["recall"]),
            f"{float(row['false positives a photo']):.2f}",
        ]
        for row in table
        if row["set"] in names and row["detector"] == "OnnxPlateDetector"
    ]


@pytest.mark.parametrize("row", detector_rows(), ids=" ".join)
def test_results_of_the_bundled_detector(row):
    assert row in read_rows(ROOT / "README.md")


@pytest.mark.parametrize("row", world_rows(), ids=" ".join)
def test_results_of_the_bundled_recognizer(row):
    assert row in read_rows(ROOT / "README.md")


def test_confidences_of_exact_texts():
    calibration = bundled_calibration()
    threshold = f"{math.ceil(1000 * calibration.threshold) / 1000:.3f}"
    coverage_held_out = f"{calibration.coverage:.0%}".replace("%", " %")
    results = (RESULTS / "world_model.md").read_text(encoding="utf-8")
    coverage = re.search(r"the ([\d.]+)% with the highest confidences are 99 % exact", results)[1]
    readme, page = read_text("README.md"), read_text("docs/command_line.md")
    assert calibration.target_accuracy == 0.99
    assert f"at least {threshold} are exact, and {coverage_held_out} of the plates" in readme
    assert f"at least {threshold} are 99 % exact, and {coverage_held_out} of the plates" in page
    assert f"the {coverage} % of the plates" in page


def trained_rows():
    """Return the results of recognizers trained from scratch as the README has them."""
    chinese = {
        row["decoder"]: row for row in read_table("chinese_plates.md") if row["seed"] == "mean"
    }
    soft = chinese["beam search, 7 or 8 characters, soft"]
    across = {
        row["synthetic plates"]: row
        for row in read_table("chinese_across.md")
        if row["decoder"] == "greedy"
    }
    ensembles = {
        row["calibration"]: row
        for row in read_table("calibration_ensemble.md")
        if row["recognizer"].startswith("ensemble of five")
    }
    segments = [
        float(row["plate accuracy"])
        for row in read_table("segment_cnn.md")
        if row["method"] == "CharacterSegmenter, SegmentCNN"
    ]
    [mean] = [row for row in read_table("ccpd_plates.md") if row["seed"] == "mean"]
    return [
        ["`LPRNetCTC` (a)", f"{percent(chinese['greedy']['plate accuracy'])} (b)"],
        [
            "(a), decoding constrained to the format of Chinese plates",
            f"{percent(soft['plate accuracy'])} (b)",
        ],
        [
            "five models, `CalibratedRecognizerCV(ensemble=True)`",
            percent(ensembles["sigmoid"]["plate accuracy"]),
        ],
        ["`LPRNetCTC`", f"{percent(mean['plate accuracy'])} (b)"],
        ["`SegmentCNN`", f"{percent(sum(segments) / len(segments))} (b)"],
        ["`LPRNetCTC`", percent(across["0"]["plate accuracy"])],
        ["", percent(across["3000"]["plate accuracy"])],
    ]


def speed_rows():
    """Return the table of inference times as the README has it."""
    [accuracies] = re.findall(
        r"onnxruntime, float32 (\d\.\d+); onnxruntime, int8 (\d\.\d+)",
        (RESULTS / "speed.md").read_text(encoding="utf-8"),
    )
    float32, int8 = map(percent, accuracies)
    names = {
        "onnxruntime, int8": f"ONNX, int8 ({int8} exact match; {float32} in float32)",
        "onnxruntime, float32": "ONNX, float32",
        "fast-plate-ocr CCT-XS": "fast-plate-ocr, CCT-XS (untrained weights)",
        "Keras": "Keras on TensorFlow",
        "rapidocr": "RapidOCR",
    }
    return [
        [names[row["recognizer"]], three_digits(row["ms per plate"])]
        for row in read_table("speed.md")
        if row["threads"] == row["batch"] == "1"
    ]


def three_digits(cell):
    """Write a number with two decimals, or with one from ten on."""
    return f"{float(cell):.{2 if float(cell) < 10 else 1}f}"


@pytest.mark.parametrize("row", trained_rows(), ids=" ".join)
def test_results_of_recognizers_trained_from_scratch(row):
    assert row in [cells[-2:] for cells in read_rows(ROOT / "README.md")]


@pytest.mark.parametrize("row", speed_rows(), ids=" ".join)
def test_inference_times(row):
    assert row in read_rows(ROOT / "README.md")


@pytest.mark.parametrize("n_filters", ["32", "48", "64"])
def test_times_of_a_training_step(n_filters):
    [ours] = [
        row
        for row in read_table("training_speed.md")
        if row["n_filters"] == n_filters and row["network"].startswith("sklearn-lpr")
    ]
    shown = {cells[0].partition(",")[0]: cells[1:] for cells in read_rows(ROOT / "README.md")}
    assert shown[n_filters] == [f"{1 / float(ours['speed relative to PyTorch']):.2f}"]


def test_time_of_a_file():
    [row] = [row for row in read_table("scaling.md") if row["value"] == "100000"]
    time = f"100,000 files runs in constant memory and takes {float(row['ms per plate']):.1f} ms"
    assert time in read_text("README.md")


def test_time_of_training_from_scratch():
    times = [float(row["fit time, s"]) for row in read_table("chinese_plates.md")[:-4]]
    assert 20 * 60 < max(times) < 30 * 60
    assert "its training took less than half an hour on one core" in read_text("README.md")


def test_gain_of_the_format_of_one_country():
    found = {
        (row["set"], row["plates located by"], row["decoding"].partition(" ")[0]): row
        for row in read_table("world_model.md")
        if row["set"] in ("OpenALPR br", "OpenALPR us", "Argentina", "US states")
    }
    gains = {
        key: 100 * (float(row["exact match"]) - float(found[*key[:2], "all"]["exact match"]))
        for key, row in found.items()
        if key[2] == "format"
    }
    others = sorted(gains[key] for key in gains if key[0] in ("OpenALPR br", "Argentina"))
    photos = sorted(gains[key] for key in gains if key[0] == "OpenALPR us")
    states = sorted(-gains[key] for key in gains if key[0] == "US states")
    assert (len(others), len(photos), len(states)) == (4, 2, 2)
    readme = read_text("README.md")
    assert f"{others[0]:.1f} to {others[-1]:.1f} points higher on Brazil and Argentina" in readme
    assert f"{photos[0]:.1f} to {photos[-1]:.1f} points higher on the United States" in readme
    assert f"{states[0]:.1f} to {states[-1]:.1f} points lower on the US states" in readme
    page = read_text("docs/read_photos.md")
    assert f"by {others[0]:.1f} to {others[-1]:.1f} points" in page
    assert f"by {photos[0]:.1f} to {photos[-1]:.1f} points" in page
    assert f"by {states[0]:.1f} to {states[-1]:.1f} points" in page


def test_sizes_of_the_bundled_files():
    folder = Path(pretrained.__file__).parent
    sizes = {path.name: path.stat().st_size / 1e6 for path in folder.glob("plate_*")}
    assert f"The networks ({sum(sizes.values()):.1f} MB) come" in read_text("README.md")
    card = read_text("docs/model_card.md")
    assert (
        f"`sklearn_lpr/pretrained/plate_detector.onnx`, {sizes['plate_detector.onnx']:.1f} MB"
        in card
    )
    for name in ("plate_recognizer.onnx", "plate_recognizer.npz"):
        assert f"{name}` ({sizes[name]:.1f} MB" in card


def test_size_of_quantized_files():
    fractions = [
        float(row["int8 kB"]) / float(row["kB"])
        for row in read_table("export_writers.md")
        if row["writer"] == "layer by layer"
    ]
    assert min(fractions) == pytest.approx(1 / 4, abs=0.02)
    assert max(fractions) == pytest.approx(2 / 5, abs=0.03)
    assert "has a quarter to two fifths of the size (export_writers.md)" in read_text(
        "docs/serving.md"
    )


def duration(seconds):
    """Write a time as prose does."""
    seconds = float(seconds)
    if seconds < 9.5:
        return f"{seconds:.1f} seconds"
    if seconds < 55:
        return f"{seconds:.0f} seconds"
    minutes = f"{seconds / 60:.0f}" if seconds > 570 else f"{seconds / 60:.1f}".removesuffix(".0")
    return "a minute" if minutes == "1" else f"{minutes} minutes"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ("1.84", "1.8 seconds"),
        ("37.4", "37 seconds"),
        ("58", "a minute"),
        ("90", "1.5 minutes"),
        ("239", "4 minutes"),
        ("600", "10 minutes"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("page", ["README.md", "docs/fine_tuning.md"])
def test_times_of_fine_tuning(page):
    times = {
        (row["step"], row["plates detected"]): duration(row["seconds"])
        for row in read_table("fine_tuning_time.md")
    }
    alone, with_detection = (times["cross-validation", detected] for detected in ("no", "yes"))
    assert (
        f"With 200 crops and two cores, an epoch takes about {times['one epoch', 'no']}, a "
        f"training run of 20 epochs {times['training run', 'no']}, and the cross-validation with "
        f"five folds {with_detection}, or {alone} without the detection (fine_tuning_time.md)."
    ) in read_text(page)


@pytest.mark.skipif(
    not (RESULTS / "example_times.md").is_file(), reason="the examples were not timed yet"
)
def test_times_of_the_examples():
    times = {row["example"]: row["seconds"] for row in read_table("example_times.md")}
    measured = f"It takes {duration(times['read_plates.py'])} on two cores"
    assert measured in read_text("README.md")
    assert measured in read_text("examples/read_plates.py")


def test_inference_times_of_the_bundled_recognizer():
    names = {
        "crop": "a crop of Brazil",
        "crop in doubt": "a crop of Uzbekistan",
        "photo, OpenALPR eu": "a photo, OpenALPR, Europe",
        "photo, OpenALPR us": "a photo, OpenALPR, United States",
        "photo, OpenALPR br": "a photo, OpenALPR, Brazil",
    }
    rows = [
        [names[row["image"]], f"`{row['recognizer']}`".replace("`RapidOCR`", "RapidOCR"), ms]
        for row in read_table("bundled_speed.md")
        for ms in [three_digits(row["median ms"])]
    ]
    shown = read_rows(ROOT / "README.md")
    assert [row for row in rows if row not in shown] == []
