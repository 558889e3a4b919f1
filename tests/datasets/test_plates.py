import numpy as np
import pandas as pd
import pytest

from sklearn_lpr.datasets import load_plates


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    for number in range(4):
        (tmp_path / "images" / f"{number}.jpg").touch()
    return tmp_path


def write_csv(folder, *lines, name="labels.csv", encoding="utf-8"):
    path = folder / name
    path.write_text("\n".join([*lines, ""]), encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("ABC1234.jpg", "ABC1234"),
        ("ABC1234_2.png", "ABC1234"),
        ("ABC1234-7_x.JPEG", "ABC1234"),
        ("ABC1234_7-x.bmp", "ABC1234"),
        ("京A12345.jpg", "京A12345"),
        ("NA_1.jpg", "NA"),
        ("007.jpg", "007"),
        ("U\u03081.jpg", "\u00dc1"),
    ],
)
def test_named_files(tmp_path, file, text):
    (tmp_path / file).touch()
    (tmp_path / "notes.txt").touch()
    plates = load_plates(tmp_path)
    assert plates.target.tolist() == plates.groups.tolist() == [text]
    assert plates.data[0].source == str(tmp_path / file)
    assert plates.data[0].corners is None
    assert plates.frame.iloc[0].to_dict() == {"file": file, "text": text}


def test_labels_csv(folder):
    write_csv(
        folder,
        "file,text,layout,split",
        "images/0.jpg,NA,one line,train",
        "images/1.jpg,0012,,val",
        '"images/2.jpg","1,""2","x",train',
    )
    plates = load_plates(str(folder))
    assert plates.target.tolist() == ["NA", "0012", '1,"2']
    assert plates.target.dtype.kind == "U"
    assert plates.frame["layout"].tolist() == ["one line", "", "x"]
    assert plates.data[1].source == str(folder / "images" / "1.jpg")
    train = load_plates(folder, split="train")
    assert train.target.tolist() == ["NA", '1,"2']
    assert train.frame.index.tolist() == [0, 1]


def test_the_csv_of_fast_plate_ocr(folder):
    path = write_csv(
        folder,
        "image_path,plate_text,plate_region",
        "images/0.jpg,KNN505,Argentina",
        "images/1.jpg,nan,None",
        name="val_annotations.csv",
    )
    plates = load_plates(path)
    assert plates.frame.columns.tolist() == ["file", "text", "region"]
    assert plates.target.tolist() == ["KNN505", "nan"]
    assert plates.frame["region"].tolist() == ["Argentina", "None"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_not_part_of_the_header(folder, encoding):
    path = write_csv(folder, "file,text", "images/0.jpg,京A1", encoding=encoding)
    assert load_plates(path).target.tolist() == ["京A1"]


def test_corners_and_boxes(folder):
    write_csv(
        folder,
        "file,text,corners,char_boxes",
        'images/0.jpg,AB,"[[1, 2], [9, 2], [9, 5], [1, 5]]","[[0, 0.1, 0.5, 0.2, 0.9], '
        '[1, 0.6, 0.5, 0.2, 0.9]]"',
        "images/1.jpg,CD,,",
    )
    plates = load_plates(folder)
    assert plates.data[0].corners.tolist() == [[1, 2], [9, 2], [9, 5], [1, 5]]
    assert plates.data[1].corners is None
    assert plates.frame["char_boxes"][0][1].tolist() == [1, 0.6, 0.5, 0.2, 0.9]
    assert plates.frame["char_boxes"][1] is None


@pytest.mark.parametrize(
    ("lines", "error", "words"),
    [
        (["file,plate", "images/0.jpg,A"], ValueError, ["line 1", "['text']"]),
        (["file;text", "images/0.jpg;A"], ValueError, ["line 1", "separated by commas"]),
        (["file,text,text", "images/0.jpg,A,B"], ValueError, ["line 1", "twice"]),
        (["file,text"], ValueError, ["no plate"]),
        (["file,text", "images/0.jpg,"], ValueError, ["line 2", "'text'", "'images/0.jpg'"]),
        (["file,text", "images/0.jpg,A", "images/1.jpg"], ValueError, ["line 3", "fewer"]),
        (["file,text", "images/0.jpg,A,B"], ValueError, ["line 2", "more"]),
        (["file,text", "images/9.jpg,A"], FileNotFoundError, ["line 2", "'images/9.jpg'"]),
        (["file,text", 'images/0.jpg,"A" B'], ValueError, ["line 2", "CSV"]),
        (
            ["file,text,corners", 'images/0.jpg,A,"[[1, 2]]"'],
            ValueError,
            ["line 2", "'corners'", "[[1, 2]]", "four points"],
        ),
        (
            ["file,text,char_boxes", "images/0.jpg,A,oops"],
            ValueError,
            ["line 2", "'char_boxes'", "'oops'"],
        ),
    ],
)
def test_invalid_csv_files_name_file_line_and_column(folder, lines, error, words):
    path = write_csv(folder, *lines)
    with pytest.raises(error) as caught:
        load_plates(folder)
    for word in [str(path), *words]:
        assert word in str(caught.value)


def test_other_errors(folder):
    with pytest.raises(FileNotFoundError, match=r"path=.*nowhere"):
        load_plates(folder / "nowhere")
    path = write_csv(folder, "file,text", "images/0.jpg,京A1", name="old.csv", encoding="gbk")
    with pytest.raises(ValueError, match="not encoded in UTF-8"):
        load_plates(path)
    with pytest.raises(ValueError, match=r"no images and no 'labels\.csv'.*'old\.csv'"):
        load_plates(folder)
    (folder / "_1.jpg").touch()
    with pytest.raises(ValueError, match=r"_1\.jpg' names no text"):
        load_plates(folder)


def test_missing_splits(folder):
    path = write_csv(folder, "file,text,split", "images/0.jpg,A,train", "images/1.jpg,B,val")
    with pytest.raises(ValueError, match=r"split='test' .*\['train', 'val'\]"):
        load_plates(path, split="test")
    path = write_csv(folder, "file,text", "images/0.jpg,A")
    with pytest.raises(ValueError, match="no column 'split'"):
        load_plates(path, split="test")


def test_invalid_rows_are_left_out_and_counted(folder):
    write_csv(
        folder,
        "file,text,corners,split",
        "images/0.jpg,A,,train",
        "images/1.jpg,,,train",
        "images/9.jpg,C,,val",
        'images/2.jpg,D,"[1, 2]",train',
        "images/3.jpg",
    )
    with pytest.raises(ValueError, match="line 3") as caught:
        load_plates(folder)
    assert "on_error='warn'" in caught.value.__notes__[0]
    with pytest.warns(
        UserWarning, match=r"4 annotation\(s\) of .* first error: .* line 3"
    ) as caught:
        plates = load_plates(folder, on_error="warn")
    assert [warning.filename for warning in caught] == [__file__]
    assert plates.target.tolist() == ["A"]
    assert plates.frame.index.tolist() == [0]
    # Rows of other splits are ignored. The split of an incomplete row is unknown.
    with pytest.warns(UserWarning, match=r"3 annotation\(s\)"):
        assert load_plates(folder, split="train", on_error="warn").target.tolist() == ["A"]
    with (
        pytest.warns(UserWarning, match=r"2 annotation\(s\)"),
        pytest.raises(ValueError, match="no plate that can be loaded"),
    ):
        load_plates(folder, split="val", on_error="warn")


def test_invalid_names_are_left_out_and_counted(tmp_path):
    for name in ("A1.jpg", "_1.jpg", "-2.jpg"):
        (tmp_path / name).touch()
    with pytest.warns(UserWarning, match=r"2 annotation\(s\) .*-2\.jpg' names no text"):
        assert load_plates(tmp_path, on_error="warn").target.tolist() == ["A1"]
    with pytest.raises(ValueError, match=r"split='val', but .* has no 'labels\.csv'"):
        load_plates(tmp_path, split="val")


def test_an_invalid_file_cannot_be_left_out(folder):
    write_csv(folder, "file,plate", "images/0.jpg,A")
    with pytest.raises(ValueError, match="line 1"):
        load_plates(folder, on_error="warn")


def test_absolute_paths(folder):
    path = write_csv(folder, "file,text", f"{folder / 'images' / '0.jpg'},A")
    assert load_plates(path).data[0].source == str(folder / "images" / "0.jpg")


def test_plates_of_one_track_have_one_group(folder):
    write_csv(
        folder,
        "file,text,track",
        "images/0.jpg,A,one",
        "images/1.jpg,B,one",
        "images/2.jpg,C,",
        "images/3.jpg,D,",
    )
    plates = load_plates(folder)
    assert plates.target.tolist() == ["A", "B", "C", "D"]
    assert plates.groups.tolist() == ["A", "A", "C", "D"]


def test_as_frame(folder):
    write_csv(folder, "file,text", "images/0.jpg,A", "images/1.jpg,B")
    plates = load_plates(folder, as_frame=True)
    assert isinstance(plates.data, pd.Series)
    assert plates.target.tolist() == ["A", "B"]
    X, y = load_plates(folder, return_X_y=True)
    assert [image.source for image in X] == [image.source for image in plates.data]
    assert y.tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "n_plates"),
    [
        ("ar", 147),
        ("br_noisy", 1507),
        ("cn_lyl8213", 902),
        ("eg_char_boxes", 1640),
        ("eu_mixed", 566),
        ("pe", 1124),
        ("tn", 715),
        ("us_states", 751),
        ("uz", 1827),
        ("vn", 3402),
        ("vn_pbl4", 781),
    ],
)
def test_real_crops(shared_data, name, n_plates):
    plates = load_plates(shared_data / "crops" / name)
    assert len(plates.data) == n_plates
    assert {"layout", "split"} <= set(plates.frame)
    assert plates.data[-1].pixels().dtype == np.uint8


def test_real_named_files_and_boxes(shared_data):
    named = load_plates(shared_data / "lprnet_pytorch_test")
    assert len(named.data) == 1000
    assert set(map(len, named.target)) == {7}
    assert named.data[0].pixels().shape == (24, 94, 3)
    boxes = load_plates(shared_data / "crops" / "eg_char_boxes").frame
    assert boxes["char_boxes"].map(len).tolist() == boxes["text"].map(len).tolist()
