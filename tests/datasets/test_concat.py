import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.utils import Bunch

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import concat_bunches, load_plates, load_scenes, make_plates
from sklearn_lpr.datasets._bunch import plate_bunch


def bunch_of(home, *, as_frame=False, **columns):
    """Build the Bunch of a loader, with the photos 0.jpg, 1.jpg, ... of a folder."""
    images = [PlateImage(f"{home}/{number}.jpg") for number in range(len(columns["text"]))]
    return plate_bunch(
        images, pd.DataFrame(columns), f"Of {home}.", return_X_y=False, as_frame=as_frame
    )


@pytest.fixture
def tolls():
    return bunch_of(
        "tolls",
        text=["A1", "B2", "C3"],
        split=["training", "validation", "testing"],
        layout=["Brazilian", "Mercosur", "Mercosur"],
    )


@pytest.fixture
def streets():
    return bunch_of(
        "streets", text=["D4", "C3"], split=["train", "Test"], track=["1", ""], n_doors=[2, 4]
    )


@pytest.mark.parametrize("as_frame", [False, True])
def test_every_attribute(as_frame, tolls, streets):
    own = bunch_of("own", text=["E5"], as_frame=True)
    joined = concat_bunches({"tolls": tolls, "streets": streets, "own": own}, as_frame=as_frame)
    assert [sample.source for sample in joined.data] == [
        "tolls/0.jpg",
        "tolls/1.jpg",
        "tolls/2.jpg",
        "streets/0.jpg",
        "streets/1.jpg",
        "own/0.jpg",
    ]
    assert joined.target.tolist() == ["A1", "B2", "C3", "D4", "C3", "E5"]
    frame = joined.frame
    assert frame.index.tolist() == list(range(6))
    assert frame["data_set"].tolist() == ["tolls"] * 3 + ["streets"] * 2 + ["own"]
    assert frame["text"].tolist() == joined.target.tolist()
    splits = ["training", "validation", "testing", "training", "testing", ""]
    assert frame["split"].tolist() == splits
    assert frame["track"].tolist() == ["", "", "", "streets/1", "", ""]
    assert frame["layout"].tolist() == ["Brazilian", "Mercosur", "Mercosur", "", "", ""]
    assert frame["n_doors"].isna().tolist() == [True, True, True, False, False, True]
    assert joined.DESCR.startswith("tolls\n=====\n\nOf tolls.\nstreets\n=")
    assert isinstance(joined.data, pd.Series if as_frame else np.ndarray)
    assert ("image" in frame) == as_frame


def test_the_parts_are_unchanged(tolls, streets):
    before = streets.frame.copy()
    concat_bunches({"tolls": tolls, "streets": streets})
    pd.testing.assert_frame_equal(streets.frame, before)


def test_data_and_target(tolls):
    X, y = concat_bunches({"tolls": tolls}, return_X_y=True)
    assert X.tolist() == tolls.data.tolist()
    assert y.tolist() == ["A1", "B2", "C3"]


def test_groups_join_data_sets_through_texts_and_not_through_tracks():
    joined = concat_bunches(
        {
            "a": bunch_of("a", text=["A1", "B2", "C3"], track=["1", "1", "2"]),
            "b": bunch_of("b", text=["D4", "B2", "E5"], track=["1", "2", "2"]),
        }
    )
    # B2 is in track 1 of a and in track 2 of b; track 1 of b is another vehicle.
    assert joined.groups.tolist() == ["A1", "A1", "C3", "D4", "A1", "A1"]


def test_corrected_texts_are_taken(tolls):
    tolls.target = np.array(["A1", "B2", "O3"])
    joined = concat_bunches({"tolls": tolls})
    assert joined.target.tolist() == joined.frame["text"].tolist() == ["A1", "B2", "O3"]


def test_arrays_are_joined():
    parts = {"x": make_plates(2, random_state=0), "y": make_plates(1, random_state=1)}
    joined = concat_bunches(parts)
    assert (joined.data[2].pixels() == parts["y"].data[0].pixels()).all()


def without(bunch, key):
    return Bunch(**{name: value for name, value in bunch.items() if name != key})


@pytest.mark.parametrize(
    ("bunches", "error", "message"),
    [
        (lambda a, b: [a, b], ValueError, "'bunches' parameter"),
        (lambda a, b: {}, ValueError, "bunches is empty"),
        (lambda a, b: {"": a}, ValueError, "bunches has the name ''"),
        (lambda a, b: {1: a}, ValueError, "bunches has the name 1"),
        (lambda a, b: {"UFPR": a, "ufpr ": b}, ValueError, "'UFPR' and 'ufpr ', which differ"),
        (lambda a, b: {"a": (1, 2)}, TypeError, r"bunches\['a'\] is a tuple.*return_X_y"),
        (lambda a, b: {"a": without(a, "groups")}, TypeError, r"bunches\['a'\] has no 'groups'"),
        (
            lambda a, b: {"a": Bunch(**{**a, "data": a.data[:2]})},
            ValueError,
            r"bunches\['a'\] has attributes of different lengths, \{'data': 2, 'target': 3",
        ),
        (
            lambda a, b: {"c": concat_bunches({"a": a}), "b": b},
            ValueError,
            r"bunches\['c'\] has a column 'data_set' already",
        ),
        (
            lambda a, b: {"b": b, "a": bunch_of("a", text=["A", "B"], split=["test", "fold 1"])},
            ValueError,
            r"bunches\['a'\]\.frame\['split'\]\[1\] is 'fold 1'",
        ),
        (
            lambda a, b: {"a": a, "again": a},
            ValueError,
            "'tolls/0.jpg' is in the data sets 'a' and 'again'",
        ),
        (
            lambda a, b: {"a": a, "b": Bunch(**{**b, "target": ["D4", ""]})},
            ValueError,
            r"bunches\['b'\]\.target\[1\] is an empty text",
        ),
    ],
)
def test_errors(bunches, error, message, tolls, streets):
    with pytest.raises(error, match=message):
        concat_bunches(bunches(tolls, streets))


def test_the_same_array_in_two_data_sets():
    plates = make_plates(1, random_state=0)
    with pytest.raises(ValueError, match="The same array is in the data sets 'a' and 'b'"):
        concat_bunches({"a": plates, "b": plates})


def test_scenes_are_an_error(tmp_path):
    (tmp_path / "1.jpg").touch()
    (tmp_path / "labels.csv").write_text("file,corners\n1.jpg,\n")
    with pytest.raises(TypeError, match="convert it with scenes_to_plates"):
        concat_bunches({"photos": load_scenes(tmp_path)})


def test_a_photo_by_a_relative_and_an_absolute_path(tmp_path, monkeypatch):
    (tmp_path / "tolls").mkdir()
    cv2.imwrite(str(tmp_path / "tolls" / "AB123.png"), np.zeros((10, 30, 3), np.uint8))
    monkeypatch.chdir(tmp_path)
    bunches = {"a": load_plates(tmp_path / "tolls"), "b": load_plates("tolls")}
    with pytest.raises(ValueError, match=r"AB123\.png' is in the data sets 'a' and 'b'"):
        concat_bunches(bunches)
