import pandas as pd
import pytest

from sklearn_lpr.datasets import load_rodosol

ANNOTATION = {
    "type": "car",
    "plate": "ODE2510",
    "layout": "Brazilian",
    "corners": "558,438 687,439 687,482 558,481",
}


def write(home, stem, split="", **fields):
    """Write an empty photo, its annotation and its line in the list of splits."""
    image = home / "images" / f"{stem}.jpg"
    image.parent.mkdir(parents=True, exist_ok=True)
    image.touch()
    lines = [f"{key}: {value}\n" for key, value in {**ANNOTATION, **fields}.items()]
    image.with_suffix(".txt").write_text("".join(lines))
    if split:
        with (home / "split.txt").open("a") as out:
            out.write(f"./images/{stem}.jpg;{split}\n")


@pytest.fixture
def home(tmp_path):
    write(tmp_path, "cars-br/img_000001", "training")
    write(tmp_path, "cars-me/img_005001", "testing", plate="ABC1D23", layout="Mercosur")
    write(
        tmp_path,
        "motorcycles-me/img_015001",
        "validation",
        plate="XYZ-9Z99",
        layout="Mercosul",
        type="motorcycle",
    )
    return tmp_path


def test_every_field(home):
    rodosol = load_rodosol(home)
    assert rodosol.frame.to_dict("records") == [
        {
            "file": "images/cars-br/img_000001.jpg",
            "text": "ODE2510",
            "subset": "cars-br",
            "split": "training",
            "layout": "Brazilian",
            "vehicle_type": "car",
            "source": "RodoSol-ALPR",
        },
        {
            "file": "images/cars-me/img_005001.jpg",
            "text": "ABC1D23",
            "subset": "cars-me",
            "split": "testing",
            "layout": "Mercosur",
            "vehicle_type": "car",
            "source": "RodoSol-ALPR",
        },
        {
            "file": "images/motorcycles-me/img_015001.jpg",
            "text": "XYZ9Z99",
            "subset": "motorcycles-me",
            "split": "validation",
            "layout": "Mercosur",
            "vehicle_type": "motorcycle",
            "source": "RodoSol-ALPR",
        },
    ]
    assert rodosol.data[0].source == str(home / "images" / "cars-br" / "img_000001.jpg")
    assert rodosol.data[0].corners.tolist() == [[558, 438], [687, 439], [687, 482], [558, 481]]
    assert rodosol.target.tolist() == rodosol.groups.tolist() == ["ODE2510", "ABC1D23", "XYZ9Z99"]
    for word in ("VISAPP 2022", "academic research", "on request"):
        assert word in rodosol.DESCR


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ({"split": "training"}, ["ODE2510"]),
        ({"split": "validation"}, ["XYZ9Z99"]),
        ({"subset": "cars-me"}, ["ABC1D23"]),
        ({"subset": ["motorcycles-me", "cars-br"]}, ["ODE2510", "XYZ9Z99"]),
        ({"subset": ["motorcycles-me", "cars-br"], "split": "training"}, ["ODE2510"]),
    ],
)
def test_parts(home, options, texts):
    assert load_rodosol(home, **options).target.tolist() == texts


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"corners": "558,438 687,439 687,482"}, ["line 4", "'corners'", "x1 y1", "687,482'"]),
        ({"corners": "558,438 687,439 687,482 558,x"}, ["line 4", "'corners'", "558,x'"]),
        ({"corners": "558,438 687,482 687,439 558,481"}, ["line 4", "'corners'", "top left"]),
        ({"corners": "nan,438 687,439 687,482 558,481"}, ["line 4", "'corners'", "nan"]),
        ({"plate": " - "}, ["line 2", "'plate'", "'-'"]),
        ({"layout": "Chilean"}, ["line 3", "'layout'", "'Chilean'", "mercosur"]),
        ({"type": ""}, ["line 1", "'type'", "''", "motorcycle"]),
        ({"Plate ": "ABC1234"}, ["line 5", "'plate'", "second time"]),
    ],
)
def test_invalid_annotations_name_file_line_field_and_value(home, fields, words):
    write(home, "cars-br/img_000002", "training", **fields)
    with pytest.raises(ValueError, match=r"img_000002\.txt") as caught:
        load_rodosol(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\) .*img_000002\.txt"):
        assert len(load_rodosol(home, on_error="warn").data) == 3


def test_a_missing_field(home):
    path = home / "images" / "cars-br" / "img_000001.txt"
    path.write_text("type: car\nnotes\nplate: ABC1234\n")
    with pytest.raises(ValueError, match=r"no field 'layout', only \['type', 'plate'\]"):
        load_rodosol(home)


@pytest.mark.parametrize("suffix", [".jpg", ".txt"])
def test_a_missing_photo_or_annotation(home, suffix):
    (home / "images" / "cars-br" / "img_000001").with_suffix(suffix).unlink()
    with pytest.raises(FileNotFoundError, match=r"img_000001\.(jpg|txt)' has no"):
        load_rodosol(home)
    with pytest.warns(UserWarning, match="1 annotation"):
        assert load_rodosol(home, on_error="warn").target.tolist() == ["ABC1D23", "XYZ9Z99"]


def test_the_list_of_splits(home):
    path = home / "split.txt"
    with path.open("a") as out:
        out.write("\n./images/cars-br/gone.jpg;testing\n")
    # Files of other splits may be missing.
    assert len(load_rodosol(home).data) == 3
    assert len(load_rodosol(home, split="testing", subset="cars-me").data) == 1
    with pytest.raises(FileNotFoundError, match=r"line 5, lists 'images/cars-br/gone\.jpg'"):
        load_rodosol(home, split="testing")
    with pytest.warns(UserWarning, match=r"1 annotation.*gone\.jpg"):
        assert load_rodosol(home, split="testing", on_error="warn").target.tolist() == ["ABC1D23"]
    path.write_text("./images/cars-br/img_000001.jpg;train\n")
    with pytest.raises(ValueError, match=r"split\.txt', line 1, is .*;train'; it must be"):
        load_rodosol(home)
    path.unlink()
    assert load_rodosol(home).frame["split"].tolist() == ["", "", ""]
    with pytest.raises(ValueError, match=r"split='testing' .*no splits; put 'split\.txt' beside"):
        load_rodosol(home, split="testing")


def test_a_listed_photo_of_a_subset_without_a_folder(home):
    with (home / "split.txt").open("a") as out:
        out.write("./images/motorcycles-br/img_010001.jpg;testing\n")
    with pytest.raises(FileNotFoundError, match=r"line 4, lists 'images/motorcycles-br/img_010001"):
        load_rodosol(home, split="testing")
    with pytest.raises(FileNotFoundError, match="line 4, lists"):
        load_rodosol(home, split="testing", subset="motorcycles-br")
    # Photos of other subsets and splits may be missing.
    assert len(load_rodosol(home, split="testing", subset="cars-me").data) == 1
    assert len(load_rodosol(home, split="training").data) == 1


def test_errors(home, tmp_path_factory):
    with pytest.raises(FileNotFoundError, match=r"data_home=.*nowhere"):
        load_rodosol(home / "nowhere")
    with pytest.raises(
        ValueError, match=r"subset='vans' .*\['cars-br', 'cars-me', 'motorcycles-me"
    ):
        load_rodosol(home, subset="vans")
    with pytest.raises(ValueError, match="'split' parameter"):
        load_rodosol(home, split="train")
    with pytest.raises(ValueError, match=r"contains no photo .*'images/cars-br'"):
        load_rodosol(tmp_path_factory.mktemp("empty"))


def test_as_frame(home):
    rodosol = load_rodosol(home, as_frame=True)
    mercosur = rodosol.frame[rodosol.frame["layout"] == "Mercosur"]
    assert [image.source for image in mercosur["image"]] == [
        str(home / file) for file in mercosur["file"]
    ]
    X, y = load_rodosol(home, as_frame=True, return_X_y=True)
    assert isinstance(X, pd.Series)
    assert y.equals(rodosol.target)


def test_each_annotation_is_read_once_and_no_photo(home, monkeypatch):
    from sklearn_lpr.datasets import _fields

    read = []
    original = _fields.read_text
    monkeypatch.setattr(
        _fields, "read_text", lambda path, *rest: read.append(path) or original(path, *rest)
    )
    assert len(load_rodosol(home, split="training").data) == 1
    # Only annotations of the split are read. The photos are empty, so that reading one fails.
    assert [path.name for path in read] == ["img_000001.txt"]
