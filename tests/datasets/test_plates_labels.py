import json
import os
import re

import pytest

from sklearn_lpr.datasets import load_plates, load_scenes
from sklearn_lpr.datasets._csv_file import read_csv

CORNERS = [[10, 20], [104, 22], [104, 46], [10, 44]]
BOX = [[10, 20], [104, 20], [104, 44], [10, 44]]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes labels and returns their path."""
    for number in range(4):
        (tmp_path / f"{number}.jpg").touch()

    def write(*lines):
        path = tmp_path / "labels.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "around",
    [" ", "\t", "\u200b", "\ufeff", "\xad", "\xa0", "\u2009", "\u3164", "\ufe0f", "\u202e"],
)
def test_cells_are_stripped(write, around):
    path = write(
        f"{around}file,text{around},split",
        f"0.jpg,AB12,train{around}",
        f"1.jpg,{around}AB12,{around}train",
        f"2.jpg{around},AB12{around}{around},train",
    )
    plates = load_plates(path, split="train")
    assert plates.target.tolist() == ["AB12"] * 3
    assert plates.frame["file"].tolist() == ["0.jpg", "1.jpg", "2.jpg"]


@pytest.mark.parametrize("blank", ["", " ", "\xa0", "\u200b\ufeff"])
def test_a_blank_text_is_missing(write, blank):
    with pytest.raises(ValueError, match=r"line 2: the column 'text' of '0\.jpg' is empty"):
        load_plates(write("file,text", f"0.jpg,{blank}"))


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\u200b", "200B"),
        ("\ufeff", "FEFF"),
        ("\xad", "00AD"),
        ("\xa0", "00A0"),
        ("\t", "0009"),
        ("\u3164", "3164"),
    ],
)
@pytest.mark.parametrize("column", ["text", "split"])
def test_invisible_characters_within_a_cell_are_rejected(write, character, code, column):
    cell = f"AB{character}12"
    row = f"0.jpg,{cell},train" if column == "text" else f"0.jpg,AB12,{cell}"
    with pytest.raises(ValueError, match=rf"line 2: the column '{column}' .*U\+{code}"):
        load_plates(write("file,text,split", row))


@pytest.mark.parametrize(
    ("columns", "values", "corners"),
    [
        ("x1,y1,x2,y2,x3,y3,x4,y4", "10,20,104,22,104,46,10,44", CORNERS),
        ("X1,Y1,X2,Y2,X3,Y3,X4,Y4", "10,20,104,22,104,46,10,44", CORNERS),
        ("x1,y1,x2,y2", "10,20,104,44", BOX),
        ("xmin,ymin,xmax,ymax", "10,20,104,44", BOX),
        ("width,height,xmin,ymin,xmax,ymax", "640,480,10,20,104,44", BOX),
        ("x_min,y_min,x_max,y_max", "10,20,104,44", BOX),
        ("left,top,right,bottom", "10,20,104,44", BOX),
        ("xtl,ytl,xbr,ybr", "10,20,104,44", BOX),
        ("left,top,width,height", "10,20,94,24", BOX),
        ("x,y,w,h", "10,20,94,24", BOX),
        ("x,y,width,height", "10, 20, 94, 24", BOX),
        ("x,y", "10,20", None),
        ("width,height", "640,480", None),
        ("x,y,w,h", ",,,", None),
    ],
)
def test_corners_in_columns(write, columns, values, corners):
    plates = load_plates(write(f"file,text,{columns}", f"0.jpg,AB12,{values}"))
    found = plates.data[0].corners
    assert (found if found is None else found.tolist()) == corners
    assert set(columns.split(",")) <= set(plates.frame)


@pytest.mark.parametrize(
    ("columns", "values", "words"),
    [
        ("x1,y1,x2,y2,x3,y3,x4,y4", "10,20,104,46,104,22,10,44", ["'x1' to 'y4'", "convex"]),
        ("x1,y1,x2,y2,x3,y3,x4,y4", "10,20,104,22,104,46,10,", ["'y4'", "''"]),
        ("x1,y1,x2,y2", "104,44,10,20", ["'x1' to 'y2'", "must be positive"]),
        ("x,y,w,h", "10,20,0,24", ["'x' to 'h'", "must be positive"]),
        ("x,y,w,h", "0.1,0.2,0.5,0.1", ["'x' to 'h'", "multiply fractions"]),
        ("x,y,w,h", "10,20,nan,24", ["'w'", "'nan'"]),
        ("x,y,w,h", "10,20,1e308,24", ["'w'", "'1e308'"]),
        ("x,y,w,h", "1_0,20,94,24", ["'x'", "'1_0'"]),
        ("x,y,w,h", f"10,20,{'9' * 400},24", ["'w'"]),
    ],
)
def test_impossible_corners_in_columns(write, columns, values, words):
    path = write(f"file,text,{columns}", f"0.jpg,AB12,{values}")
    with pytest.raises(ValueError, match="line 2") as caught:
        load_plates(path)
    for word in words:
        assert word in str(caught.value)


def test_incomplete_columns_of_corners(write):
    with pytest.raises(ValueError, match=r"line 1: the header has the columns \['x1', 'y1', 'x2'"):
        load_plates(write("file,text,x1,y1,x2", "0.jpg,AB12,1,2,3"))


@pytest.mark.parametrize(
    ("columns", "values", "names"),
    [
        ("bbox", '"[10, 20, 94, 24]"', ["bbox"]),
        ("Polygon", '"[[1, 2], [9, 2], [9, 9], [1, 9]]"', ["Polygon"]),
        ("x_center,y_center,width,height", ".5,.5,.2,.1", ["x_center", "y_center"]),
        ("cx,cy,w,h", ".5,.5,.2,.1", ["cx", "cy"]),
        ("xmin,ymin,xmax", "1,2,3", ["xmin", "ymin", "xmax"]),
        ("left,top,w,h", "1,2,9,3", ["left", "top"]),
        ("left,top,right", "1,2,9", ["left", "top", "right"]),
        ("x,y,width,h", "1,2,9,3", ["x", "y", "width", "h"]),
        ("xtl,ytl,xbr", "1,2,9", ["xtl", "ytl", "xbr"]),
    ],
)
def test_corners_in_another_form_are_not_ignored(write, columns, values, names):
    path = write(f"file,text,{columns}", f"0.jpg,AB12,{values}")
    message = rf"line 1: the header has the columns {re.escape(str(names))}, from which no corners"
    with pytest.raises(ValueError, match=f"{message} .*or rename the columns"):
        load_plates(path)
    # Beside corners that are read they are further columns.
    path = write(f"file,text,corners,{columns}", f"0.jpg,AB12,,{values}")
    assert names[0] in load_plates(path).frame


@pytest.mark.parametrize(
    "value",
    [
        "[" * 100_000,
        "[" * 2_000 + "]" * 2_000,
        f"[[{'9' * 400}, 2], [9, 2], [9, 5], [1, 5]]",
        f"[[{'9' * 5_000}, 2], [9, 2], [9, 5], [1, 5]]",
        "[[null, 2], [9, 2], [9, 5], [1, 5]]",
        "[[NaN, 2], [9, 2], [9, 5], [1, 5]]",
        "[[-Infinity, 2], [9, 2], [9, 5], [1, 5]]",
        "[[1e308, 2], [9, 2], [9, 5], [1, 5]]",
        '[["1", 2], [9, 2], [9, 5], [1, 5]]',
        "[[true, 2], [9, 2], [9, 5], [1, 5]]",
        "[[1, 2], [9, 2], [9, 5], [1]]",
        "null",
        "{}",
        "[]",
    ],
)
@pytest.mark.parametrize("column", ["corners", "char_boxes"])
def test_impossible_arrays(write, value, column):
    quoted = value.replace('"', '""')
    path = write(f"file,text,{column}", "0.jpg,AB12,", f'1.jpg,AB12,"{quoted}"')
    with pytest.raises(ValueError, match=rf"line 3: the column '{column}' is ") as caught:
        load_plates(path)
    assert len(str(caught.value)) < 600
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert len(load_plates(path, on_error="warn").data) == 1


def test_corners_must_bound_a_plate(write):
    value = json.dumps(CORNERS[::-1])
    with pytest.raises(ValueError, match=r"line 2: the column 'corners' .*convex"):
        load_plates(write("file,text,corners", f'0.jpg,AB12,"{value}"'))


@pytest.fixture
def folders(tmp_path):
    """Return a folder with two images, and one beside it for labels that name them."""
    images, labels = tmp_path / "images", tmp_path / "labels"
    for folder in (images, labels):
        folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (images / name).touch()
    return images, labels


@pytest.mark.parametrize("loader", [load_plates, load_scenes])
@pytest.mark.parametrize("form", ["../images/a.jpg", "{images}/a.jpg", "x/../../images/a.jpg"])
def test_paths_that_lead_out_of_the_folder_need_permission(folders, loader, form):
    images, labels = folders
    (labels / "x").mkdir()
    file = form.format(images=images)
    (labels / "labels.csv").write_text(f"file,text,corners\n{file},AB12,\n")
    if loader is load_scenes:
        (labels / "labels.csv").write_text(f"file,corners\n{file},\n")
    with pytest.raises(ValueError, match=r"line 2: the column 'file' is .*image_folder") as caught:
        loader(labels)
    assert repr(file) in str(caught.value)
    if form.startswith("{"):  # absolute
        assert len(loader(labels, image_folder=images).data) == 1
        assert len(loader(labels, image_folder=images.parent).data) == 1
    with (
        pytest.raises(ValueError, match=r"contains no|lists no"),
        pytest.warns(UserWarning, match=r"1 annotation\(s\) .* cannot be loaded"),
    ):
        loader(labels, on_error="warn")


@pytest.mark.parametrize("loader", [load_plates, load_scenes])
def test_paths_are_relative_to_the_folder_of_images(folders, loader):
    images, labels = folders
    rows = {"./x/../a.jpg": "A1", "b.jpg": "B2", f"{images}/b.jpg": "B3"}
    lines = [f"{file},{text}," for file, text in rows.items()]
    if loader is load_scenes:
        lines = [f"{file},," for file in list(rows)[:2]]
    (images / "x").mkdir()
    (labels / "labels.csv").write_text("\n".join(["file,text,corners", *lines]))
    found = loader(labels, image_folder=images)
    assert [os.path.normpath(sample.source) for sample in found.data] == [
        str(images / name) for name in ("a.jpg", "b.jpg", "b.jpg")[: len(lines)]
    ]
    with pytest.raises(FileNotFoundError, match=r"image_folder='.*no' does not exist"):
        loader(labels, image_folder=images / "no")


@pytest.mark.parametrize("loader", [load_plates, load_scenes])
def test_a_file_of_labels_that_is_missing_is_named_as_a_file(tmp_path, loader):
    with pytest.raises(FileNotFoundError, match=r"^path='.*no\.csv': there is no such file\.$"):
        loader(tmp_path / "no.csv")
    with pytest.raises(FileNotFoundError, match=r"^path='.*no' does not exist; pass the folder"):
        loader(tmp_path / "no")


def test_a_folder_of_named_images_has_no_paths(tmp_path):
    (tmp_path / "AB123.jpg").touch()
    with pytest.raises(ValueError, match=r"no 'labels\.csv' with paths; pass image_folder=None"):
        load_plates(tmp_path, image_folder=tmp_path)


def test_a_name_longer_than_file_systems_allow_names_its_line(write):
    path = write("file,text", f"{'a' * 5000}.jpg,AB12")
    with pytest.raises(FileNotFoundError, match="line 2: the column 'file' is 'aaa"):
        load_plates(path)


SPREADSHEET = {
    "rows without the last values": [
        "file,text,split,error",
        "0.jpg,AB1,a,",
        "1.jpg,CD2,b",
        "2.jpg,EF3,c",
    ],
    "an empty row": [
        "file,text,split,error",
        "0.jpg,AB1,a,",
        ",,,",
        "1.jpg,CD2,b,",
        "2.jpg,EF3,c,",
    ],
    "empty columns": ["file,text,split,,", "0.jpg,AB1,a,,", "1.jpg,CD2,b,", "2.jpg,EF3,c"],
    "spaces before quotes": [
        "file, text, split",
        '0.jpg, "AB1", a',
        "1.jpg, CD2, b",
        '2.jpg, "EF3", "c"',
    ],
}


@pytest.mark.parametrize("lines", SPREADSHEET.values(), ids=SPREADSHEET)
def test_tables_of_spreadsheet_programs_are_read(write, lines):
    plates = load_plates(write(*lines))
    assert plates.target.tolist() == ["AB1", "CD2", "EF3"]
    assert plates.frame["split"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    "lines",
    [
        ["0.jpg,AB1,a", "1.jpg,CD2", "2.jpg,EF3,b"],  # a column that others have
        ["0.jpg,AB1", "1.jpg,CD2"],  # no row has all columns
        ["0.jpg,AB1,a,b"],
    ],
)
def test_rows_with_another_number_of_values_are_errors(write, lines):
    with pytest.raises(ValueError, match=r"the row has \d fields, more or fewer than the 3 fields"):
        load_plates(write("file,text,split", *lines))


def test_rows_before_a_damaged_one_are_read(write):
    rows = read_csv(write("file,text", "0.jpg,AB1", '1.jpg,"CD"2'), ("file", "text"))
    assert next(rows).values["text"] == "AB1"
    with pytest.raises(ValueError, match="line 3: this is not a row of a CSV file"):
        next(rows)


def test_a_row_with_too_many_values_does_not_spoil_the_others(write):
    path = write("file,text,split", "0.jpg,AB1,a", "1.jpg,CD2,b,c", "2.jpg,EF3,a")
    with pytest.raises(ValueError, match="line 3: the row has 4 fields"):
        load_plates(path)
    with pytest.warns(UserWarning, match="line 3"):
        assert load_plates(path, on_error="warn").target.tolist() == ["AB1", "EF3"]


@pytest.mark.parametrize(
    ("file", "remedy"),
    [("photos\\0.jpg", "slashes instead of backslashes"), ("9.jpg", "relative to as image_folder")],
)
def test_the_error_of_a_missing_image_says_what_to_do(write, file, remedy):
    with pytest.raises(FileNotFoundError, match=remedy):
        load_plates(write("file,text", f"{file},AB1"))
