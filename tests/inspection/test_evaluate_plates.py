"""The report of what a reader gets wrong."""

import html
import re

import numpy as np
import pandas as pd
import pytest

from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.inspection import evaluate_plates
from sklearn_lpr.metrics import (
    area_under_risk_coverage,
    character_accuracy_score,
    character_error_rate,
    length_accuracy_score,
    plate_accuracy_score,
    plate_brier_score,
    plate_calibration_error,
)

TRUE = ["AB12", "AB12", "CD345", "EF60", "京G7", ""]
READ = ["AB12", "AB1", "CD345", "EF6D", "G7", "I"]
CONFIDENCE = [0.9, 0.3, 0.8, 0.6, 0.5, 0.1]
READINGS = [PlateReading(*each) for each in zip(READ, CONFIDENCE, strict=True)]


def evaluate(*args, **kwargs):
    return evaluate_plates(*args, **{"n_resamples": 50, "random_state": 0, **kwargs})


def test_scores_are_those_of_the_metrics():
    report = evaluate(TRUE, READINGS)
    assert report.scores["value"].to_dict() == pytest.approx(
        {
            "plate_accuracy": plate_accuracy_score(TRUE, READ),
            "coverage": 1,
            "accuracy_when_read": plate_accuracy_score(TRUE, READ),
            "character_accuracy": character_accuracy_score(TRUE, READ),
            "character_error_rate": character_error_rate(TRUE, READ),
            "length_accuracy": length_accuracy_score(TRUE, READ),
            "mean_confidence": np.mean(CONFIDENCE),
            "plate_brier_score": plate_brier_score(TRUE, READ, CONFIDENCE),
            "plate_calibration_error": plate_calibration_error(TRUE, READ, CONFIDENCE),
            "area_under_risk_coverage": area_under_risk_coverage(TRUE, READ, CONFIDENCE),
        }
    )
    n = report.scores["n"]
    assert n["plate_accuracy"] == 6
    assert n["character_error_rate"] == n["character_accuracy"] == 20
    assert (report.n_samples, report.n_plates) == (6, 4)


def test_texts_alone_have_no_scores_of_confidence():
    report = evaluate(TRUE, READ)
    assert report.scores.index.tolist() == [
        *["plate_accuracy", "coverage", "accuracy_when_read"],
        *["character_error_rate", "character_accuracy", "length_accuracy"],
    ]
    assert not [column for column in report.by_length if "confidence" in column]
    pd.testing.assert_frame_equal(report.scores, evaluate(TRUE, READINGS).scores.head(6))


def test_intervals_hold_the_value_and_follow_the_seed_and_the_level():
    true = [f"AB{number}" for number in range(100, 160)]
    read = ["AB1" if number % 3 == 0 else text for number, text in enumerate(true)]
    read[::7] = [""] * len(read[::7])
    report = evaluate(true, read)
    scores = report.scores
    assert (scores["low"] < scores["value"]).all()
    assert (scores["value"] < scores["high"]).all()
    low, high = scores.loc["character_error_rate", ["low", "high"]]
    assert scores.loc["character_accuracy", ["low", "high"]].tolist() == [1 - high, 1 - low]
    pd.testing.assert_frame_equal(scores, evaluate(true, read).scores)
    narrow = evaluate(true, read, confidence_level=0.5).scores
    assert (narrow["high"] - narrow["low"] < scores["high"] - scores["low"]).all()


def test_coverage_is_told_apart_from_accuracy():
    read = ["AB12", "", "CD345", "EF6D", "", ""]
    report = evaluate(TRUE, read, groups=list("aaaabb"))
    scores = report.scores
    # The last plate is none, so that reading nothing is exact.
    assert scores["value"].head(3).tolist() == pytest.approx([3 / 6, 3 / 6, 2 / 3])
    assert scores["n"].head(3).tolist() == [6, 6, 3]
    table = report.by_group["group"]
    assert table["coverage"].tolist() == [0.75, 0]
    assert table["accuracy_when_read"].tolist() == pytest.approx([2 / 3, np.nan], nan_ok=True)


def test_nothing_is_read_at_all():
    report = evaluate(["AB12", "CD34"], ["", ""])
    assert report.scores.loc["coverage", "value"] == 0
    assert np.isnan(report.scores.loc["accuracy_when_read", "value"])
    assert re.search(r"exact among plates read +- +0 readings", str(report))


def test_frames_of_one_plate_are_drawn_together():
    true = [f"AB{number}" for number in range(100, 140)]
    read = ["" if number % 4 == 0 else text for number, text in enumerate(true)]
    once = evaluate(true, read).scores[["value", "low", "high"]]
    frames = evaluate(np.repeat(true, 10), np.repeat(read, 10)).scores[["value", "low", "high"]]
    pd.testing.assert_frame_equal(once, frames)


def test_characters_are_counted_along_the_alignment():
    report = evaluate(TRUE, READ)
    assert report.confusions.to_dict("records") == [
        {"true": "0", "read": "D", "count": 1, "share": 1.0, "n_plates": 1}
    ]
    assert report.deletions.to_dict("records") == [
        {"true": "2", "count": 1, "share": 0.5, "n_plates": 1},
        {"true": "京", "count": 1, "share": 1.0, "n_plates": 1},
    ]
    assert report.insertions.to_dict("records") == [
        {"read": "I", "count": 1, "share": 1.0, "n_plates": 1}
    ]
    # Position 4: two 2s, the 4, and the 0.
    assert report.by_position["n"].to_dict() == {1: 5, 2: 5, 3: 5, 4: 4, 5: 1}
    assert report.by_position["accuracy"].to_dict() == {1: 0.8, 2: 1, 3: 1, 4: 0.5, 5: 1}


def test_frames_count_as_errors_and_plates_are_told_apart():
    report = evaluate(["A8"] * 3 + ["B8", "C8"], ["AB"] * 3 + ["BB", "C0"])
    assert report.confusions.values.tolist() == [["8", "B", 4, 0.8, 2], ["8", "0", 1, 0.2, 1]]


def test_equal_counts_are_sorted_by_character():
    report = evaluate(["DCBA", "DCBA"], ["1234", "DCBA"])
    assert report.confusions["true"].tolist() == ["A", "B", "C", "D"]


def test_lengths_are_a_table():
    table = evaluate(TRUE, READINGS).by_length
    assert table.index.tolist() == [0, 3, 4, 5]
    assert table["n_samples"].tolist() == [1, 1, 3, 1]
    assert table["n_plates"].tolist() == [0, 1, 2, 1]
    assert table["plate_accuracy"].tolist() == pytest.approx([0, 0, 1 / 3, 1])
    assert table["character_error_rate"].tolist() == pytest.approx(
        [np.nan, 1 / 3, 2 / 12, 0], nan_ok=True
    )
    assert table["mean_confidence"].tolist() == pytest.approx([0.1, 0.5, 0.6, 0.8])
    # One plate alone has nothing to be drawn from.
    assert table["plate_accuracy_low"].isna().tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("groups", "tables"),
    [
        (list("aabbcc"), {"group": list("abc")}),
        (np.array([2, 2, 1, 1, 3, 3]), {"group": [1, 2, 3]}),
        (pd.Series([(1, 2)] * 2 + [(0, 3)] * 4), {"group": [(0, 3), (1, 2)]}),
        (pd.Series(list("aabbcc"), name="province", index=range(9, 3, -1)), {"province": [*"abc"]}),
        ({"x": list("aaaaab"), "y": range(6)}, {"x": ["a", "b"], "y": list(range(6))}),
        (pd.DataFrame({"x": list("aaaaab"), 7: list("cccddd")}), {"x": [*"ab"], "7": [*"cd"]}),
        # What has an order of its own keeps it.
        (
            pd.Categorical(["far", "near"] * 3, categories=["near", "far"], ordered=True),
            {"group": ["near", "far"]},
        ),
    ],
)
def test_groups_in_every_form(groups, tables):
    report = evaluate(TRUE, READ, groups=groups)
    assert {name: list(table.index) for name, table in report.by_group.items()} == tables
    for name, table in report.by_group.items():
        assert table.index.name == name
        assert table["n_samples"].sum() == 6


def test_groups_without_an_order_come_as_they_are_met():
    table = evaluate(TRUE, READ, groups=[(1, 2), "b", (1, 2), "a", None, 2]).by_group["group"]
    assert table.index.tolist()[:3] == [(1, 2), "b", "a"]
    assert table["n_samples"].tolist() == [2, 1, 1, 1, 1]


def test_a_group_has_the_scores_of_its_readings():
    groups = np.array(["x", "y", "x", "y", "x", "y"])
    table = evaluate(TRUE, READ, groups=groups).by_group["group"]
    for value in "xy":
        part = [index for index in range(6) if groups[index] == value]
        alone = evaluate([TRUE[i] for i in part], [READ[i] for i in part]).scores
        for score in ("plate_accuracy", "character_error_rate", "length_accuracy"):
            row = table.loc[value, [score, f"{score}_low", f"{score}_high"]]
            assert row.tolist() == alone.loc[score, ["value", "low", "high"]].tolist()


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_groups_are_a_row(missing):
    report = evaluate(TRUE, READ, groups=["a", missing, "a", missing, "b", "b"])
    table = report.by_group["group"]
    assert table["n_samples"].tolist() == [2, 2, 2]
    assert table.index[-1] is missing or pd.isna(table.index[-1])
    assert "(missing)" in str(report)


@pytest.mark.parametrize(
    ("arguments", "groups", "error", "message"),
    [
        ((["AB"], ["AB", "CD"]), None, ValueError, "y_true holds 1 texts and y_pred 2"),
        (([], []), None, ValueError, "y_true is empty"),
        ((["AB"], "AB"), None, ValueError, "y_pred is one text, 'AB'"),
        ((["AB"], None), None, ValueError, "y_pred is None"),
        ((["AB", None], ["AB", "CD"]), None, ValueError, r"y_true\[1\] is None"),
        ((["AB", "CD"], [PlateReading("AB", 1), "CD"]), None, TypeError, r"y_pred\[1\] is 'CD'"),
        ((["AB"], [PlateReading("AB", 2)]), None, ValueError, r"confidence\[0\] is 2.0"),
        ((["AB"], ["AB"]), ["x", "y"], ValueError, r"groups\['group'\] has shape \(2,\)"),
        ((["AB"], ["AB"]), [["x", "y"]], ValueError, r"shape \(1, 2\); pass one value"),
        ((["AB"], ["AB"]), "province", ValueError, r"groups\['group'\] has shape \(\)"),
        ((["AB"], ["AB"]), {"a": ["x"], "b": []}, ValueError, r"groups\['b'\] has shape \(0,\)"),
        ((["AB"], ["AB"]), {1: ["x"], "1": ["y"]}, ValueError, "two columns named '1'"),
    ],
)
def test_bad_arguments_are_named(arguments, groups, error, message):
    with pytest.raises(error, match=message):
        evaluate(*arguments, groups=groups)


@pytest.mark.parametrize(
    "options", [{"n_bins": 0}, {"n_resamples": 0}, {"confidence_level": 1}, {"random_state": "a"}]
)
def test_bad_options_are_named(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"The '{name}' parameter"):
        evaluate(TRUE, READ, **options)


def test_readings_in_every_container():
    expected = evaluate(TRUE, READINGS).scores
    array = np.empty(len(READINGS), dtype=object)
    array[:] = READINGS
    for readings in (tuple(READINGS), array, pd.Series(array)):
        pd.testing.assert_frame_equal(evaluate(pd.Series(TRUE), readings).scores, expected)


def test_arguments_stay():
    readings, groups = list(READINGS), {"x": list("aabbcc")}
    evaluate(TRUE, readings, groups=groups)
    assert readings == READINGS
    assert groups == {"x": list("aabbcc")}


def test_summary_is_a_line_or_tables():
    report = evaluate(TRUE, READINGS, groups={"province": ["京", "沪"] * 3}, confidence_level=0.9)
    assert repr(report) == "PlateEvaluation(6 readings of 4 plates, 33.3% exact)"
    text = str(report)
    for line in (
        r"exact plates +33\.3% +\S+% to \S+% +6 readings",
        r"character error rate \(CER\) +20\.0% .* 20 characters",
        r"calibration error \(ECE\) +0\.\d{4} +6 readings",
        r"By province",
        r"京 +66\.7%",
        r"90 % interval",
        r"0 read as D +1 +100\.0% +1",
    ):
        assert re.search(line, text), line


@pytest.mark.parametrize("show", [str, lambda report: report._repr_html_()], ids=["text", "html"])
def test_summary_tells_where_plates_are_not_read(show):
    groups = {"place": list("aabbcc")}
    shown = show(evaluate(TRUE, ["AB12", "", "", "EF6D", "G7", "I"], groups=groups))
    rows = re.sub(r"<[^>]+>|\s+", " ", shown)
    assert re.search(r"plates read \(coverage\) +66\.7% +\S+% to \S+% +6 readings", rows)
    assert re.search(r"exact among plates read +25\.0% +\S+% to \S+% +4 readings", rows)
    assert re.search(r"interval +read +exact of these +CER", rows)
    assert re.search(r" b +0\.0% +\S+% to \S+% +50\.0% +0\.0%", rows)
    assert "exact of these" not in show(evaluate(TRUE, READ, groups=groups))


def test_summary_of_faultless_readings_names_no_errors():
    report = evaluate(TRUE, TRUE)
    assert "100.0%" in str(report)
    assert "Most confused" not in str(report)
    assert len(report.confusions) == len(report.deletions) == len(report.insertions) == 0


def test_long_tables_are_cut_in_the_summary_alone():
    true = [f"{number:04}" for number in range(60)]
    report = evaluate(true, true, groups={"place": range(60)})
    assert len(report.by_group["place"]) == 60
    assert "By place (the first 20 of 60)" in str(report)
    assert "\n59" not in str(report)


def test_html_is_escaped():
    name, value, true, read = "<b>name", "<i>value", "<A1", "&A1"
    page = evaluate([true], [read], groups={name: [value]})._repr_html_()
    for text in (name, value, "&lt; read as &"):
        assert html.escape(html.unescape(text)) in page
    assert "<b>" not in page
    assert "<i>" not in page
    tags = re.findall(r"<(/?)(table|details|div)\b", page)
    for tag in ("table", "details", "div"):
        assert tags.count(("", tag)) == tags.count(("/", tag)) > 0
