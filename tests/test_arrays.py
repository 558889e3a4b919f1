"""Tests of columns of other libraries, by stand-ins: none of these libraries is needed."""

import numpy as np
import pandas as pd
import pytest

from sklearn_lpr._arrays import to_array
from sklearn_lpr.inspection import evaluate_plates
from sklearn_lpr.metrics import plate_accuracy_score


class ArrowColumn:
    """A column that is copied only if it is told to, as an array of pyarrow is."""

    def __init__(self, values):
        self._values = np.array(values, dtype=object)

    def __len__(self):
        return len(self._values)

    def to_numpy(self, zero_copy_only=True):
        if zero_copy_only:
            raise ValueError("Needed to copy 1 chunks with 0 nulls, but zero_copy_only was True")
        return self._values.copy()


class OtherFrame:
    """A table with columns that is not one of pandas, as those of polars and pyarrow are."""

    def __init__(self, **columns):
        self._frame = pd.DataFrame(columns)
        self.columns = list(self._frame)
        self.shape = self._frame.shape

    def to_pandas(self):
        return self._frame


@pytest.mark.parametrize(
    "column", [ArrowColumn(["AB1", "CD2"]), pd.Series(["AB1", "CD2"]), np.array(["AB1", "CD2"])]
)
def test_columns_become_arrays(column):
    assert to_array(column).tolist() == ["AB1", "CD2"]


def test_other_values_stay_as_they_are():
    values = ["AB1"]
    assert to_array(values) is values


def test_metrics_take_columns():
    assert plate_accuracy_score(ArrowColumn(["AB1", "CD2"]), ArrowColumn(["AB1", "CD3"])) == 0.5


def test_groups_are_columns_of_any_table():
    table = OtherFrame(light=["day", "night"])
    report = evaluate_plates(["AB1", "CD2"], ["AB1", "CD3"], groups=table, random_state=0)
    assert report.by_group["light"]["plate_accuracy"].to_dict() == {"day": 1, "night": 0}


@pytest.mark.parametrize(
    "dates",
    [
        np.array(["2026-01-01", "2026-01-02"], "M8[ns]"),
        pd.DatetimeIndex(["2026-01-01", "2026-01-02"]),
        pd.array(["2026-01-01", "2026-01-02"], dtype="datetime64[ns]"),
    ],
)
def test_groups_of_dates_are_dates(dates):
    report = evaluate_plates(["AB1", "CD2"], ["AB1", "CD3"], groups=dates, random_state=0)
    found = report.by_group["group"]
    assert list(found.index) == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-02")]
