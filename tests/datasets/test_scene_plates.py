import pytest

from sklearn_lpr.datasets import load_scenes, scenes_to_plates

TILTED = [[10, 20], [104, 22], [104, 46], [10, 44]]
BOX = [[300, 40], [340, 40], [340, 52.5], [300, 52.5]]


@pytest.fixture
def folder(tmp_path):
    for name in ("street.jpg", "garden.jpg", "yard.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "labels.csv").write_text(
        "file,corners,kind,text,split\n"
        f'street.jpg,"{TILTED}",corners,,a\n'
        f'street.jpg,"{BOX}",box,AB12,a\n'
        "garden.jpg,,,,a\n"
        f'yard.jpg,"{TILTED}",corners,CD34,b\n'
    )
    return tmp_path


@pytest.mark.parametrize("as_frame", [False, True])
def test_one_sample_for_each_known_text(folder, as_frame):
    plates = scenes_to_plates(load_scenes(folder, as_frame=as_frame))
    assert plates.target.tolist() == plates.groups.tolist() == ["AB12", "CD34"]
    assert [sample.source for sample in plates.data] == [
        str(folder / "street.jpg"),
        str(folder / "yard.jpg"),
    ]
    assert [sample.corners.tolist() for sample in plates.data] == [BOX, TILTED]
    assert plates.frame.to_dict("records") == [
        {"file": "street.jpg", "split": "a", "kind": "box", "text": "AB12"},
        {"file": "yard.jpg", "split": "b", "kind": "corners", "text": "CD34"},
    ]
    assert "labels.csv" in plates.DESCR


def test_options(folder):
    scenes = load_scenes(folder)
    X, y = scenes_to_plates(scenes, return_X_y=True, as_frame=True)
    assert (X.name, y.name) == ("image", "text")
    assert next(iter(scenes_to_plates(scenes, as_frame=True).frame)) == "image"


def test_scenes_without_texts(folder):
    (folder / "labels.csv").write_text(f'file,corners\nstreet.jpg,"{TILTED}"\n')
    with pytest.raises(ValueError, match="have no texts"):
        scenes_to_plates(load_scenes(folder))
