import pytest

from sklearn_lpr.datasets import load_ssig

ANNOTATION = """\
plate: ABC-1234
position_plate: 1390 782 145 49

char1: 1397 799 16 24
char2: 1416 799 16 24
"""


def write(home, track, frame, content=ANNOTATION):
    folder = home / track
    folder.mkdir(parents=True, exist_ok=True)
    number = int(folder.name.removeprefix("Track"))
    (folder / f"Track{number}[{frame:02}].png").touch()
    (folder / f"Track{number}[{frame:02}].txt").write_text(content)


@pytest.fixture
def home(tmp_path):
    write(tmp_path, "training/Track01", 1)
    write(tmp_path, "testing/Track01", 1, ANNOTATION.replace("ABC-1234", "DEF5678"))
    return tmp_path


def test_every_field(home):
    ssig = load_ssig(home)
    values = ssig.frame.iloc[0].to_dict()
    assert values.pop("char_boxes").tolist() == [[1397, 799, 16, 24], [1416, 799, 16, 24]]
    assert values == {
        "file": "training/Track01/Track1[01].png",
        "text": "ABC1234",
        "split": "training",
        "track": "training/Track01",
        "layout": "Brazilian",
        "source": "SSIG-SegPlate",
    }
    assert ssig.data[0].corners.tolist() == [[1390, 782], [1535, 782], [1535, 831], [1390, 831]]
    # Folders with equal names in two splits are two tracks.
    assert ssig.groups.tolist() == ["ABC1234", "DEF5678"]
    assert load_ssig(home, split="testing").target.tolist() == ["DEF5678"]
    assert "053034" in ssig.DESCR


def test_text_in_another_field(home):
    write(home, "testing/Track02", 1, ANNOTATION.replace("plate: ABC", "text: GHI", 1))
    assert load_ssig(home).target.tolist() == ["ABC1234", "DEF5678", "GHI1234"]


def test_frames_without_character_boxes(home):
    write(home, "testing/Track02", 1, ANNOTATION.partition("char1")[0])
    assert load_ssig(home).frame["char_boxes"][2] is None


def test_character_boxes_are_sorted_by_number(home):
    boxes = [f"char{number}: {number} 0 5 9\n" for number in (10, 2, 1)]
    write(home, "testing/Track02", 1, ANNOTATION.partition("char1")[0] + "".join(boxes))
    assert load_ssig(home).frame["char_boxes"][2][:, 0].tolist() == [1, 2, 10]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("plate: ABC-1234\n", "", ["no field 'plate'", "'position_plate'"]),
        ("145 49", "145", ["line 2", "'position_plate'", "'1390 782 145'", "x y width height"]),
        ("char1: 1397", "char1: here", ["line 4", "'char1'", "here"]),
    ],
)
def test_invalid_annotations_name_file_line_field_and_value(home, old, new, words):
    write(home, "testing/Track02", 1, ANNOTATION.replace(old, new, 1))
    with pytest.raises(ValueError, match=r"Track2\[01\]\.txt") as caught:
        load_ssig(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert len(load_ssig(home, on_error="warn").data) == 2


def test_errors(home):
    with pytest.raises(ValueError, match=r"split='validation' .*\['testing', 'training'\]"):
        load_ssig(home, split="validation")
    with pytest.raises(ValueError, match="'split' parameter"):
        load_ssig(home, split="val")
