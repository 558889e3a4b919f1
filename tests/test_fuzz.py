"""Fuzz whole pipelines with damaged files and odd arrays; benchmarks/trials.py runs many more."""

import os
import time
from unittest.mock import ANY

import numpy as np
import pytest
from fuzzing import label_files, model_files, trials
from fuzzing.image_files import declare_size, files_of_size
from fuzzing.worker import Worker
from PIL import Image
from sklearn.utils import Bunch

from sklearn_lpr import PlateImage, read_plates
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import ImageReadError, SampleError, read_image
from sklearn_lpr.recognition import LPRNetCTC


@pytest.fixture(scope="module")
def pipelines():
    # The intact files of models are made once, before a test replaces a method that they need.
    model_files.damage_model_file(np.random.default_rng(0), model_files.MODEL_KINDS[0])
    return trials.fit_pipelines()


@pytest.fixture
def run_trials(pipelines, tmp_path, monkeypatch):
    """Return the function that runs trials, with a limit on pixels that keeps it fast."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", trials.MAX_PIXELS)
    return lambda numbers: trials.run_trials(pipelines, 0, numbers, tmp_path)


def test_every_sample_is_accepted_or_rejected_with_its_place_and_name(run_trials, tmp_path):
    outcomes = run_trials(range(400))
    assert [outcome.number for outcome in outcomes] == list(range(400))
    assert [outcome for outcome in outcomes if outcome.result in trials.FAILURES] == []
    results = [outcome.result for outcome in outcomes]
    assert results.count(trials.ACCEPTED) > 100
    assert results.count(trials.READ_ERROR) > 100
    assert results.count(trials.VALUE_ERROR) > 20
    assert not list(tmp_path.iterdir())


def faulty_pixels(error):
    def pixels(*_):
        raise error

    return pixels


@pytest.mark.parametrize(
    ("owner", "name", "fault"),
    [
        (PlateImage, "pixels", faulty_pixels(KeyError("a damaged file"))),
        (PlateImage, "pixels", faulty_pixels(ImageReadError("some file is damaged"))),
        (PlateImage, "pixels", faulty_pixels(SampleError(7, "is damaged"))),
        (PlateImage, "pixels", lambda sample: np.zeros((0, 3, 3), np.uint8)),
        (LPRNetCTC, "read", faulty_pixels(RuntimeError("no such place"))),
        (LPRNetCTC, "read", lambda self, X: [PlateReading("A", 1.5)] * len(X)),
        (LPRNetCTC, "read", lambda self, X: [PlateReading("A", 0.5)]),
    ],
)
def test_faults_are_reported(run_trials, monkeypatch, owner, name, fault):
    monkeypatch.setattr(owner, name, fault)
    assert any(outcome.result in trials.FAILURES for outcome in run_trials(range(40)))


@pytest.mark.parametrize("kind", model_files.MODEL_KINDS)
def test_damaged_files_of_models_are_accepted_or_rejected(tmp_path, kind):
    results = []
    for number in range(60):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(model_files.damage_model_file(np.random.default_rng([1, number]), kind))
        accepted, message = model_files.check_model_file(kind, path)
        assert message == ""
        results.append(accepted)
    assert {True, False} == set(results)


@pytest.mark.parametrize("kind", label_files.LABEL_KINDS)
def test_odd_labels_are_accepted_or_rejected(tmp_path, kind):
    results = []
    for number in range(100):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        path = label_files.write_labels(np.random.default_rng([1, number]), kind, folder)
        accepted, message = label_files.check_labels(kind, path)
        assert message == ""
        results.append(accepted)
    assert {True, False} == set(results)


@pytest.mark.parametrize("fault", [KeyError("labels"), ValueError("some file")])
def test_faults_with_labels_are_reported(tmp_path, monkeypatch, fault):
    path = label_files.write_labels(np.random.default_rng(0), "labels CSV", tmp_path)
    monkeypatch.setattr(label_files, "load_plates", faulty_pixels(fault))
    assert label_files.check_labels("labels CSV", path) == (False, ANY)
    assert repr(fault) in label_files.check_labels("labels CSV", path)[1]


@pytest.mark.parametrize(
    ("text", "corners", "message"),
    [
        ("AB\u200b12", [[0, 0], [9, 0], [9, 5], [0, 5]], "the text"),
        ("A\u0308B1", [[0, 0], [9, 0], [9, 5], [0, 5]], "the text"),
        ("", [[0, 0], [9, 0], [9, 5], [0, 5]], "the text"),
        ("AB12", [[0, 0], [1e9, 0], [9, 5], [0, 5]], "the corners"),
    ],
)
def test_invalid_labels_that_are_loaded_are_reported(tmp_path, monkeypatch, text, corners, message):
    bunch = Bunch(data=[PlateImage("0.png", corners)], target=[text])
    monkeypatch.setattr(label_files, "load_plates", lambda path: bunch)
    accepted, found = label_files.check_labels("file names", tmp_path)
    assert accepted
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("kind", "name", "fault"),
    [
        ("weights", "transfer_weights", KeyError("weights")),
        ("weights", "transfer_weights", ValueError("some file")),
        ("ONNX", "load_pipeline", IndexError("metadata")),
        ("checkpoint", "Checkpoint", EOFError("archive")),
    ],
)
def test_faults_with_files_of_models_are_reported(tmp_path, monkeypatch, kind, name, fault):
    path = tmp_path / "model.bin"
    path.write_bytes(model_files.damage_model_file(np.random.default_rng(0), kind))
    monkeypatch.setattr(model_files, name, faulty_pixels(fault))
    accepted, message = model_files.check_model_file(kind, path)
    assert not accepted
    assert repr(fault) in message


def test_faults_with_files_of_models_are_counted(run_trials, monkeypatch):
    monkeypatch.setattr(trials, "check_model_file", lambda kind, path: (False, "wrong"))
    outcomes = run_trials(range(40))
    faulty = [each.kind for each in outcomes if each.result == trials.FAULT]
    assert faulty == [each.kind for each in outcomes if each.kind in model_files.MODEL_KINDS]
    assert faulty


def flawed_work(connection, current, seed, folder):
    """Crash at number 3, hang at number 5, and crash when 6 to 8 are predicted together."""
    connection.send("ready")
    while True:
        numbers = connection.recv()
        for number in numbers:
            current.value = number
            if number == 3:
                os.abort()
            if number == 5:
                time.sleep(3600)
        current.value = -1
        if 7 in numbers:
            os.abort()
        connection.send(
            ([trials.Outcome(n, "array", trials.ACCEPTED) for n in numbers], 10.0, 20.0)
        )


@pytest.mark.slow
def test_a_crash_or_a_hang_loses_only_its_sample():
    with Worker(seed=0, timeout=1, target=flawed_work) as worker:
        results = {outcome.number: outcome.result for outcome in worker.run(range(6))}
        lost = [outcome.result for outcome in worker.run(range(6, 9))]
        again = [outcome.result for outcome in worker.run([9])]
    assert results == dict.fromkeys((0, 1, 2, 4), trials.ACCEPTED) | {
        3: trials.CRASH,
        5: trials.HANG,
    }
    assert lost == [trials.CRASH] * 3
    assert again == [trials.ACCEPTED]
    assert (worker.growth, worker.peak) == (10, 20)


# More than twice Pillow's limit, where Pillow raises, and less, where it only warns.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(20000, 20000), (10000, 9000)])
def test_a_decompression_bomb_of_any_format_is_rejected_before_memory_is_allocated(
    tmp_path, monkeypatch, size
):
    decoded = []
    for name in ("decode_by_opencv", "decode_by_pillow"):
        monkeypatch.setattr(f"sklearn_lpr.images._reading.{name}", decoded.append)
    files = files_of_size()
    for index, file in enumerate(files):
        path = tmp_path / f"{index}.jpg"
        path.write_bytes(declare_size(file, *size).content)
        with pytest.raises(
            ImageReadError, match=rf"{index}\.jpg' (\(\d+ bytes\) )?is (refused|not)"
        ):
            read_image(path)
    assert len(files) > 50
    assert not decoded


def test_a_pipeline_reports_the_place_of_an_unreadable_path(pipelines, tmp_path):
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (94, 24), (20, 30, 40)).save(photo)
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "words.jpg").write_text("京A12345\n")
    for recognizer in pipelines.values():
        for name in ("gone", "link", "folder", "empty", "words"):
            X = [photo, tmp_path / "photo.jpg", tmp_path / f"{name}.jpg", photo]
            with pytest.raises(SampleError, match=rf"Sample 2: .*{name}\.jpg'"):
                recognizer.predict(X)
            with pytest.raises(SampleError, match=rf"Sample 2: .*{name}\.jpg'"):
                read_plates(recognizer, X, batch_size=1)
        assert recognizer.predict([photo]).tolist() == [""]
