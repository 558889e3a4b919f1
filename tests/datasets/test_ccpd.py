import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold

from sklearn_lpr.datasets import load_ccpd

# The example in the documentation of CCPD.
EXAMPLE = "025-95_113-154&383_386&473-386&473_177&454_154&383_363&402-0_0_22_27_27_33_16-37-15.jpg"
GREEN = (
    "0133587786169-93_263-208&432_393&502-391&500_209&502_208&435_393&432-"
    "0_0_3_24_30_32_30_30-119-97.jpg"
)


def name(plate="0_0_22_27_27_33_16", area="025", brightness="37"):
    return (
        f"{area}-95_113-154&383_386&473-386&473_177&454_154&383_363&402-{plate}-{brightness}-15.jpg"
    )


def write(home, *files):
    for file in files:
        path = home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.fixture
def home(tmp_path):
    """Create a small CCPD with the folders of the download and the lists of splits."""
    write(
        tmp_path,
        f"ccpd_base/{EXAMPLE}",
        f"ccpd_base/{name('1_2_24_25_26_27_28')}",
        f"ccpd_tilt/{name('2_3_0_1_2_3_4')}",
        f"ccpd_green/train/{GREEN}",
        f"ccpd_green/test/{name('0_0_3_24_30_32_30_31')}",
    )
    splits = tmp_path / "splits"
    splits.mkdir()
    (splits / "train.txt").write_text(f"ccpd_base/{EXAMPLE}\n", encoding="utf-8")
    (splits / "val.txt").write_text(f"ccpd_base/{name('1_2_24_25_26_27_28')}\n\n", encoding="utf-8")
    (splits / "test.txt").write_text(f"ccpd_tilt/{name('2_3_0_1_2_3_4')}\n", encoding="utf-8")
    return tmp_path


def test_every_field_of_a_name(tmp_path):
    write(tmp_path, EXAMPLE)
    ccpd = load_ccpd(tmp_path)
    assert ccpd.frame.iloc[0].to_dict() == {
        "file": EXAMPLE,
        "text": "皖AY339S",
        "subset": tmp_path.name,
        "split": "",
        "layout": "Chinese",
        "province": "皖",
        "area": 0.025,
        "horizontal_tilt": 95,
        "vertical_tilt": 113,
        "box_left": 154,
        "box_top": 383,
        "box_right": 386,
        "box_bottom": 473,
        "brightness": 37,
        "blurriness": 15,
        "source": "CCPD",
    }
    assert ccpd.data[0].source == str(tmp_path / EXAMPLE)
    assert ccpd.data[0].corners.tolist() == [[154, 383], [363, 402], [386, 473], [177, 454]]
    assert ccpd.data.dtype == object
    assert ccpd.target.tolist() == ccpd.groups.tolist() == ["皖AY339S"]
    assert "ECCV 2018" in ccpd.DESCR
    assert "MIT" in ccpd.DESCR


@pytest.mark.parametrize(
    ("plate", "text"),
    [
        ("0_0_3_24_30_32_30_30", "皖AD06866"),  # a green plate
        ("30_23_23_33_24_0_1", "新ZZ90AB"),
        ("31_8_13_14_33_33_33", "警JPQ999"),
        ("0_0_22_27_27_33_34", "皖AY339"),  # index 34 means no character
        ("33_0_22_27_27_33_16", "AY339S"),
        ("0_24_22_27_27_33_16", "皖Y339S"),
    ],
)
def test_texts(tmp_path, plate, text):
    write(tmp_path, name(plate))
    assert load_ccpd(tmp_path, return_X_y=True)[1].tolist() == [text]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("ABC1234.jpg", ["has 7 fields", "this one has 1"]),
        (name("34_0_22_27_27_33_16"), ["'plate'", "index 0 is 34", "less than 34"]),
        (name("0_25_22_27_27_33_16"), ["'plate'", "index 1 is 25"]),
        (name("0_0_22_27_27_33_35"), ["'plate'", "index 6 is 35", "less than 35"]),
        (name("0_0_22_27"), ["'plate'", "'0_0_22_27'"]),
        (name("33_24_34_34_34_34_34"), ["'plate'", "no character"]),
        (name(area="x1"), ["'area'", "'x1'"]),
        (name(brightness=""), ["'brightness'", "''"]),
        (EXAMPLE.replace("95_113", "95"), ["'tilt'", "'95'"]),
        (EXAMPLE.replace("154&383_386&473-", "386&473_154&383-"), ["'box'", "right of and below"]),
        (EXAMPLE.replace("_363&402", ""), ["'corners'", "four x&y"]),
    ],
)
def test_invalid_names_name_file_field_and_value(tmp_path, file, words):
    write(tmp_path, f"ccpd_base/{file}", f"ccpd_base/{EXAMPLE}")
    with pytest.raises(ValueError, match="field") as caught:
        load_ccpd(tmp_path)
    for word in [f"ccpd_base/{file}", *words]:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\) .* left out"):
        assert load_ccpd(tmp_path, on_error="warn").target.tolist() == ["皖AY339S"]


def test_whole_download(home):
    frame = load_ccpd(home).frame
    assert list(zip(frame["subset"], frame["split"], frame["text"], strict=True)) == [
        ("ccpd_base", "train", "皖AY339S"),
        ("ccpd_base", "val", "沪C01234"),
        ("ccpd_green", "train", "皖AD06866"),
        ("ccpd_green", "test", "皖AD06867"),
        ("ccpd_tilt", "test", "津DABCDE"),
    ]
    assert frame["file"][2] == f"ccpd_green/train/{GREEN}"


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ({"split": "train"}, ["皖AY339S", "皖AD06866"]),
        ({"split": "val"}, ["沪C01234"]),
        ({"split": "test"}, ["皖AD06867", "津DABCDE"]),
        ({"subset": "tilt"}, ["津DABCDE"]),
        ({"subset": "ccpd_base"}, ["皖AY339S", "沪C01234"]),
        ({"subset": ["tilt", "base"], "split": "train"}, ["皖AY339S"]),
    ],
)
def test_parts(home, options, texts):
    assert load_ccpd(home, **options).target.tolist() == texts


def test_folders_of_the_archives_and_a_single_subset(home, tmp_path_factory):
    outer = tmp_path_factory.mktemp("data")
    home.rename(outer / "CCPD2019")
    ccpd = load_ccpd(outer, split="train")
    assert ccpd.target.tolist() == ["皖AY339S", "皖AD06866"]
    assert ccpd.frame["file"][0] == f"CCPD2019/ccpd_base/{EXAMPLE}"
    green = load_ccpd(str(outer / "CCPD2019" / "ccpd_green"), split="test")
    assert green.frame["subset"].tolist() == ["ccpd_green"]
    assert green.target.tolist() == ["皖AD06867"]


def test_photos_without_plates_are_counted(home):
    write(home, "ccpd_np/1.jpg", "ccpd_np/2.jpg")
    with pytest.warns(UserWarning, match=r"2 photo\(s\) of ccpd_np"):
        assert len(load_ccpd(home).data) == 5
    assert len(load_ccpd(home, subset="base").data) == 2
    with (
        pytest.warns(UserWarning, match="ccpd_np"),
        pytest.raises(ValueError, match="no photo of a plate"),
    ):
        load_ccpd(home, subset="np")


def test_a_file_that_a_split_lists_must_be_there(home):
    with (home / "splits" / "test.txt").open("a", encoding="utf-8") as lines:
        lines.write("ccpd_db/gone.jpg\n")
    with pytest.raises(FileNotFoundError, match=r"test\.txt', line 2, lists 'ccpd_db/gone\.jpg'"):
        load_ccpd(home, split="test")
    with pytest.warns(UserWarning, match="1 annotation"):
        assert len(load_ccpd(home, split="test", on_error="warn").data) == 2
    # The missing file belongs to neither of these.
    assert len(load_ccpd(home, split="test", subset="tilt").data) == 1
    assert len(load_ccpd(home).data) == 5


def test_errors(home, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(FileNotFoundError, match=r"data_home=.*nowhere"):
        load_ccpd(empty / "nowhere")
    with pytest.raises(NotADirectoryError, match="is a file"):
        load_ccpd(home / "ccpd_base" / EXAMPLE)
    with pytest.raises(ValueError, match="contains no photo"):
        load_ccpd(empty)
    with pytest.raises(ValueError, match=r"subset='snow'.*'ccpd_base', 'ccpd_green', 'ccpd_tilt'"):
        load_ccpd(home, subset="snow")
    with pytest.raises(ValueError, match="'split' parameter"):
        load_ccpd(home, split="training")
    with pytest.raises(ValueError, match=r"split='val' .*\['test', 'train'\]"):
        load_ccpd(home / "ccpd_green", split="val")


def test_hidden_and_other_files_are_ignored(home):
    write(home, f"ccpd_base/._{EXAMPLE}", "ccpd_base/Thumbs.db", "README.md", "LICENSE")
    assert len(load_ccpd(home).data) == 5


def test_as_frame(home):
    X, y = load_ccpd(home, as_frame=True, return_X_y=True)
    assert isinstance(X, pd.Series)
    assert isinstance(y, pd.Series)
    assert X.index.equals(y.index)
    assert y.tolist() == load_ccpd(home).target.tolist()
    assert X[0].corners.shape == (4, 2)


def test_omitted_photos_are_counted_once(home):
    write(home, "ccpd_base/1.jpg", "ccpd_base/2.jpg", "ccpd_np/3.jpg")
    with pytest.warns(UserWarning, match="left out") as caught:
        ccpd = load_ccpd(home, on_error="warn")
    assert len(ccpd.data) == 5
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == 2
    assert "1 photo(s) of ccpd_np" in messages[0]
    assert "2 annotation(s)" in messages[1]
    assert "'ccpd_base/1.jpg'" in messages[1]
    assert {warning.filename for warning in caught} == {__file__}


def test_real_scenes_and_plates(shared_data):
    scenes = load_ccpd(shared_data / "ccpd" / "scenes")
    assert len(scenes.data) == 160
    assert scenes.data[0].pixels().shape == (1160, 720, 3)
    plates = load_ccpd(shared_data / "ccpd" / "plates")
    assert len(plates.data) == 2856
    assert (plates.frame["province"] == "皖").sum() == 2743
    assert set(map(len, plates.target)) == {7, 8}
    for ccpd in (scenes, plates):
        # Corners and boxes were annotated independently, and agree on the position of the plate.
        corners = np.array([image.corners for image in ccpd.data])
        box = ccpd.frame[["box_left", "box_top", "box_right", "box_bottom"]].to_numpy()
        spans = np.hstack([corners.min(axis=1), corners.max(axis=1)])
        widths = box[:, 2] - box[:, 0]
        assert np.median(np.abs(spans - box).max(axis=1) / widths) < 0.06
        # Top left is left of top right and above bottom left.
        assert (corners[:, 0, 0] < corners[:, 1, 0]).mean() > 0.999
        assert (corners[:, 0, 1] < corners[:, 3, 1]).mean() > 0.999


def test_groups_keep_a_plate_in_one_split(shared_data):
    plates = load_ccpd(shared_data / "ccpd" / "plates")
    for train, test in GroupKFold(3).split(plates.data, plates.target, plates.groups):
        assert not set(plates.target[train]) & set(plates.target[test])
