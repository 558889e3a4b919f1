"""Damaged files and odd arrays on whole pipelines, as benchmarks/fuzz.py tries many more of."""

import os
import time

import numpy as np
import pytest
from PIL import Image

from sklearn_lpr import PlateImage, read_plates
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import ImageReadError, SampleError, read_image
from sklearn_lpr.recognition import LPRNetCTC

fuzz = pytest.importorskip("fuzz", reason="not part of the distribution")
mutations = pytest.importorskip("_mutations", reason="not part of the distribution")


@pytest.fixture(scope="module")
def readers():
    return fuzz.fit_readers()


@pytest.fixture
def try_samples(readers, tmp_path, monkeypatch):
    """Give the function that tries samples, with a limit that keeps it quick."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", fuzz.MAX_PIXELS)
    return lambda numbers: fuzz.try_samples(readers, 0, numbers, tmp_path)


def test_everything_is_read_or_refused_by_its_place_and_name(try_samples, tmp_path):
    outcomes = try_samples(range(400))
    assert [outcome.number for outcome in outcomes] == list(range(400))
    assert [outcome for outcome in outcomes if outcome.column in fuzz.BAD] == []
    columns = [outcome.column for outcome in outcomes]
    assert columns.count(fuzz.READ) > 100
    assert columns.count("refused: ImageReadError") > 100
    assert columns.count("refused: another ValueError") > 20
    assert not list(tmp_path.iterdir())


def faulty_pixels(error):
    def pixels(sample):
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
def test_what_goes_wrong_is_told(try_samples, monkeypatch, owner, name, fault):
    monkeypatch.setattr(owner, name, fault)
    assert any(outcome.column in fuzz.BAD for outcome in try_samples(range(40)))


def flawed_work(connection, current, seed, folder):
    """Crash at the number 3, hang at 5, and crash where 6 to 8 are read together."""
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
        connection.send(([fuzz.Outcome(n, "array", fuzz.READ) for n in numbers], 10.0, 20.0))


@pytest.mark.slow
def test_a_crash_or_a_hang_costs_its_sample_alone():
    with fuzz.Worker(seed=0, timeout=1, target=flawed_work) as worker:
        columns = {outcome.number: outcome.column for outcome in worker.run(range(6))}
        lost = [outcome.column for outcome in worker.run(range(6, 9))]
        again = [outcome.column for outcome in worker.run([9])]
    assert columns == dict.fromkeys((0, 1, 2, 4), fuzz.READ) | {3: "a crash", 5: "a hang"}
    assert lost == ["a crash"] * 3
    assert again == [fuzz.READ]
    assert (worker.growth, worker.peak) == (10, 20)


# Above Pillow's limit by more than twice, and by less, where it warns alone.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(20000, 20000), (10000, 9000)])
def test_a_bomb_of_any_format_is_refused_before_memory_is_taken(tmp_path, monkeypatch, size):
    decoded = []
    for name in ("_decode_by_opencv", "_decode_by_pillow"):
        monkeypatch.setattr(f"sklearn_lpr.images._reading.{name}", decoded.append)
    files = mutations.files_of_size()
    for index, file in enumerate(files):
        path = tmp_path / f"{index}.jpg"
        path.write_bytes(mutations.declare(file, *size).content)
        with pytest.raises(
            ImageReadError, match=rf"{index}\.jpg' (\(\d+ bytes\) )?is (refused|not)"
        ):
            read_image(path)
    assert len(files) > 50
    assert not decoded


def test_what_is_no_file_is_named_by_its_place_in_a_pipeline(readers, tmp_path):
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (94, 24), (20, 30, 40)).save(photo)
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "words.jpg").write_text("京A12345\n")
    for reader in readers.values():
        for name in ("gone", "link", "folder", "empty", "words"):
            X = [photo, tmp_path / "photo.jpg", tmp_path / f"{name}.jpg", photo]
            with pytest.raises(SampleError, match=rf"Sample 2: .*{name}\.jpg'"):
                reader.predict(X)
            with pytest.raises(SampleError, match=rf"Sample 2: .*{name}\.jpg'"):
                read_plates(reader, X, batch_size=1)
        assert reader.predict([photo]).tolist() == [""]
