import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plate_photos import (
    QUADS,
    RECOGNIZER,
    CountingDetector,
    LevelRecognizer,
    make_recognizer,
    photo_with,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_lpr import LPRNetCTC, PlateImage, load_recognizer, read_photos
from sklearn_lpr._compat import cv2
from sklearn_lpr.applications import iter_photos, place_corners
from sklearn_lpr.calibration import CalibratedRecognizerCV
from sklearn_lpr.datasets import _files, load_plates, make_plates
from sklearn_lpr.ensemble import VotingRecognizer
from sklearn_lpr.images import SampleError, box_corners
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, RowJoiner

COLUMNS = ["file", "text", "confidence", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"]
COLUMNS += ["detection_score", "rows", "error"]


def write(folder, name, photo):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), photo)
    return path


def test_each_plate_is_a_row():
    table = read_photos([photo_with([1, 2]), photo_with([]), photo_with([5])], make_recognizer())
    assert list(table) == COLUMNS
    assert table.file.tolist() == [0, 0, 1, 2]
    assert table.text.tolist() == ["B", "C", "", "F"]
    assert table.confidence.tolist() == [0.5, 0.5, 0.0, 0.5]
    assert table.detection_score.fillna(-1).tolist() == [0.9, 0.8, -1, 0.9]
    assert table["rows"].tolist() == [1, 1, 0, 1]
    assert table.error.tolist() == [None] * 4
    assert table.index.tolist() == [0, 1, 2, 3]
    # The corners of the second plate of photo 0 are (10, 30), (22, 30), (22, 34) and (10, 34).
    corners = table.loc[:, "x1":"y4"]
    assert corners.loc[1].tolist() == [10, 30, 22, 30, 22, 34, 10, 34]
    assert corners.isna().all(axis=1).tolist() == [False, False, True, False]
    assert set(corners.dtypes) == {np.dtype("float64")}
    assert table.dtypes[["confidence", "detection_score", "rows"]].tolist() == [float, float, "i8"]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_each_photo_is_searched_once(n_jobs):
    log = []
    photos = [photo_with([level, level + 1, level + 2]) for level in range(5)]
    table = read_photos(photos, make_recognizer(log), n_jobs=n_jobs, batch_size=2)
    assert len(log) == 5
    assert table.text.str.cat() == "ABCBCDCDEDEFEFG"


def test_a_folder_is_read_with_its_folders_in_order(tmp_path):
    for name in ("b/z.png", "b.png", "a.png", "b/y/x.png"):
        write(tmp_path, name, photo_with([3]))
    (tmp_path / "notes.txt").write_text("no photo")
    write(tmp_path, ".hidden/photo.png", photo_with([1]))
    paths = [str(tmp_path / name) for name in ("a.png", "b.png", "b/z.png", "b/y/x.png")]
    for X in (tmp_path, str(tmp_path)):
        table = read_photos(X, make_recognizer())
        assert table.file.tolist() == paths
        assert table.text.tolist() == ["D"] * 4


@pytest.mark.parametrize("form", [list, pd.Series, iter, lambda paths: np.array(paths)])
def test_paths_in_any_form(form, tmp_path):
    paths = [str(write(tmp_path, f"{level}.png", photo_with([level]))) for level in range(3)]
    table = read_photos(form(paths), make_recognizer())
    assert table.file.tolist() == paths
    assert all(type(file) is str for file in table.file)
    assert table.text.tolist() == ["A", "B", "C"]


def test_one_path_is_one_photo(tmp_path):
    path = write(tmp_path, "street.png", photo_with([7]))
    assert read_photos(path, make_recognizer()).text.tolist() == ["H"]


def test_a_batch_of_arrays_and_grey_photos():
    stack = np.stack([photo_with([1]), photo_with([2])])
    for X in (stack, stack[..., :1], list(stack[..., 0])):
        assert read_photos(X, make_recognizer()).text.tolist() == ["B", "C"]


def test_a_broken_file_is_a_row_with_its_error(tmp_path):
    good = str(write(tmp_path, "good.png", photo_with([1])))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    X = [good, broken, tmp_path / "absent.jpg", np.zeros((3, 3)), good]
    for photos in (X, iter(X)):
        table = read_photos(photos, make_recognizer(), on_error="record", batch_size=2)
        assert table.file.tolist() == [good, str(broken), str(X[2]), 3, good]
        assert table.text.tolist() == ["B", "", "", "", "B"]
        assert table["rows"].tolist() == [1, 0, 0, 0, 1]
        errors = table.error.tolist()
        assert errors[0] is None
        assert "broken.jpg' (7 bytes) is not an image file" in errors[1]
        assert errors[2].startswith("there is no file ")
        assert errors[3].startswith("the dtype is float64")


def test_a_broken_file_raises_by_default(tmp_path):
    good = write(tmp_path, "good.png", photo_with([1]))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    with pytest.raises(SampleError, match=r"Sample 3: .*broken\.jpg.* on_error='record'"):
        read_photos([good, good, good, broken], make_recognizer(), batch_size=2)


def test_a_missing_file_raises_before_any_photo_is_read(tmp_path):
    log = []
    with pytest.raises(SampleError, match=r"Sample 1: there is no file.* on_error='record' reads"):
        read_photos([photo_with([1]), tmp_path / "absent.png"], make_recognizer(log))
    assert log == []


@pytest.mark.parametrize("on_error", ["raise", "record"])
def test_a_dict_without_bytes_keeps_its_path(tmp_path, on_error):
    path = write(tmp_path, "good.png", photo_with([1]))
    photos = [{"bytes": None, "path": str(path)}, {"bytes": path.read_bytes(), "path": "a.png"}]
    table = read_photos(photos, make_recognizer(), on_error=on_error)
    assert table.file.tolist() == [str(path), 1]
    assert table.text.tolist() == ["B", "B"]


class WedgeDetector(CountingDetector):
    """Find a plate that is so oblique that a wide margin reaches beyond its horizon."""

    wedge = np.array([[14.0, 20], [15, 20], [22, 30], [8, 30]])

    def detect_all(self, X):
        return [(self.wedge[np.newaxis], np.array([0.9])) for _ in X]


def test_a_plate_too_oblique_for_the_margin_is_read_by_its_box():
    photo = photo_with([])
    photo[20:30, 8:22] = 3
    recognizer = make_recognizer(detector=WedgeDetector(), margin=0.3)
    table = read_photos([photo], recognizer)
    assert table.loc[0, "x1":"y4"].tolist() == WedgeDetector.wedge.ravel().tolist()
    assert table.text.tolist() == recognizer.predict([photo]).tolist()


class Refusing(LevelRecognizer):
    """Refuse crops of level 9."""

    def read(self, X):
        for index, crop in enumerate(X):
            if np.median(crop) == 9:
                raise SampleError(index, "level 9 is refused.")
        return super().read(X)


def test_a_plate_that_the_recognizer_refuses_leaves_the_others():
    photos = [photo_with([1, 9, 2]), photo_with([9])]
    recognizer = make_recognizer(recognizer=Refusing())
    table = read_photos(photos, recognizer, on_error="record")
    assert table.text.tolist() == ["B", "", "C", ""]
    assert table.error.tolist() == [None, "level 9 is refused.", None, "level 9 is refused."]
    assert table.loc[1, "x1":"y4"].tolist() == QUADS[1].ravel().tolist()
    with pytest.raises(SampleError, match=r"Sample 1: level 9 is refused"):
        read_photos([photos[0][:, :, 0] * 0, photos[1]], recognizer)


class Outside(CountingDetector):
    def detect_all(self, X):
        return [(QUADS[:1] + 1000, [0.9]) for _ in X]


def test_an_invalid_detection_names_the_photo():
    with pytest.raises(SampleError, match=r"Sample 1: Corner .* lies outside"):
        read_photos(
            [np.zeros((9, 9), np.uint8), photo_with([1])], make_recognizer(), detector=Outside()
        )


class OnlyOne:
    def detect(self, X):
        return [QUADS[2] for _ in X]


def test_another_detector_replaces_that_of_the_pipeline():
    log = []
    table = read_photos([photo_with([1, 2, 3])], make_recognizer(log), detector=OnlyOne())
    assert table.text.tolist() == ["D"]
    assert math.isnan(table.detection_score[0])
    assert log == []


@pytest.mark.parametrize(("locate", "text"), [("annotation", "C"), ("detect", "B")])
def test_corners_of_samples_are_used_as_the_cropper_does(locate, text):
    recognizer = make_recognizer(locate=locate)
    annotated = PlateImage(photo_with([1, 2])[:, :, :], QUADS[1])
    annotated.source[0, 0] = 1
    table = read_photos([annotated, photo_with([6])], recognizer)
    assert table.text.tolist() == [text, "G"]


def test_a_cropper_for_crops_takes_photos_without_a_detection_whole():
    recognizer = make_recognizer(missing="whole")
    crop = np.full((10, 30), 3, np.uint8)
    crop[0, 0] = 0
    photo = np.pad(photo_with([1]), ((0, 0), (0, 300), (0, 0)), "edge")
    photo_without = np.full((10, 340), 3, np.uint8)
    photo_without[0, 0] = 0
    table = read_photos([crop, photo, photo_without], recognizer)
    assert table.text.tolist() == ["D", "B", "D"]
    assert table.loc[0, "x1":"y4"].isna().all()
    assert table["rows"].tolist() == [1, 1, 1]
    blank = np.zeros((10, 30), np.uint8)
    assert read_photos([blank], recognizer)["rows"].tolist() == [0]


def patterned(height, width):
    return np.random.default_rng(0).integers(1, 255, (height, width, 3), dtype=np.uint8)


class Boxes:
    """Find the same boxes in each image, and keep the images."""

    def __init__(self, *boxes):
        self.quads = np.stack([box_corners(*box) for box in boxes])
        self.seen = []

    def detect_all(self, X):
        self.seen.extend(X)
        return [(self.quads, np.linspace(0.9, 0.5, len(self.quads))) for _ in X]

    def detect(self, X):
        return [quads[0] for quads, _ in self.detect_all(X)]


class Collecting(LevelRecognizer):
    """Keep the crops."""

    def __init__(self):
        self.crops = []

    def read(self, X):
        self.crops.extend(X)
        return super().read([np.zeros((2, 2))] * len(X))


def test_plates_of_a_loose_crop_are_rows():
    # 100 x 80 pixels, with 40 above and 30 at the left for the detector.
    photo, detector = patterned(80, 100), Boxes((50, 60, 40, 30), (40, 90, 40, 20))
    recognizer = make_recognizer(missing="detect_or_whole", detector=detector)
    table = read_photos([photo], recognizer)
    assert [image.shape for image in detector.seen] == [(160, 160, 3)]
    assert table.loc[:, "x1":"y2"].to_numpy().tolist() == [[20, 20, 60, 20], [10, 50, 50, 50]]
    assert table.detection_score.tolist() == [0.9, 0.5]


@pytest.mark.parametrize("missing", ["whole", "detect_or_whole"])
@pytest.mark.parametrize("boxes", [[], [(30, 50, 100, 50)], [(30, 50, 100, 60), (40, 60, 9, 9)]])
def test_a_small_image_without_a_plate_or_filled_by_one_is_a_tight_crop(boxes, missing):
    detector = Boxes(*boxes) if boxes else CountingDetector()
    photo = patterned(100, 100)
    photo[0, 0] = 0  # no plates for the CountingDetector
    collecting = Collecting()
    recognizer = make_recognizer(recognizer=collecting, missing=missing, detector=detector)
    table = read_photos([photo], recognizer)
    np.testing.assert_array_equal(collecting.crops, [photo])
    assert table[["file", "text", "confidence", "rows"]].to_numpy().tolist() == [[0, "A", 0.5, 1]]
    assert table.loc[0, "x1":"detection_score"].isna().all()
    assert read_photos([photo * 0], recognizer)["rows"].tolist() == [0]


def test_larger_images_are_photos():
    photo = patterned(10, 321)
    photo[0, 0] = 0
    table = read_photos([photo], make_recognizer(missing="detect_or_whole"))
    assert table["rows"].tolist() == [0]


@pytest.mark.parametrize("border", ["replicate", "reflect", "constant"])
@pytest.mark.parametrize("margin", [0.0, 0.1])
@pytest.mark.parametrize("rectify", [True, False])
@pytest.mark.parametrize("box", [(0, 40, 60, 30), (50, 60, 50, 20), (110, 130, 45, 35)])
def test_crops_of_small_images_equal_those_of_the_pipeline(border, margin, rectify, box):
    collecting = Collecting()
    pipeline = make_recognizer(
        recognizer=collecting,
        missing="detect_or_whole",
        detector=Boxes(box),
        border=border,
        margin=margin,
        rectify=rectify,
    )
    photo = patterned(100, 100)
    table = read_photos([photo], pipeline)
    pipeline.predict([photo])
    np.testing.assert_array_equal(collecting.crops[0], collecting.crops[1])
    # The second box lies in the image, the others reach beyond its edge.
    assert table.x1.notna().tolist() == [box[0] == 50]
    assert table.error.isna().all()


def test_the_bundled_recognizer_reads_crops_as_its_predict_does():
    plates = make_plates(8, layouts=["brazil", "eu", "brazil_two_rows"], random_state=3).data
    crops = [
        crop for margin in (0.02, 0.6) for crop in PlateCropper(margin=margin).transform(plates)
    ]
    recognizer = load_recognizer()
    table = read_photos(crops, recognizer)
    best = table.groupby("file").first()
    assert best.text.tolist() == recognizer.predict(crops).tolist()
    assert (best.text != "").all()
    # Some crops are taken whole, and plates are detected in others.
    assert 0 < best.x1.isna().sum() < 16


NOISE = [photo_with([1]), photo_with([2]), photo_with([3]), photo_with([4])] * 2
TEXTS = ["B", "C", "D", "E"] * 2


def search():
    return GridSearchCV(
        make_recognizer(), {"platecropper__border": ["reflect"]}, cv=2, error_score="raise"
    )


META_ESTIMATORS = {
    "frozen": lambda: FrozenEstimator(make_recognizer()),
    "search": search,
    "voting": lambda: VotingRecognizer([("a", make_recognizer()), ("b", make_recognizer())]),
    "calibrated": lambda: CalibratedRecognizerCV(make_recognizer(), cv=2),
    "ensemble": lambda: CalibratedRecognizerCV(search(), cv=2, ensemble=True),
}


@pytest.mark.filterwarnings("ignore:The maps of method='temperature' are fitted to")
@pytest.mark.parametrize("name", META_ESTIMATORS)
def test_estimators_around_a_pipeline(name):
    estimator = META_ESTIMATORS[name]().fit(NOISE, TEXTS)
    log = []
    photo = photo_with([1, 2])
    table = read_photos([photo], estimator, detector=CountingDetector(log))
    assert table.text.tolist() == ["B", "C"]
    assert len(log) == 1


@pytest.mark.parametrize(
    "params", [{"margin": (0.1, 0.3)}, {"rectify": False, "margin": 0.4}, {"border": "reflect"}]
)
def test_crops_equal_those_of_the_pipeline(params):
    collecting = Collecting()
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 255, (90, 160, 3), dtype=np.uint8)
    photo[0, 0] = 1
    quad = np.array([[40.3, 30.1], [120.2, 36.4], [118.7, 58.9], [38.9, 52.2]])
    for shift in ((0, 0), (-41, -34), (38, 30)):

        class Tilted:
            def detect_all(self, X, corners=quad + shift):
                return [(corners[np.newaxis], [0.9]) for _ in X]

            def detect(self, X):
                return [corners[0] for corners, _ in self.detect_all(X)]

        collecting.crops.clear()
        pipeline = make_recognizer(recognizer=collecting, detector=Tilted(), **params)
        read_photos([photo], pipeline)
        pipeline.predict([photo])
        np.testing.assert_array_equal(*collecting.crops)


def test_rows_are_counted_by_the_joiner_of_the_pipeline():
    two = make_pipeline(PlateCropper(), RowJoiner(rows=2), LevelRecognizer())
    table = read_photos([photo_with([1])], two, detector=CountingDetector())
    assert table["rows"].tolist() == [2]


def test_memory_does_not_grow_with_the_photos():
    read = []

    def photos():
        for index in itertools.count():
            read.append(index)
            yield photo_with([index % 26])

    tables = iter_photos(photos(), make_recognizer(), batch_size=3)
    first, second = itertools.islice(tables, 2)
    assert len(read) == 6
    assert first.text.tolist() == ["A", "B", "C"]
    assert second.index.tolist() == [3, 4, 5]
    assert second.file.tolist() == [3, 4, 5]


def test_an_empty_iterator_gives_an_empty_table():
    table = read_photos(iter([]), make_recognizer())
    assert list(table) == COLUMNS
    assert len(table) == 0
    pd.concat([table, read_photos([photo_with([1])], make_recognizer())])


def test_a_written_table_is_loaded_as_labels(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "photos/a.png", photo_with([1, 2]))
    write(tmp_path, "photos/b.png", photo_with([]))
    (tmp_path / "photos/c.png").write_bytes(b"nothing")
    table = read_photos("photos", make_recognizer(), on_error="record")
    table.to_csv("plates.csv", index=False)
    with pytest.warns(UserWarning, match="2 annotation.s. .* the column 'text' of 'photos/b.png'"):
        plates = load_plates("plates.csv", on_error="warn")
    assert plates.target.tolist() == ["B", "C"]
    np.testing.assert_array_equal([plate.corners for plate in plates.data], QUADS[:2])
    assert plates.frame["rows"].tolist() == ["1", "1"]
    placed = place_corners(plates.data, plates.target, make_recognizer(locate="annotation"))
    assert placed.prediction.tolist() == ["B", "C"]
    pd.testing.assert_frame_equal(placed.loc[:, "x1":"y4"], table.loc[:1, "x1":"y4"])


def test_a_progress_bar_counts_photos(capsys):
    read_photos([photo_with([1])] * 3, make_recognizer(), verbose=1)
    assert "3/3" in capsys.readouterr().err
    read_photos([photo_with([1])] * 3, make_recognizer())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([], ValueError, "X is empty"),
        ("absent", FileNotFoundError, "X='absent' does not exist"),
        (np.zeros((2, 9, 9, 3)), ValueError, "the dtype is float64"),
        ({"a": 1}, TypeError, "X is a dict"),
    ],
)
@pytest.mark.parametrize("on_error", ["raise", "record"])
def test_unusable_batches_are_rejected(X, error, message, on_error):
    with pytest.raises(error, match=message):
        read_photos(X, make_recognizer(), on_error=on_error)


def test_a_folder_without_images_is_rejected(tmp_path):
    (tmp_path / "notes.txt").write_text("no photo")
    with pytest.raises(ValueError, match="holds no images"):
        read_photos(tmp_path, make_recognizer())


def test_unusable_recognizers_are_rejected():
    with pytest.raises(ValueError, match="LevelRecognizer has no PlateCropper"):
        read_photos([photo_with([1])], LevelRecognizer())
    with pytest.raises(TypeError, match="is not a recognizer"):
        read_photos([photo_with([1])], PlateCropper())
    unfitted = make_pipeline(PlateCropper(), PlateNormalizer(), LPRNetCTC())
    with pytest.raises(NotFittedError):
        read_photos([photo_with([1])], unfitted, on_error="record")


@pytest.mark.parametrize(
    "params", [{"detector": 3}, {"on_error": "warn"}, {"batch_size": 0}, {"n_jobs": "all"}]
)
@pytest.mark.parametrize("function", [read_photos, iter_photos])
def test_invalid_parameters_are_rejected(function, params):
    (name,) = params
    with pytest.raises(ValueError, match=f"The '{name}' parameter of {function.__name__}"):
        function([photo_with([1])], make_recognizer(), **params)


def test_the_estimator_is_not_changed():
    recognizer = make_recognizer()
    before = recognizer.get_params()
    read_photos([photo_with([1])], recognizer)
    assert {name: id(value) for name, value in recognizer.get_params().items()} == {
        name: id(value) for name, value in before.items()
    }


def test_photos_of_formats_that_cannot_be_read_are_counted(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), photo_with([1]))
    for name in ("2.CR2", "3.dng", "4.nef", ".hidden.dng", "5.xlsx", "6.pdf"):
        (tmp_path / name).write_bytes(b"?")
    with pytest.warns(UserWarning, match=r"3 photo\(s\) in .* first is '2\.CR2'") as caught:
        table = read_photos(tmp_path, RECOGNIZER)
    assert len(caught) == 1
    assert [Path(file).name for file in table["file"]] == ["1.png"]


def test_links_to_folders_are_not_followed_and_counted(tmp_path):
    for name in ("day", "elsewhere/night"):
        (tmp_path / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / name / "1.png"), photo_with([1]))
    (tmp_path / "day/night").symlink_to(tmp_path / "elsewhere/night")
    (tmp_path / "day/again").symlink_to(tmp_path / "day")
    (tmp_path / "day/2.png").symlink_to(tmp_path / "day/1.png")
    with pytest.warns(UserWarning, match=r"2 link\(s\) to folders in .*day' .* 'again'") as caught:
        table = read_photos(tmp_path / "day", RECOGNIZER)
    assert len(caught) == 1
    assert [Path(file).name for file in table["file"]] == ["1.png", "2.png"]


def test_a_folder_of_links_to_folders_holds_no_images(tmp_path):
    (tmp_path / "night").mkdir()
    cv2.imwrite(str(tmp_path / "night/1.png"), photo_with([1]))
    (tmp_path / "links").mkdir()
    (tmp_path / "links/night").symlink_to(tmp_path / "night")
    with (
        pytest.warns(UserWarning, match="'night'. Pass these folders themselves"),
        pytest.raises(ValueError, match="holds no images"),
    ):
        read_photos(tmp_path / "links", RECOGNIZER)


def test_a_folder_that_must_not_be_read_is_left_out(tmp_path, monkeypatch):
    for name in ("a", "lost+found", "z"):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "1.png"), photo_with([1]))
    listed = _files.list_folder

    def list_folder(folder):
        if folder.name == "lost+found":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(_files, "list_folder", list_folder)
    with pytest.warns(
        UserWarning, match=r"lost\+found' is left out: permission to read it is denied"
    ):
        table = read_photos(tmp_path, RECOGNIZER)
    assert [Path(file).parent.name for file in table["file"]] == ["a", "z"]
    with pytest.raises(PermissionError):
        read_photos(tmp_path / "lost+found", RECOGNIZER)
