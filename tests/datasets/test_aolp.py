import shutil

import pytest

from sklearn_lpr.datasets import load_aolp

KEYPOINTS = "DF7686 170 194 243 213 248 213 166 212 165 181 250 181"


def write(folder, number, box="170 194 243 213", text="DF-7686"):
    contents = {
        f"Image/{number}.jpg": "",
        f"groundtruth_localization/{number}.txt": box,
        f"groundtruth_recognition/{number}.txt": text,
    }
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "Subset_AC", 1)
    (tmp_path / "Subset_AC/Image/Thumbs.db").touch()
    # One number and one character per line, top and bottom exchanged; nested folders.
    write(
        tmp_path / "Subset_LE/Subset_LE/Subset_LE",
        7,
        "80\n156.5\n140\n120\n",
        "7\n5\n6\n3\nD\nM\n",
    )
    return tmp_path


def test_every_field(home):
    aolp = load_aolp(home)
    assert aolp.frame.to_dict("records") == [
        {
            "file": "Subset_AC/Image/1.jpg",
            "text": "DF7686",
            "subset": "AC",
            "layout": "Taiwanese",
            "source": "AOLP",
        },
        {
            "file": "Subset_LE/Subset_LE/Subset_LE/Image/7.jpg",
            "text": "7563DM",
            "subset": "LE",
            "layout": "Taiwanese",
            "source": "AOLP",
        },
    ]
    assert aolp.data[0].source == str(home / "Subset_AC/Image/1.jpg")
    assert aolp.data[0].corners.tolist() == [[170, 194], [243, 194], [243, 213], [170, 213]]
    assert aolp.data[1].corners.tolist() == [[80, 120], [140, 120], [140, 156.5], [80, 156.5]]
    assert aolp.groups.tolist() == ["DF7686", "7563DM"]
    assert load_aolp(home, subset=["LE"]).target.tolist() == ["7563DM"]
    assert "Vehicular Technology" in aolp.DESCR


@pytest.mark.parametrize("box", ["170,194,243,213", "170\t194\r\n243\t213", " 243;213; 170;194\n"])
def test_numbers_in_any_form(tmp_path, box):
    write(tmp_path / "Subset_RP", 1, box)
    (image,) = load_aolp(tmp_path).data
    assert image.corners.tolist() == [[170, 194], [243, 194], [243, 213], [170, 213]]


def test_keypoints_replace_boxes(home):
    folder = home / "Subset_AC_Keypoints"
    folder.mkdir()
    (folder / "1.txt").write_text(KEYPOINTS.replace("DF7686", "DF7688"))
    aolp = load_aolp(home)
    assert aolp.target.tolist() == ["DF7688", "7563DM"]
    assert aolp.data[0].corners.tolist() == [[165, 181], [250, 181], [248, 213], [166, 212]]
    for broken, word in [
        (KEYPOINTS[:-4], "'corners'"),
        (KEYPOINTS.replace("165 181", "165 281"), "'corners'"),
        (KEYPOINTS.replace("DF7686", "-"), "'text'"),
    ]:
        (folder / "1.txt").write_text(broken)
        with pytest.raises(ValueError, match=r"Keypoints/1\.txt', line 1: the field") as caught:
            load_aolp(home)
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("box", "text", "file", "words"),
    [
        ("170 194 243", "A1", "localization", ["box", "'170 194 243'", "x1 y1 x2 y2"]),
        ("170 194 243 x", "A1", "localization", ["box", "'170 194 243 x'"]),
        ("170 194 170 213", "A1", "localization", ["box", "'170 194 170 213'"]),
        ("170 194 243 213", "A\u200b1", "recognition", ["text", "U+200B"]),
        ("170 194 243 1e308", "A1", "localization", ["box", "1e308"]),
        ("170 194 243 213", "\n", "recognition", ["text", "'\\n'"]),
    ],
)
def test_invalid_annotations_name_file_line_field_and_value(home, box, text, file, words):
    write(home / "Subset_AC", 2, box, text)
    with pytest.raises(ValueError, match=rf"{file}/2\.txt', from line 1: the") as caught:
        load_aolp(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert len(load_aolp(home, on_error="warn").data) == 2


@pytest.mark.parametrize(
    "file", ["Image/1.jpg", "groundtruth_localization/1.txt", "groundtruth_recognition/1.txt"]
)
def test_missing_files(home, file):
    (home / "Subset_AC" / file).unlink()
    with pytest.raises(FileNotFoundError, match=r"1\.(jpg|txt)"):
        load_aolp(home)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert load_aolp(home, on_error="warn").target.tolist() == ["7563DM"]


def test_missing_folders(home, tmp_path_factory):
    shutil.rmtree(home / "Subset_AC" / "groundtruth_localization")
    with pytest.raises(
        FileNotFoundError, match=r"1\.jpg' has no annotation: .*localization/1\.txt"
    ):
        load_aolp(home)
    with pytest.raises(ValueError, match=r"subset='RP' .*\['AC', 'LE'\]"):
        load_aolp(home, subset="RP")
    with pytest.raises(ValueError, match=r"contains no photo .*'Subset_AC'"):
        load_aolp(tmp_path_factory.mktemp("empty"))
