import pytest
from sklearn.model_selection import GroupKFold

from sklearn_lpr.datasets import load_ufpr_alpr

# The formats of newer and older releases.
CORNERS = """\
camera: GoPro Hero4 Silver
position_vehicle: 804 367 279 244
\ttype: car
\tmake: Citroën
\tmodel: C3
\tyear: 2009
plate: ABC-1234
corners: 909,483 986,484 987,507 909,507
\tchar 1: 912 491 9 15
\tchar 2: 922 491 9 15
"""
BOX = CORNERS.replace(
    "corners: 909,483 986,484 987,507 909,507", "position_plate: 909 483 78 24"
).replace("ABC-1234", "XYZ9999")


def write(home, track, frame, content=CORNERS, encoding="utf-8"):
    folder = home / track
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{folder.name}[{frame:02}]"
    stem.with_suffix(".png").touch()
    stem.with_suffix(".txt").write_text(content, encoding=encoding)


@pytest.fixture
def home(tmp_path):
    write(tmp_path, "training/track0001", 1)
    write(tmp_path, "training/track0001", 2, encoding="latin-1")
    write(tmp_path, "validation/track0061", 1, BOX)
    write(tmp_path, "testing/track0091", 1, CORNERS.replace("ABC-1234", "DEF5678"))
    return tmp_path


def test_every_field(home):
    ufpr = load_ufpr_alpr(home)
    assert len(ufpr.data) == 4
    for row in (0, 1):
        values = ufpr.frame.iloc[row].to_dict()
        assert values.pop("char_boxes").tolist() == [[912, 491, 9, 15], [922, 491, 9, 15]]
        assert values == {
            "file": f"training/track0001/track0001[0{row + 1}].png",
            "text": "ABC1234",
            "split": "training",
            "track": "training/track0001",
            "layout": "Brazilian",
            "vehicle_type": "car",
            "camera": "GoPro Hero4 Silver",
            "make": "Citroën",
            "model": "C3",
            "year": "2009",
            "source": "UFPR-ALPR",
        }
    assert ufpr.data[0].source == str(home / "training/track0001/track0001[01].png")
    assert ufpr.data[0].corners.tolist() == [[909, 483], [986, 484], [987, 507], [909, 507]]
    assert ufpr.data[2].corners.tolist() == [[909, 483], [987, 483], [987, 507], [909, 507]]
    assert ufpr.frame["split"].tolist() == ["training", "training", "validation", "testing"]
    assert "IJCNN" in ufpr.DESCR
    assert "on request" in ufpr.DESCR


@pytest.mark.parametrize(
    ("split", "texts"),
    [("training", ["ABC1234"] * 2), ("validation", ["XYZ9999"]), ("testing", ["DEF5678"])],
)
def test_splits(home, split, texts):
    assert load_ufpr_alpr(home, split=split, return_X_y=True)[1].tolist() == texts


def test_a_track_and_a_text_stay_together(home):
    # One frame of the track has the text of another track.
    write(home, "training/track0001", 3, CORNERS.replace("ABC-1234", "DEF5678"))
    ufpr = load_ufpr_alpr(home)
    by_file = dict(zip(ufpr.frame["file"], ufpr.groups, strict=True))
    assert set(by_file.values()) == {"ABC1234", "XYZ9999"}
    assert by_file["testing/track0091/track0091[01].png"] == "ABC1234"
    for train, test in GroupKFold(2).split(ufpr.data, ufpr.target, ufpr.groups):
        assert not set(ufpr.frame["track"][train]) & set(ufpr.frame["track"][test])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("909,507\n", "909\n", ["line 8", "'corners'", "909,483 986,484 987,507 909'"]),
        ("char 2: 922 491 9 15", "char 2: 922 491 9", ["line 10", "'char2'", "'922 491 9'"]),
        ("corners: 909,483 986,484 987,507 909,507\n", "", ["no field 'position_plate'"]),
        ("plate: ABC-1234\n", "", ["no field 'plate'"]),
    ],
)
def test_invalid_annotations_name_file_line_field_and_value(home, old, new, words):
    assert old in CORNERS
    write(home, "testing/track0092", 1, CORNERS.replace(old, new))
    with pytest.raises(ValueError, match=r"track0092\[01\]\.txt") as caught:
        load_ufpr_alpr(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert len(load_ufpr_alpr(home, on_error="warn").data) == 4
    assert len(load_ufpr_alpr(home, split="training").data) == 2


@pytest.mark.parametrize("size", ["0 24", "78 -1"])
def test_a_box_has_a_size(home, size):
    write(home, "testing/track0092", 1, BOX.replace("78 24", size))
    with pytest.raises(ValueError, match=f"'position_plate' is '909 483 {size}'; its width and"):
        load_ufpr_alpr(home)


def test_missing_files_and_folders(home, tmp_path_factory):
    (home / "testing/track0091/track0091[01].png").unlink()
    with pytest.raises(FileNotFoundError, match=r"track0091\[01\]\.txt' has no image"):
        load_ufpr_alpr(home)
    with pytest.raises(ValueError, match=r"split='testing' .* no splits; pass the folder"):
        load_ufpr_alpr(tmp_path_factory.mktemp("empty"), split="testing")
    with pytest.raises(ValueError, match="contains no frame"):
        load_ufpr_alpr(tmp_path_factory.mktemp("empty"))
