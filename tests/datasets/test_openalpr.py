import numpy as np
import pytest

from sklearn_lpr.datasets import load_openalpr


def write(folder, stem, line=None, suffix=".jpg"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}{suffix}").touch()
    line = f"{stem}.jpg\t396\t340\t203\t46\tM5XSX\n" if line is None else line
    (folder / f"{stem}.txt").write_text(line)


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "endtoend/eu", "eu1")
    write(tmp_path / "endtoend/us", "car1", "car1.jpg\t1\t2\t30\t10\tABC 123\r\n")
    # As in the repository, the annotation contains the name of the image before renaming.
    write(tmp_path / "endtoend/br", "HPM9362", "HPM9362.jpg\t1\t2\t30\t10\tHPM9362\n", ".jpeg")
    return tmp_path


def test_every_field(home):
    openalpr = load_openalpr(home)
    assert openalpr.frame.to_dict("records") == [
        {
            "file": "endtoend/eu/eu1.jpg",
            "text": "M5XSX",
            "subset": "eu",
            "layout": "European",
            "source": "OpenALPR",
        },
        {
            "file": "endtoend/us/car1.jpg",
            "text": "ABC123",
            "subset": "us",
            "layout": "American",
            "source": "OpenALPR",
        },
        {
            "file": "endtoend/br/HPM9362.jpeg",
            "text": "HPM9362",
            "subset": "br",
            "layout": "Brazilian",
            "source": "OpenALPR",
        },
    ]
    assert openalpr.data[0].source == str(home / "endtoend/eu/eu1.jpg")
    assert openalpr.data[0].corners.tolist() == [[396, 340], [599, 340], [599, 386], [396, 386]]
    assert "AGPL-3.0" in openalpr.DESCR


def test_parts(home):
    inner = home / "endtoend"
    assert load_openalpr(inner).target.tolist() == ["M5XSX", "ABC123", "HPM9362"]
    assert load_openalpr(inner, subset=["us", "br"]).target.tolist() == ["ABC123", "HPM9362"]
    one = load_openalpr(inner / "br")
    assert one.frame["file"].tolist() == ["HPM9362.jpeg"]
    assert one.frame["subset"].tolist() == ["br"]
    with pytest.raises(ValueError, match=r"subset='eu' .*\['br'\]"):
        load_openalpr(inner / "br", subset="eu")
    with pytest.raises(ValueError, match="contains no photo"):
        load_openalpr(inner, subset=[])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ["0 annotations"]),
        ("eu2.jpg\t1\t2\t30\t10\tA\neu2.jpg\t9\t2\t30\t10\tB", ["2 annotations", "[1, 2]"]),
        ("eu2.jpg 1 2 30 10 A", ["line 1", "'eu2.jpg 1 2 30 10 A'", "tabs"]),
        ("eu1.jpg\t1\t2\t30\t10\tA", ["line 1", "'image'", "'eu1.jpg'"]),
        ("\neu2.jpg\t1\tx\t30\t10\tA", ["line 2", "'box'", "'1 x 30 10'"]),
        ("eu2.jpg\t1\t2\t0\t10\tA", ["line 1", "'box'", "positive"]),
        ("eu2.jpg\t1\t2\t30\t10\t-", ["line 1", "'text'", "'-'"]),
    ],
)
def test_invalid_annotations_name_file_line_field_and_value(home, line, words):
    write(home / "endtoend/eu", "eu2", line)
    with pytest.raises(ValueError, match=r"eu2\.txt") as caught:
        load_openalpr(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)") as warned:
        assert len(load_openalpr(home, on_error="warn").data) == 3
    assert warned[0].filename == __file__


@pytest.mark.parametrize("suffix", [".jpg", ".txt"])
def test_a_missing_photo_or_annotation(home, suffix):
    (home / "endtoend/eu/eu1").with_suffix(suffix).unlink()
    with pytest.raises(FileNotFoundError, match=r"eu1\.(jpg|txt)' has no"):
        load_openalpr(home)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)"):
        assert load_openalpr(home, on_error="warn").target.tolist() == ["ABC123", "HPM9362"]


def test_real_photos(shared_data):
    openalpr = load_openalpr(shared_data / "openalpr")
    assert openalpr.frame["subset"].value_counts().to_dict() == {"us": 222, "br": 114, "eu": 108}
    texts = dict(zip(openalpr.frame["file"], openalpr.target, strict=True))
    assert texts["endtoend/eu/eu1.jpg"] == "M5XSX"
    assert all(text.isalnum() for text in openalpr.target)
    for image in openalpr.data[::100]:
        height, width, _ = image.pixels().shape
        assert (image.corners >= 0).all()
        assert (image.corners <= np.array([width, height])).all()
