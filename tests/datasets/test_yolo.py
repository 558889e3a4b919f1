import numpy as np
import pytest
from PIL import Image

from sklearn_lpr.datasets import load_yolo

# In a photo of 200 x 100 pixels.
BOX = "0 0.5 0.5 0.2 0.1"
CORNERS = [[[80.0, 45.0], [120.0, 45.0], [120.0, 55.0], [80.0, 55.0]]]
TILTED = [[20.0, 10.0], [60.0, 14.0], [60.0, 26.0], [20.0, 22.0]]


def fractions(points):
    return " ".join(str(number) for x, y in points for number in (x / 200, y / 100))


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a photo and its text file."""

    def write(photo, labels=None, text=BOX):
        path = tmp_path / photo
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((100, 200, 3), np.uint8)).save(path)
        if labels is not None:
            (tmp_path / labels).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / labels).write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("photo", "labels", "split"),
    [
        ("1.png", "1.txt", ""),
        ("images/1.png", "labels/1.txt", ""),
        ("images/train/1.png", "labels/train/1.txt", "train"),
        ("train/images/1.png", "train/labels/1.txt", "train"),
        ("images/train/1.png", "images/train/1.txt", "train"),
    ],
)
def test_layouts(write, photo, labels, split):
    scenes = load_yolo(write(photo, labels))
    assert scenes.frame.to_dict("records") == [
        {"file": photo, "split": split, "n_plates": 1, "kinds": ["box"]}
    ]
    assert scenes.target[0].tolist() == CORNERS
    assert scenes.texts is None
    assert scenes.data[0].pixels().shape == (100, 200, 3)
    assert scenes.data[0].corners is None


def test_the_folder_of_the_images(write):
    home = write("images/train/1.png", "labels/train/1.txt")
    assert load_yolo(home / "images").target[0].tolist() == CORNERS
    assert load_yolo(home / "images/train").target[0].tolist() == CORNERS


def test_splits(write):
    write("images/train/1.png", "labels/train/1.txt")
    home = write("images/val/2.png", "labels/val/2.txt")
    assert load_yolo(home, split="val").frame["file"].tolist() == ["images/val/2.png"]
    assert load_yolo(home).frame["split"].tolist() == ["train", "val"]
    with pytest.raises(ValueError, match=r"split='test' is not in path=.*\['train', 'val'\]"):
        load_yolo(home, split="test")


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 3, 0, 1], [3, 2, 1, 0], [1, 0, 2, 3]])
def test_corners_are_sorted(write, order):
    text = f"0 {fractions([TILTED[index] for index in order])}\n{BOX}\n"
    scenes = load_yolo(write("1.png", "1.txt", text))
    np.testing.assert_allclose(scenes.target[0], [TILTED, *CORNERS])
    assert scenes.frame["kinds"].tolist() == [["corners", "box"]]


def test_of_other_polygons_the_box_is_used(write):
    hexagon = [[20, 20], [40, 10], [60, 10], [80, 20], [60, 30], [40, 30]]
    scenes = load_yolo(write("1.png", "1.txt", f"0 {fractions(hexagon)}"))
    np.testing.assert_allclose(scenes.target[0], [[[20, 10], [80, 10], [80, 30], [20, 30]]])
    assert scenes.frame["kinds"].tolist() == [["box"]]


def test_the_orientation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((200, 100), np.uint8)).save(tmp_path / "1.jpg", exif=exif)
    (tmp_path / "1.txt").write_text(BOX)
    assert load_yolo(tmp_path).target[0].tolist() == CORNERS


def test_photos_without_plates(write):
    write("1.png", "1.txt")
    write("2.png", "2.txt", "\n")
    home = write("3.png")
    with pytest.warns(UserWarning, match=r"1 photo\(s\) .* no text file .*'3\.png'") as warned:
        scenes = load_yolo(home)
    assert scenes.frame["n_plates"].tolist() == [1, 0, 0]
    assert scenes.target[1].shape == scenes.target[2].shape == (0, 4, 2)
    assert warned[0].filename == __file__


def test_classes(write):
    home = write("1.png", "1.txt", f"{BOX}\n1 0.5 0.2 0.1 0.1")
    with pytest.raises(ValueError, match=r"classes \['0', '1'\]; pass those that are plates"):
        load_yolo(home)
    for classes in (1, "1", [1], ["1"]):
        corners = load_yolo(home, classes=classes).target[0]
        np.testing.assert_allclose(corners, [[[90, 15], [110, 15], [110, 25], [90, 25]]])
    assert load_yolo(home, classes=["0", 1]).frame["n_plates"].tolist() == [2]
    with pytest.raises(ValueError, match="classes='2' is not in"):
        load_yolo(home, classes=2)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0 0.5 0.5 0.2", ["line 2", "'0 0.5 0.5 0.2'"]),
        ("plate 0.5 0.5 0.2 0.1", ["line 2", "'plate"]),
        ("0 0.5 0.5 0.2 nan", ["line 2", "nan"]),
        ("0 0.5 0.5 0.2 0.1 0.9", ["line 2", "0.9"]),
        ("0 0.5 0.5 0 0.1", ["line 2", "positive"]),
        ("0 0.5 0.5 0.2 1_0", ["line 2", "1_0"]),
        ("0 80 45 40 10", ["line 2", "fractions"]),
        ("0 0.99 0.5 0.2 0.1", ["line 2", "lies outside the image of 200 x 100"]),
        (f"0 {fractions([[1, 1], [9, 1], [9, 9], [1, 1]])}", ["line 2", "convex"]),
        (f"0 {fractions([[150, 10], [250, 10], [250, 30], [150, 30]])}", ["line 2", "outside"]),
        ("0 80 45 120 45 120 55 80 55", ["line 2", "not pixels"]),
    ],
)
def test_invalid_lines_name_file_and_line(write, line, words):
    write("1.png", "1.txt")
    home = write("2.png", "2.txt", f"{BOX}\n{line}\n")
    with pytest.raises(ValueError, match=r"2\.txt") as caught:
        load_yolo(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)") as warned:
        assert load_yolo(home, on_error="warn").frame["file"].tolist() == ["1.png"]
    assert warned[0].filename == __file__


def test_an_unreadable_photo(write):
    write("1.png", "1.txt")
    home = write("2.png", "2.txt")
    (home / "2.png").write_text("text")
    with pytest.raises(ValueError, match=r"2\.png' .* is not an image"):
        load_yolo(home)


def test_classes_where_a_split_has_no_objects(write):
    home = write("images/train/1.png", "labels/train/1.txt", "")
    assert load_yolo(home, classes=1).frame["n_plates"].tolist() == [0]
    write("images/val/2.png", "labels/val/2.txt", f"{BOX}\n1 0.5 0.2 0.1 0.1")
    assert load_yolo(home, classes=1, split="train").frame["n_plates"].tolist() == [0]


def test_no_text_file(write):
    with pytest.raises(ValueError, match="contains no photo with a text file"):
        load_yolo(write("1.png"))


# The box around TILTED.
AROUND = "0 0.2 0.18 0.2 0.16"


def keypoints(*visibility):
    pairs = [fractions([pair]) for pair in TILTED]
    if visibility:
        pairs = [f"{pair} {flag}" for pair, flag in zip(pairs, visibility, strict=True)]
    return f"{AROUND} {' '.join(pairs)}"


@pytest.mark.parametrize("line", [keypoints(), keypoints(2, 2, 2, 2), keypoints(1, 2, 1, 2)])
def test_four_keypoints_are_the_corners(write, line):
    scenes = load_yolo(write("1.png", "1.txt", line))
    np.testing.assert_allclose(scenes.target[0], [TILTED])
    assert scenes.frame["kinds"][0] == ["corners"]


@pytest.mark.parametrize("line", [keypoints(2, 2, 0, 2), AROUND + " -1" * 8])
def test_the_box_is_used_if_a_keypoint_is_not_annotated(write, line):
    scenes = load_yolo(write("1.png", "1.txt", line))
    np.testing.assert_allclose(scenes.target[0], [[[20, 10], [60, 10], [60, 26], [20, 26]]])
    assert scenes.frame["kinds"][0] == ["box"]


def test_a_polygon_of_six_or_eight_points_is_no_box_with_keypoints(write):
    hexagon = [[80, 45], [100, 44], [120, 45], [120, 55], [100, 56], [80, 55]]
    octagon = [[80, 45], [90, 44], [110, 44], [120, 45], [120, 55], [110, 56], [90, 56], [80, 55]]
    text = f"0 {fractions(hexagon)}\n0 {fractions(octagon)}"
    around = [[80, 44], [120, 44], [120, 56], [80, 56]]
    np.testing.assert_allclose(load_yolo(write("1.png", "1.txt", text)).target[0], [around] * 2)


def test_suffixes_of_text_files_in_upper_case(write):
    assert load_yolo(write("1.png", "1.TXT")).target[0].tolist() == CORNERS


def test_a_text_file_of_two_photos_is_an_error(write):
    write("1.jpg", "1.txt")
    home = write("1.png")
    with pytest.raises(ValueError, match=r"1\.txt' belongs to the photos '1\.jpg' and '1\.png'"):
        load_yolo(home)


def test_links_to_folders_are_followed_once(write, tmp_path):
    home = write("set/1.png", "set/1.txt") / "set"
    write("elsewhere/2.png", "elsewhere/2.txt")
    (home / "train").symlink_to(tmp_path / "elsewhere")
    (home / "train" / "again").symlink_to(home)
    assert load_yolo(home).frame["file"].tolist() == ["1.png", "train/2.png"]


# The plate is 100 x 20 pixels of a photo of 1000 x 500, and the box has a margin of 10 pixels.
PLATE = [[0.45, 0.48], [0.55, 0.48], [0.55, 0.52], [0.45, 0.52]]
PADDED = "0 0.5 0.5 0.12 0.08"


@pytest.mark.parametrize("flag", ["", " 1", " 2"])
def test_keypoints_in_a_box_with_a_margin_are_the_corners(write, flag):
    line = " ".join([PADDED, *(f"{x} {y}{flag}" for x, y in PLATE)])
    scenes = load_yolo(write("1.png", "1.txt", line))
    np.testing.assert_allclose(scenes.target[0], [np.multiply(PLATE, (200, 100))])


@pytest.mark.parametrize("n_missing", [1, 2, 3, 4])
@pytest.mark.parametrize("missing", ["0 0", "-1 -1"])
def test_the_box_is_used_if_corners_are_not_annotated(write, missing, n_missing):
    points = " ".join([missing] * n_missing + [f"{x} {y}" for x, y in PLATE[n_missing:]])
    scenes = load_yolo(write("1.png", "1.txt", f"0 0.5 0.5 0.1 0.04 {points}"))
    np.testing.assert_allclose(scenes.target[0], [np.multiply(PLATE, (200, 100))])
    assert scenes.frame["kinds"][0] == ["box"]


@pytest.mark.parametrize("flag", ["", " 2"])
@pytest.mark.parametrize("n_more", [2, 4])
def test_another_number_of_keypoints_is_an_error(write, flag, n_more):
    points = [*PLATE, *[[0.5, 0.5]] * n_more]
    line = " ".join([PADDED, *(f"{x} {y}{flag}" for x, y in points)])
    with pytest.raises(ValueError, match=f"line 1: .* a box and {4 + n_more} keypoints; four are"):
        load_yolo(write("1.png", "1.txt", line))


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("n_points", [6, 7, 8, 10])
def test_polygons_are_no_boxes_with_keypoints(write, seed, n_points):
    rng = np.random.default_rng(seed)
    centre, side = rng.uniform(0.2, 0.8, 2), rng.uniform(0.02, 0.15, 2)
    angles = np.sort(rng.uniform(0, 2 * np.pi, n_points)) + rng.uniform(0, 2 * np.pi)
    points = centre + side * np.column_stack([np.cos(angles), np.sin(angles)])
    line = " ".join(["0", *(f"{x:.6f} {y:.6f}" for x, y in points)])
    scenes = load_yolo(write("1.png", "1.txt", line))
    (found,) = scenes.target[0]
    np.testing.assert_allclose(found[0], points.min(axis=0) * (200, 100), atol=1e-3)
    np.testing.assert_allclose(found[2], points.max(axis=0) * (200, 100), atol=1e-3)


def test_the_text_file_beside_the_photo_counts(write):
    home = write("images/1.png", "images/1.txt")
    (home / "labels").mkdir()
    for name in ("1.txt", ".2.txt"):
        (home / "labels" / name).write_text("0 0.5 0.5 0.9 0.9")
    assert load_yolo(home).target[0].tolist() == CORNERS


@pytest.mark.parametrize("photo", [None, "images/2.heic"])
def test_objects_without_a_photo_are_errors(write, photo):
    home = write("images/1.png", "labels/1.txt")
    (home / "labels/2.txt").write_text(BOX)
    (home / "labels/classes.txt").write_text("plate\ncar\n")
    (home / "labels/3.txt").write_text("")
    if photo is not None:
        (home / photo).write_bytes(b"?")
    with pytest.raises(FileNotFoundError, match=r"2\.txt' has no photo of the same name"):
        load_yolo(home)
    with pytest.warns(UserWarning, match="2\\.txt' has no photo"):
        assert load_yolo(home, on_error="warn").frame["file"].tolist() == ["images/1.png"]
