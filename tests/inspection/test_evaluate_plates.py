"""The report of the errors of a recognizer."""

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
PREDICTED = ["AB12", "AB1", "CD345", "EF6D", "G7", "I"]
CONFIDENCE = [0.9, 0.3, 0.8, 0.6, 0.5, 0.1]
PREDICTIONS = [PlateReading(*each) for each in zip(PREDICTED, CONFIDENCE, strict=True)]


def evaluate(*args, **kwargs):
    return evaluate_plates(*args, **{"n_resamples": 50, "random_state": 0, **kwargs})


def test_scores_equal_those_of_the_metrics():
    report = evaluate(TRUE, PREDICTIONS)
    assert report.scores["value"].to_dict() == pytest.approx(
        {
            "plate_accuracy": plate_accuracy_score(TRUE, PREDICTED),
            "coverage": 1,
            "selective_accuracy": plate_accuracy_score(TRUE, PREDICTED),
            "character_accuracy": character_accuracy_score(TRUE, PREDICTED),
            "character_error_rate": character_error_rate(TRUE, PREDICTED),
            "length_accuracy": length_accuracy_score(TRUE, PREDICTED),
            "mean_confidence": np.mean(CONFIDENCE),
            "plate_brier_score": plate_brier_score(TRUE, PREDICTED, CONFIDENCE),
            "plate_calibration_error": plate_calibration_error(TRUE, PREDICTED, CONFIDENCE),
            "area_under_risk_coverage": area_under_risk_coverage(TRUE, PREDICTED, CONFIDENCE),
        }
    )
    n = report.scores["n"]
    assert n["plate_accuracy"] == 6
    assert n["character_error_rate"] == n["character_accuracy"] == 20
    assert (report.n_samples, report.n_plates) == (6, 4)


def test_texts_without_confidences_have_no_scores_of_confidences():
    report = evaluate(TRUE, PREDICTED)
    assert report.scores.index.tolist() == [
        *["plate_accuracy", "coverage", "selective_accuracy"],
        *["character_error_rate", "character_accuracy", "length_accuracy"],
    ]
    assert not [column for column in report.by_length if "confidence" in column]
    pd.testing.assert_frame_equal(report.scores, evaluate(TRUE, PREDICTIONS).scores.head(6))


def test_intervals_contain_the_value_and_depend_on_seed_and_level():
    true = [f"AB{number}" for number in range(100, 160)]
    predicted = ["AB1" if number % 3 == 0 else text for number, text in enumerate(true)]
    predicted[::7] = [""] * len(predicted[::7])
    report = evaluate(true, predicted)
    scores = report.scores
    assert (scores["low"] < scores["value"]).all()
    assert (scores["value"] < scores["high"]).all()
    low, high = scores.loc["character_error_rate", ["low", "high"]]
    assert scores.loc["character_accuracy", ["low", "high"]].tolist() == [1 - high, 1 - low]
    pd.testing.assert_frame_equal(scores, evaluate(true, predicted).scores)
    narrow = evaluate(true, predicted, confidence_level=0.5).scores
    assert (narrow["high"] - narrow["low"] < scores["high"] - scores["low"]).all()


def test_coverage_and_accuracy():
    predicted = ["AB12", "", "CD345", "EF6D", "", ""]
    report = evaluate(TRUE, predicted, groups=list("aaaabb"))
    scores = report.scores
    # The last image has no plate, so that an empty text is exact.
    assert scores["value"].head(3).tolist() == pytest.approx([3 / 6, 3 / 6, 2 / 3])
    assert scores["n"].head(3).tolist() == [6, 6, 3]
    table = report.by_group["group"]
    assert table["coverage"].tolist() == [0.75, 0]
    assert table["selective_accuracy"].tolist() == pytest.approx([2 / 3, np.nan], nan_ok=True)


def test_only_empty_predictions():
    report = evaluate(["AB12", "CD34"], ["", ""])
    assert report.scores.loc["coverage", "value"] == 0
    assert np.isnan(report.scores.loc["selective_accuracy", "value"])
    assert re.search(r"selective accuracy \(of these\) +- +0 predictions", str(report))


def test_frames_of_one_plate_are_resampled_together():
    true = [f"AB{number}" for number in range(100, 140)]
    predicted = ["" if number % 4 == 0 else text for number, text in enumerate(true)]
    once = evaluate(true, predicted).scores[["value", "low", "high"]]
    frames = evaluate(np.repeat(true, 10), np.repeat(predicted, 10)).scores[
        ["value", "low", "high"]
    ]
    pd.testing.assert_frame_equal(once, frames)


def test_characters_are_counted_along_the_alignment():
    report = evaluate(TRUE, PREDICTED)
    assert report.confusions.to_dict("records") == [
        {"true": "0", "predicted": "D", "count": 1, "fraction": 1.0, "n_plates": 1}
    ]
    assert report.deletions.to_dict("records") == [
        {"true": "2", "count": 1, "fraction": 0.5, "n_plates": 1},
        {"true": "京", "count": 1, "fraction": 1.0, "n_plates": 1},
    ]
    assert report.insertions.to_dict("records") == [
        {"predicted": "I", "count": 1, "fraction": 1.0, "n_plates": 1}
    ]
    # Position 4: two 2s, the 4, and the 0.
    assert report.by_position["n"].to_dict() == {1: 5, 2: 5, 3: 5, 4: 4, 5: 1}
    assert report.by_position["accuracy"].to_dict() == {1: 0.8, 2: 1, 3: 1, 4: 0.5, 5: 1}


def test_errors_count_frames_and_distinct_plates():
    report = evaluate(["A8"] * 3 + ["B8", "C8"], ["AB"] * 3 + ["BB", "C0"])
    assert report.confusions.values.tolist() == [["8", "B", 4, 0.8, 2], ["8", "0", 1, 0.2, 1]]


def test_equal_counts_are_sorted_by_character():
    report = evaluate(["DCBA", "DCBA"], ["1234", "DCBA"])
    assert report.confusions["true"].tolist() == ["A", "B", "C", "D"]


def test_lengths_are_a_table():
    table = evaluate(TRUE, PREDICTIONS).by_length
    assert table.index.tolist() == [0, 3, 4, 5]
    assert table["n_samples"].tolist() == [1, 1, 3, 1]
    assert table["n_plates"].tolist() == [0, 1, 2, 1]
    assert table["plate_accuracy"].tolist() == pytest.approx([0, 0, 1 / 3, 1])
    assert table["character_error_rate"].tolist() == pytest.approx(
        [np.nan, 1 / 3, 2 / 12, 0], nan_ok=True
    )
    assert table["mean_confidence"].tolist() == pytest.approx([0.1, 0.5, 0.6, 0.8])
    # A single plate has no interval.
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
        # Ordered categories keep their order.
        (
            pd.Categorical(["far", "near"] * 3, categories=["near", "far"], ordered=True),
            {"group": ["near", "far"]},
        ),
    ],
)
def test_groups_in_all_containers(groups, tables):
    report = evaluate(TRUE, PREDICTED, groups=groups)
    assert {name: list(table.index) for name, table in report.by_group.items()} == tables
    for name, table in report.by_group.items():
        assert table.index.name == name
        assert table["n_samples"].sum() == 6


def test_groups_without_an_order_are_in_the_order_of_occurrence():
    table = evaluate(TRUE, PREDICTED, groups=[(1, 2), "b", (1, 2), "a", None, 2]).by_group["group"]
    assert table.index.tolist()[:3] == [(1, 2), "b", "a"]
    assert table["n_samples"].tolist() == [2, 1, 1, 1, 1]


def test_a_group_has_the_scores_of_its_samples():
    groups = np.array(["x", "y", "x", "y", "x", "y"])
    table = evaluate(TRUE, PREDICTED, groups=groups).by_group["group"]
    for value in "xy":
        part = [index for index in range(6) if groups[index] == value]
        alone = evaluate([TRUE[i] for i in part], [PREDICTED[i] for i in part]).scores
        for score in ("plate_accuracy", "character_error_rate", "length_accuracy"):
            row = table.loc[value, [score, f"{score}_low", f"{score}_high"]]
            assert row.tolist() == alone.loc[score, ["value", "low", "high"]].tolist()


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_groups_are_a_row(missing):
    report = evaluate(TRUE, PREDICTED, groups=["a", missing, "a", missing, "b", "b"])
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
def test_invalid_arguments_are_an_error(arguments, groups, error, message):
    with pytest.raises(error, match=message):
        evaluate(*arguments, groups=groups)


@pytest.mark.parametrize(
    "options", [{"n_bins": 0}, {"n_resamples": 0}, {"confidence_level": 1}, {"random_state": "a"}]
)
def test_invalid_parameters_are_an_error(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"The '{name}' parameter"):
        evaluate(TRUE, PREDICTED, **options)


def test_predictions_in_all_containers():
    expected = evaluate(TRUE, PREDICTIONS).scores
    array = np.empty(len(PREDICTIONS), dtype=object)
    array[:] = PREDICTIONS
    for predictions in (tuple(PREDICTIONS), array, pd.Series(array)):
        pd.testing.assert_frame_equal(evaluate(pd.Series(TRUE), predictions).scores, expected)


def test_arguments_are_not_modified():
    predictions, groups = list(PREDICTIONS), {"x": list("aabbcc")}
    evaluate(TRUE, predictions, groups=groups)
    assert predictions == PREDICTIONS
    assert groups == {"x": list("aabbcc")}


def test_summary_as_a_line_and_as_tables():
    report = evaluate(
        TRUE, PREDICTIONS, groups={"province": ["京", "沪"] * 3}, confidence_level=0.9
    )
    assert repr(report) == "PlateEvaluation(6 predictions of 4 plates, plate accuracy 33.3%)"
    text = str(report)
    for line in (
        r"plate accuracy +33\.3% +\S+% to \S+% +6 predictions",
        r"character error rate \(CER\) +20\.0% .* 20 characters",
        r"expected calibration error \(ECE\) +0\.\d{4} +6 predictions",
        r"By province",
        r"京 +66\.7%",
        r"90 % interval",
        r"0 predicted as D +1 +100\.0% +1",
    ):
        assert re.search(line, text), line


@pytest.mark.parametrize("show", [str, lambda report: report._repr_html_()], ids=["text", "html"])
def test_summary_shows_the_coverage_of_groups(show):
    groups = {"place": list("aabbcc")}
    shown = show(evaluate(TRUE, ["AB12", "", "", "EF6D", "G7", "I"], groups=groups))
    rows = re.sub(r"<[^>]+>|\s+", " ", shown)
    assert re.search(
        r"coverage \(plates with a prediction\) +66\.7% +\S+% to \S+% +6 predictions", rows
    )
    assert re.search(r"selective accuracy \(of these\) +25\.0% +\S+% to \S+% +4 predictions", rows)
    assert re.search(r"interval +coverage +accuracy of these +CER", rows)
    assert re.search(r" b +0\.0% +\S+% to \S+% +50\.0% +0\.0%", rows)
    assert "accuracy of these" not in show(evaluate(TRUE, PREDICTED, groups=groups))


def test_summary_of_perfect_predictions_lists_no_errors():
    report = evaluate(TRUE, TRUE)
    assert "100.0%" in str(report)
    assert "Confusions" not in str(report)
    assert len(report.confusions) == len(report.deletions) == len(report.insertions) == 0


def test_long_tables_are_truncated_in_the_summary_only():
    true = [f"{number:04}" for number in range(60)]
    report = evaluate(true, true, groups={"place": range(60)})
    assert len(report.by_group["place"]) == 60
    assert "By place (the first 20 of 60)" in str(report)
    assert "\n59" not in str(report)


def test_html_is_escaped():
    name, value, true, predicted = "<b>name", "<i>value", "<A1", "&A1"
    page = evaluate([true], [predicted], groups={name: [value]})._repr_html_()
    for text in (name, value, "&lt; predicted as &"):
        assert html.escape(html.unescape(text)) in page
    assert "<b>" not in page
    assert "<i>" not in page
    tags = re.findall(r"<(/?)(table|details|div)\b", page)
    for tag in ("table", "details", "div"):
        assert tags.count(("", tag)) == tags.count(("/", tag)) > 0


def test_images_without_a_plate_and_a_text_have_no_confidence_to_judge():
    predictions = [
        PlateReading("AB12", 1.0),
        PlateReading("CD3", 0.5),
        *[PlateReading("", 0.0)] * 2,
    ]
    scores = evaluate(["AB12", "CD34", "", ""], predictions).scores
    assert scores.loc["plate_accuracy", "value"] == 0.75
    # Of the two texts, the one of confidence 1 is right and the one of 0.5 wrong.
    expected = {
        "mean_confidence": 0.75,
        "plate_brier_score": 0.125,
        "plate_calibration_error": 0.25,
        "area_under_risk_coverage": 0.25,
    }
    assert scores.loc[list(expected), "value"].to_dict() == pytest.approx(expected)
    assert scores.loc[list(expected), "n"].tolist() == [2] * 4
    scores = evaluate(["", ""], [PlateReading("", 0.0)] * 2).scores
    assert scores.loc[list(expected), "value"].isna().all()
    assert scores.loc["plate_accuracy", "value"] == 1
