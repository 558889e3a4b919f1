import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import SceneReport, load_scenes, validate_scenes
from sklearn_lpr.images import box_corners

BOX = box_corners(10, 20, 94, 24)
NONE = np.empty((0, 4, 2))


def moved(x, y=0):
    return box_corners(10 + x, 20 + y, 94, 24)


@pytest.fixture(scope="module")
def photos():
    """Return five different photos of 200 x 100 pixels."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (100, 200, 3), np.uint8) for _ in range(5)]


def found(report):
    columns = ["sample", "plate", "kind"]
    return list(report.issues[columns].itertuples(index=False, name=None))


def test_valid_scenes(photos):
    y = [BOX[None], NONE, [], [BOX, moved(90, 40)], BOX[None]]
    report = validate_scenes(photos, y)
    assert found(report) == []
    assert isinstance(report, SceneReport)
    assert (report.n_samples, report.n_plates, report.n_without_plates) == (5, 4, 2)
    assert list(report.counts.index) == [
        "unreadable",
        "blank",
        "corners",
        "duplicate_photo",
        "duplicate_plate",
        "tiny_plate",
    ]
    assert "Photos without a plate: 2." in str(report)
    assert repr(report) == "SceneReport(5 photos, 4 plates, 0 issues)"


def test_every_kind(photos, tmp_path):
    (tmp_path / "damaged.jpg").write_bytes(b"\xff\xd8")
    X = [tmp_path / "damaged.jpg", np.zeros((100, 200), np.uint8), *photos, photos[1]]
    y = [
        [BOX],
        [BOX],
        [BOX + 150, BOX],  # outside
        [BOX, BOX + 3],  # the same plate twice
        [BOX, box_corners(120, 20, 30, 7.5)],  # tiny
        [BOX[[1, 2, 3, 0]]],  # from the top right corner
        BOX,  # not in an array of plates
        NONE,
    ]
    report = validate_scenes(X, y)
    assert found(report) == [
        (0, -1, "unreadable"),
        (1, -1, "blank"),
        (2, 0, "corners"),
        (3, 1, "duplicate_plate"),
        (4, 1, "tiny_plate"),
        (5, 0, "corners"),
        (6, -1, "corners"),
        (7, -1, "duplicate_photo"),
    ]
    assert report.issues["detail"].tolist()[3:5] == [
        "The plate has almost the same box as plate 0.",
        "The plate is 7.5 pixels high.",
    ]
    assert report.issues["detail"].iloc[-1] == "The same pixels as sample 3."
    assert report.issues["source"].iloc[0] == str(tmp_path / "damaged.jpg")
    assert "8 photo(s) with 9 plate(s), 8 photo(s) with 8 issue(s)." in str(report)
    assert "      3 corners, the first: sample 2." in str(report)


@pytest.mark.parametrize(
    ("quad", "words"),
    [
        (moved(120), "lies outside the image of 200 x 100"),
        (BOX[::-1], "convex"),
        (BOX / 200, "less than 1 pixels"),
        (np.where(BOX == 10, np.nan, BOX), "finite"),
    ],
)
def test_corners(photos, quad, words):
    report = validate_scenes(photos[:1], [[quad]])
    assert found(report) == [(0, 0, "corners")]
    assert words in report.issues["detail"][0]


def test_min_height(photos):
    assert found(validate_scenes(photos[:1], [[BOX]], min_height=24)) == []
    report = validate_scenes(photos[:1], [[BOX]], min_height=24.5)
    assert found(report) == [(0, 0, "tiny_plate")]


def test_plates_side_by_side_are_no_duplicates(photos):
    # The intersection over union of the boxes is (94 - d) / (94 + d).
    assert found(validate_scenes(photos[:1], [[BOX, moved(24)]])) == []
    report = validate_scenes(photos[:1], [[BOX, moved(23)]])
    assert found(report) == [(0, 1, "duplicate_plate")]


def test_forms_of_the_batch(photos):
    y = [[BOX]] * 5
    for X in (np.stack(photos), pd.Series([PlateImage(photo) for photo in photos])):
        assert validate_scenes(X, pd.Series(y), n_jobs=2).n_plates == 5
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        validate_scenes(photos, y[:4])
    with pytest.raises(TypeError, match="is a set"):
        validate_scenes({1}, y)
    with pytest.raises(TypeError, match="y is None; pass the corners"):
        validate_scenes(photos, None)


def test_a_data_frame_with_an_unreadable_photo(photos, tmp_path):
    Image.fromarray(photos[0]).save(tmp_path / "1.png")
    files = [str(tmp_path / name) for name in ("1.png", "absent.png")]
    report = validate_scenes(pd.DataFrame({"file": files}), [[BOX], [BOX]])
    assert found(report) == [(1, -1, "unreadable")]


def test_loaded_scenes(photos, tmp_path):
    Image.fromarray(photos[0]).save(tmp_path / "1.png")
    row = f'1.png,"{moved(120).tolist()}"'
    (tmp_path / "labels.csv").write_text(f"file,corners\n{row}\n")
    scenes = load_scenes(tmp_path)
    report = validate_scenes(scenes.data, scenes.target)
    assert found(report) == [(0, 0, "corners")]
    assert report.issues["source"][0] == str(tmp_path / "1.png")


def test_real_scenes(shared_data):
    folder = shared_data / "scenes" / "in_pb"
    if not folder.is_dir():
        pytest.skip(f"there is no {str(folder)!r}")
    report = validate_scenes(*load_scenes(folder, return_X_y=True))
    assert (report.n_samples, report.n_plates) == (78, 82)
    assert report.counts["unreadable"] == report.counts["corners"] == 0
