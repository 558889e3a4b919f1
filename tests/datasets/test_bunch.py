import inspect
import sys

import pandas as pd
import pytest

from sklearn_lpr import PlateImage, datasets
from sklearn_lpr.datasets import (
    load_coco,
    load_plates,
    load_scenes,
    load_voc,
    load_yolo,
    make_plates,
)
from sklearn_lpr.datasets._bunch import plate_bunch

LOADERS = [getattr(datasets, name) for name in datasets.__all__ if name.startswith("load_")]
# Loaders of the user's own data.
OF_USERS = (load_coco, load_plates, load_scenes, load_voc, load_yolo)


@pytest.mark.parametrize("load", LOADERS, ids=lambda load: load.__name__)
def test_loaders_have_the_same_options_and_a_description(load):
    parameters = inspect.signature(load).parameters
    options = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert list(parameters)[1:] == list(options)
    assert list(options)[-3:] == ["on_error", "return_X_y", "as_frame"]
    assert list(options.values())[-3:] == ["raise", False, False]
    with pytest.raises(ValueError, match="'on_error' parameter"):
        load("nowhere", on_error="ignore")
    if load not in OF_USERS:
        descr = sys.modules[load.__module__]._DESCR
        for word in (":Origin:", ":Licence:", ":Access:", ":Columns of the frame:", "Citation"):
            assert word in descr


def bunch_of(**columns):
    images = [PlateImage(f"{number}.jpg") for number in range(len(columns["text"]))]
    return plate_bunch(images, pd.DataFrame(columns), "", return_X_y=False)


def test_groups_are_the_texts():
    assert bunch_of(text=["B", "A", "B"]).groups.tolist() == ["B", "A", "B"]


@pytest.mark.parametrize(
    ("tracks", "groups"),
    [
        (["1", "2", "3", "4", "5"], ["A", "B", "A", "C", "D"]),  # each track has one image
        # The track of B and the text A link four images.
        (["1", "1", "2", "2", "3"], ["A", "A", "A", "A", "D"]),
        (["", "", "", "", ""], ["A", "B", "A", "C", "D"]),  # images without a track
        (["1", "", "", "", "1"], ["A", "B", "A", "C", "A"]),
    ],
)
def test_groups_join_texts_and_tracks(tracks, groups):
    assert bunch_of(text=["A", "B", "A", "C", "D"], track=tracks).groups.tolist() == groups


def test_groups_do_not_share_memory_with_the_target():
    bunch = bunch_of(text=["A", "B"])
    bunch.groups[0] = "C"
    assert bunch.target.tolist() == ["A", "B"]


def test_as_frame():
    plain = make_plates(4, random_state=0)
    plates = make_plates(4, random_state=0, as_frame=True)
    for series in (plates.data, plates.target, plates.groups):
        assert isinstance(series, pd.Series)
        assert series.index.equals(plates.frame.index)
    assert plates.frame.columns.tolist() == ["image", *plain.frame.columns]
    assert plates.frame["image"].tolist() == plates.data.tolist()
    assert plates.target.tolist() == plain.target.tolist()
    assert plates.groups.tolist() == plain.groups.tolist()
    assert (plates.data[2].pixels() == plain.data[2].pixels()).all()
    X, y = make_plates(4, random_state=0, as_frame=True, return_X_y=True)
    assert y.equals(plates.target)
    assert isinstance(X[3], PlateImage)


def test_an_existing_column_image_is_not_overwritten(tmp_path):
    (tmp_path / "1.jpg").touch()
    (tmp_path / "labels.csv").write_text("file,text,image\n1.jpg,A,x\n")
    assert load_plates(tmp_path).frame["image"].tolist() == ["x"]
    with pytest.raises(ValueError, match="as_frame=True puts the images into a column 'image'"):
        load_plates(tmp_path, as_frame=True)
