import json

import numpy as np
import pytest
from PIL import Image

from sklearn_lpr.datasets import load_coco

CORNERS = [[80, 45], [120, 45], [120, 55], [80, 55]]
TILTED = [[20, 10], [60, 14], [60, 26], [20, 22]]


def plate(**values):
    return {"id": 7, "image_id": 1, "category_id": 0, "bbox": [80, 45, 40, 10], **values}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes photos of 200 x 100 pixels and a JSON file."""

    def write(*annotations, photos=("1.png",), file="coco.json", **size):
        images = []
        for identity, photo in enumerate(photos, start=1):
            path = tmp_path / photo
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.zeros((100, 200, 3), np.uint8)).save(path)
            images.append({"id": identity, "file_name": path.name, **size})
        categories = [{"id": 0, "name": "plate"}, {"id": 1, "name": "car"}]
        coco = {"images": images, "annotations": annotations, "categories": categories}
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(coco))
        return path

    return write


def test_every_field(write):
    path = write(
        plate(),
        plate(image_id=2, segmentation=[[60, 26, 20, 22, 20, 10, 60, 14]]),
        plate(image_id=2),
        photos=["1.png", "2.png", "3.png"],
        height=100,
        width=200,
    )
    scenes = load_coco(path)
    assert [corners.tolist() for corners in scenes.target] == [[CORNERS], [TILTED, CORNERS], []]
    assert scenes.texts is None
    assert scenes.frame.to_dict("records") == [
        {"file": "1.png", "n_plates": 1, "kinds": ["box"]},
        {"file": "2.png", "n_plates": 2, "kinds": ["corners", "box"]},
        {"file": "3.png", "n_plates": 0, "kinds": []},
    ]
    assert scenes.data[0].source == str(path.parent / "1.png")


@pytest.mark.parametrize(
    ("segmentation", "corners"),
    [
        ([[20, 10, 60, 14, 60, 26, 20, 22, 20, 10]], TILTED),  # closed by its first point
        ([[20, 10, 60, 14, 60, 26, 40, 25, 20, 22]], CORNERS),  # five points
        ([[20, 10, 60, 14, 60, 26]], CORNERS),
        ([[20, 10, 60, 14, 60, 26, 20, 22]] * 2, CORNERS),
        ([], CORNERS),
        ({"counts": "abc", "size": [100, 200]}, CORNERS),
    ],
)
def test_only_one_polygon_of_four_points_replaces_the_box(write, segmentation, corners):
    scenes = load_coco(write(plate(segmentation=segmentation)))
    assert scenes.target[0].tolist() == [corners]


@pytest.mark.parametrize(
    ("photo", "file"),
    [
        ("1.png", "coco.json"),
        ("images/1.png", "coco.json"),
        ("images/1.png", "annotations/coco.json"),
        ("1.png", "annotations/coco.json"),
    ],
)
def test_folders(write, photo, file):
    scenes = load_coco(write(plate(), photos=[photo], file=file))
    assert scenes.data[0].pixels().shape == (100, 200, 3)


def test_image_folder(write, tmp_path):
    path = write(plate(), photos=["train2017/1.png"], file="annotations/coco.json")
    with pytest.raises(FileNotFoundError, match=r"image 1: the field 'file_name' is '1\.png'"):
        load_coco(path)
    scenes = load_coco(path, image_folder=tmp_path / "train2017")
    assert scenes.frame["file"].tolist() == ["1.png"]
    assert scenes.data[0].source == str(tmp_path / "train2017" / "1.png")


def test_texts(write):
    scenes = load_coco(write(plate(attributes={"plate_number": "AB12"}), plate(text="B"), plate()))
    assert scenes.texts.tolist() == [["AB12", "B", ""]]


def test_classes(write):
    path = write(plate(), plate(category_id=1, bbox=[1, 2, 30, 10]))
    with pytest.raises(ValueError, match=r"classes \['car', 'plate'\]; pass those"):
        load_coco(path)
    assert load_coco(path, classes=["plate"]).target[0].tolist() == [CORNERS]
    with pytest.raises(ValueError, match="classes='bus' is not in"):
        load_coco(path, classes="bus")
    path = write(plate(category_id=1))
    assert load_coco(path, classes=["plate"]).target[0].shape == (0, 4, 2)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bbox": [80, 45, 40]}, ["annotation 7", "'bbox'", "[80, 45, 40]"]),
        ({"bbox": None}, ["annotation 7", "'bbox'", "None"]),
        ({"bbox": [80, 45, 40, float("nan")]}, ["annotation 7", "'bbox'", "nan"]),
        ({"bbox": [80, 45, 0, 10]}, ["annotation 7", "'bbox'", "positive"]),
        ({"bbox": [80, 45, 400, 10]}, ["annotation 7", "'bbox'", "outside"]),
        ({"bbox": [280, 45, 40, 10]}, ["annotation 7", "'bbox'", "outside"]),
        ({"segmentation": [[1, 1, 9, 9, 1, 1, 9, 9]]}, ["annotation 7", "'segmentation'"]),
        ({"category_id": 9}, ["annotation 7", "'category_id'", "9"]),
        ({"iscrowd": 1}, ["annotation 7", "crowd"]),
        ({"text": "A\u200bB"}, ["annotation 7", "'text'", "U+200B"]),
    ],
)
def test_invalid_annotations_name_file_annotation_and_field(write, values, words):
    path = write(plate(image_id=2), plate(**values), photos=["1.png", "2.png"])
    with pytest.raises(ValueError, match=r"coco\.json") as caught:
        load_coco(path)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)") as warned:
        assert load_coco(path, on_error="warn").frame["file"].tolist() == ["2.png"]
    assert warned[0].filename == __file__


def test_an_annotation_without_a_photo(write):
    with pytest.raises(ValueError, match="annotation 7: there is no image with the 'image_id' 5"):
        load_coco(write(plate(image_id=5)))


def test_the_stated_size(write):
    with pytest.raises(ValueError, match="image 1: the size is 100 x 200 pixels"):
        load_coco(write(plate(), height=200, width=100))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"images": [], "annotations": [1], "categories": []}',
        "[" * 100_000,
        "1" * 5000,
    ],
)
def test_files_that_are_not_coco(tmp_path, text):
    path = tmp_path / "coco.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"coco\.json"):
        load_coco(path)
    with pytest.raises(FileNotFoundError, match="is not a file"):
        load_coco(tmp_path)


@pytest.mark.parametrize("absolute", [False, True])
def test_names_must_not_lead_out_of_the_folder(write, tmp_path, absolute):
    path = write(plate())
    home = tmp_path / "data" / "annotations"
    home.mkdir(parents=True)
    name = str(tmp_path / "1.png") if absolute else "../../1.png"
    (home / "coco.json").write_text(path.read_text().replace("1.png", name))
    with pytest.raises(ValueError, match=r"'file_name' is .*1\.png', which is not .*image_folder"):
        load_coco(home / "coco.json")
    if absolute:
        assert len(load_coco(home / "coco.json", image_folder=tmp_path).data) == 1


def test_a_name_longer_than_file_systems_allow(write):
    path = write(plate())
    path.write_text(path.read_text().replace("1.png", "a" * 5000))
    with pytest.raises(FileNotFoundError, match="the field 'file_name' is 'aaa"):
        load_coco(path)


def test_a_box_is_turned_by_its_rotation(write):
    # A box of 40 x 10 pixels around (100, 50), turned clockwise by 30 degrees.
    x, y = 20 * 0.75**0.5, 5 * 0.75**0.5
    turned = [
        [102.5 - x, 40 - y],
        [102.5 + x, 60 - y],
        [97.5 + x, 60 + y],
        [97.5 - x, 40 + y],
    ]
    box = {"bbox": [80, 45, 40, 10], "segmentation": []}
    rotations = [0.0, 30, 390.0]
    plates = [plate(**box, attributes={"rotation": rotation}) for rotation in rotations]
    scenes = load_coco(write(*plates))
    np.testing.assert_allclose(scenes.target[0], [CORNERS, turned, turned], atol=1e-9)
    assert scenes.frame["kinds"][0] == ["box", "corners", "corners"]


def test_a_rotation_must_be_a_number(write):
    with pytest.raises(ValueError, match="annotation 7: the attribute 'rotation' is 'left'"):
        load_coco(write(plate(attributes={"rotation": "left"})))


def test_texts_may_be_whole_numbers(write):
    assert load_coco(write(plate(text=1234567))).texts[0] == ["1234567"]
    assert load_coco(write(plate(text=True))).texts is None
    assert load_coco(write(plate(text=float("nan")))).texts is None
    with pytest.raises(ValueError, match=r"the field 'text' is 12\.5; write the text as a string"):
        load_coco(write(plate(text=12.5)))


@pytest.mark.parametrize(
    ("ids", "names", "message"),
    [
        ([1, 1, 2], ["1.png", "2.png", "3.png"], "image 1: 2 images have this id"),
        ([1, 2, 3], ["1.png", "1.png", "3.png"], "image 1: 2 images have the 'file_name' '1.png'"),
    ],
)
def test_images_that_occur_twice_are_left_out(write, ids, names, message):
    path = write(plate(), photos=["1.png", "2.png", "3.png"])
    coco = json.loads(path.read_text())
    coco["images"] = [
        {"id": identity, "file_name": name} for identity, name in zip(ids, names, strict=True)
    ]
    path.write_text(json.dumps(coco))
    with pytest.raises(ValueError, match=message):
        load_coco(path)
    with pytest.warns(UserWarning, match=message):
        scenes = load_coco(path, on_error="warn")
    assert scenes.frame["file"].tolist() == ["3.png"]


@pytest.mark.parametrize("name", ["1.png", "sub\\1.png", "sub/1.png"])
def test_paths_of_windows_are_found(write, tmp_path, name):
    path = write(plate(), photos=["sub/1.png" if "sub" in name else "1.png"])
    content = json.loads(path.read_text())
    content["images"][0]["file_name"] = name
    path.write_text(json.dumps(content))
    assert len(load_coco(path).data) == 1


def test_the_error_of_a_missing_photo_names_image_folder(write):
    path = write(plate())
    (path.parent / "1.png").rename(path.parent / "2.png")
    with pytest.raises(FileNotFoundError, match="pass the folder of the photos as image_folder"):
        load_coco(path)


def test_a_polygon_that_is_a_box_has_its_kind(write):
    scenes = load_coco(write(plate(segmentation=[[10, 20, 60, 20, 60, 40, 10, 40]])))
    assert scenes.frame["kinds"][0] == ["box"]
