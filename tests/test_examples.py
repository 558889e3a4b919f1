"""Run each example up to its first fit, and check the parameter names of its search."""

import runpy
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, ParameterGrid
from sklearn.pipeline import Pipeline

from sklearn_lpr import datasets

# tests/applications/test_read_on_a_cluster.py runs the other one.
EXAMPLES = sorted(
    path
    for path in (Path(__file__).parents[1] / "examples").glob("*.py")
    if path.stem != "read_on_a_cluster"
)
NEED_DATA = {"ccpd_search", "cross_dataset"}
TRAIN_NOTHING = {"photos", "redact", "video"}


class FirstFitError(Exception):
    """Raised by the first fit of an example."""


def check_search(search, *_args, **_kwargs):
    for params in ParameterGrid(search.param_grid):
        clone(search.estimator).set_params(**params)
    raise FirstFitError


def stop(*_args, **_kwargs):
    raise FirstFitError


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_runs_to_its_first_fit(path, monkeypatch, tmp_path):
    make_plates = datasets.make_plates
    monkeypatch.setattr(
        datasets, "make_plates", lambda n_samples, **kwargs: make_plates(60, **kwargs)
    )
    for search in (GridSearchCV, HalvingGridSearchCV):
        monkeypatch.setattr(search, "fit", check_search)
    monkeypatch.setattr(Pipeline, "fit", stop)
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")  # examples set it
    monkeypatch.setattr(sys, "argv", [str(path), str(tmp_path / "absent")])
    monkeypatch.chdir(tmp_path)
    if path.stem in TRAIN_NOTHING:
        runpy.run_path(str(path), run_name="__main__")
    else:
        with pytest.raises(SystemExit if path.stem in NEED_DATA else FirstFitError):
            runpy.run_path(str(path), run_name="__main__")
    plt.close("all")
