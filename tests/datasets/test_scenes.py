import numpy as np
import pandas as pd
import pytest

from sklearn_lpr.datasets import load_scenes

TILTED = [[10, 20], [104, 22], [104, 46], [10, 44]]
BOX = [[300, 40], [340, 40], [340, 52.5], [300, 52.5]]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes labels and returns their path."""
    for name in ("street.jpg", "garden.jpg", "yard.jpg"):
        (tmp_path / name).touch()

    def write(*lines):
        path = tmp_path / "labels.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return path

    return write


def test_every_field(write):
    path = write(
        "file,corners,kind",
        f'street.jpg,"{TILTED}",corners',
        "garden.jpg,,",
        f'street.jpg,"{BOX}",box',
        f'yard.jpg,"{BOX}",',
    )
    scenes = load_scenes(path.parent)
    assert [sample.source for sample in scenes.data] == [
        str(path.parent / name) for name in ("street.jpg", "garden.jpg", "yard.jpg")
    ]
    assert [sample.corners for sample in scenes.data] == [None] * 3
    assert [corners.tolist() for corners in scenes.target] == [[TILTED, BOX], [], [BOX]]
    assert [(corners.shape, corners.dtype) for corners in scenes.target] == [
        ((2, 4, 2), np.float64),
        ((0, 4, 2), np.float64),
        ((1, 4, 2), np.float64),
    ]
    assert scenes.data.dtype == scenes.target.dtype == object
    assert scenes.texts is None
    assert scenes.frame.to_dict("records") == [
        {"file": "street.jpg", "n_plates": 2, "kinds": ["corners", "box"]},
        {"file": "garden.jpg", "n_plates": 0, "kinds": []},
        {"file": "yard.jpg", "n_plates": 1, "kinds": ["box"]},
    ]
    assert str(path) in scenes.DESCR


def test_the_csv_file_may_have_any_name(write):
    path = write("file,corners", f'street.jpg,"{TILTED}"')
    path = path.rename(path.with_name("mine.csv"))
    X, y = load_scenes(path, return_X_y=True)
    assert X[0].source == str(path.parent / "street.jpg")
    assert y[0].tolist() == [TILTED]
    with pytest.raises(FileNotFoundError, match=r"contains no 'labels\.csv'"):
        load_scenes(path.parent)


def test_equal_numbers_of_plates_are_not_stacked(write):
    path = write("file,corners", f'street.jpg,"{TILTED}"', f'yard.jpg,"{BOX}"')
    assert load_scenes(path).target.shape == (2,)


def test_texts(write):
    path = write(
        "file,corners,kind,text",
        f'street.jpg,"{TILTED}",corners,AB12',
        f'street.jpg,"{BOX}",box,',
        "garden.jpg,,,",
    )
    scenes = load_scenes(path)
    assert scenes.texts.tolist() == [["AB12", ""], []]
    assert scenes.frame["texts"].tolist() == [["AB12", ""], []]
    path = write("file,corners,kind,text", f'street.jpg,"{TILTED}",corners,')
    assert load_scenes(path).texts is None


def test_as_frame(write):
    path = write("file,corners,kind,text", f'street.jpg,"{TILTED}",corners,AB12', "yard.jpg,,,")
    scenes = load_scenes(path, as_frame=True)
    assert list(scenes.frame) == ["image", "file", "n_plates", "kinds", "texts", "corners"]
    for name, values in zip(
        ("image", "corners", "texts"), (scenes.data, scenes.target, scenes.texts), strict=True
    ):
        pd.testing.assert_series_equal(values, scenes.frame[name])


def test_splits(write):
    path = write(
        "file,corners,kind,split",
        f'street.jpg,"{TILTED}",corners,train',
        f'street.jpg,"{BOX}",box,train',
        "garden.jpg,,,test",
    )
    assert load_scenes(path, split="train").frame.to_dict("records") == [
        {"file": "street.jpg", "split": "train", "n_plates": 2, "kinds": ["corners", "box"]}
    ]
    assert load_scenes(path, split="test").target[0].shape == (0, 4, 2)
    assert len(load_scenes(path).data) == 2
    with pytest.raises(ValueError, match=r"split='val' is not in .*\['test', 'train'\]"):
        load_scenes(path, split="val")
    with pytest.raises(ValueError, match="has no column 'split'"):
        load_scenes(write("file,corners", f'street.jpg,"{TILTED}"'), split="train")


def test_boxes_in_other_columns(write):
    path = write("file,x,y,w,h", "street.jpg,300,40,40,12.5", "garden.jpg,,,,")
    scenes = load_scenes(path)
    assert scenes.target[0].tolist() == [BOX]
    assert scenes.frame["kinds"].tolist() == [["box"], []]


def test_plates_of_more_than_one_pixel_are_loaded(write):
    thin = [[10, 10], [20, 10], [20, 11.5], [10, 11.5]]
    assert load_scenes(write("file,corners", f'street.jpg,"{thin}"')).target[0].tolist() == [thin]
    fractions = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.3], [0.1, 0.3]]
    with pytest.raises(ValueError, match="less than 1 pixels"):
        load_scenes(write("file,corners", f'street.jpg,"{fractions}"'))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (['street.jpg,"[[1, 2]]",box,,'], ["line 2", "'corners'", "[[1, 2]]"]),
        ([f'street.jpg,"{[*TILTED[:3], [float("nan"), 3]]}",box,,'], ["line 2", "'corners'"]),
        ([f'street.jpg,"{TILTED[::-1]}",corners,,'], ["line 2", "'corners'", "convex"]),
        ([f'street.jpg,"{TILTED}",quad,,'], ["line 2", "'kind'", "'quad'"]),
        ([f'street.jpg,"{TILTED}",box,,'], ["line 2", "'kind'", "not an upright box"]),
        ([f'street.jpg,"{BOX}",box,"A\u200bB",'], ["line 2", "'text'", "U+200B"]),
        (["street.jpg,,box,,"], ["line 2", "no corners"]),
        (["street.jpg,,,AB12,"], ["line 2", "no corners"]),
        ([f'street.jpg,"{BOX}",box,,', "street.jpg,,,,"], ["line 3", "a second time"]),
        (["street.jpg,,,,", "street.jpg,,,,"], ["line 3", "a second time"]),
        ([f'street.jpg,"{BOX}",,,a', f'street.jpg,"{BOX}",,,b'], ["line 3", "'split'", "'b'"]),
        (["street.jpg"], ["line 2", "1 fields"]),
    ],
)
def test_invalid_rows_name_file_line_and_column(write, rows, words):
    path = write("file,corners,kind,text,split", *rows, f'yard.jpg,"{BOX}",box,,a')
    with pytest.raises(ValueError, match=r"labels\.csv") as caught:
        load_scenes(path)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)") as warned:
        scenes = load_scenes(path, on_error="warn")
    # The whole photo is left out: its other plates would be unlabelled.
    assert scenes.frame["file"].tolist() == ["yard.jpg"]
    assert warned[0].filename == __file__


def test_paths_with_different_spellings_are_one_photo(write):
    path = write("file,corners", f'street.jpg,"{TILTED}"', f'./street.jpg,"{BOX}"')
    assert load_scenes(path).target[0].tolist() == [TILTED, BOX]


def test_a_missing_photo(write):
    path = write("file,corners", f'street.jpg,"{TILTED}"', f'lane.jpg,"{TILTED}"')
    with pytest.raises(FileNotFoundError, match=r"line 3: the column 'file' is 'lane\.jpg'"):
        load_scenes(path)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert len(load_scenes(path, on_error="warn").data) == 1


def test_a_name_longer_than_file_systems_allow(write):
    path = write("file,corners", f'{"a" * 5000}.jpg,"{TILTED}"')
    with pytest.raises(FileNotFoundError, match="line 2: the column 'file' is 'aaa"):
        load_scenes(path)


def test_missing_columns_and_empty_files(write):
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['file'\]"):
        load_scenes(write("image,corners", "street.jpg,"))
    with pytest.raises(ValueError, match=r"line 1: .* contains no corners"):
        load_scenes(write("file,kind", "street.jpg,"))
    with pytest.raises(ValueError, match="lists no photo"):
        load_scenes(write("file,corners,kind"))


@pytest.mark.parametrize(
    ("name", "n_photos", "n_plates"),
    [("openimages", 1208, 1698), ("us_quads", 347, 357), ("no_plate", 249, 0)],
)
def test_real_scenes(shared_data, name, n_photos, n_plates):
    folder = shared_data / "scenes" / name
    if not folder.is_dir():
        pytest.skip(f"there is no {str(folder)!r}")
    scenes = load_scenes(folder)
    assert len(scenes.data) == n_photos
    assert sum(map(len, scenes.target)) == scenes.frame["n_plates"].sum() == n_plates


def test_rows_of_other_objects_are_errors(write):
    columns = "file,class,xmin,ymin,xmax,ymax"
    path = write(columns, "street.jpg,car,0,0,90,90", "street.jpg,plate,10,20,50,40")
    with pytest.raises(ValueError, match=r"'class' has several values, \['car', 'plate'\]; keep"):
        load_scenes(path)
    path = write(columns, "street.jpg,plate,0,0,90,90", "garden.jpg,,,,,")
    assert [len(quads) for quads in load_scenes(path).target] == [1, 0]
