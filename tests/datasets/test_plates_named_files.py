import numpy as np
import pytest
from PIL import Image

from sklearn_lpr.datasets import load_plates


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("AB123 (1).jpg", "AB123"),
        ("AB123(12).jpg", "AB123"),
        ("AB123 copy.jpg", "AB123"),
        ("AB123 copy 2.jpg", "AB123"),
        ("AB123 - Copy.jpg", "AB123"),
        ("AB123 - Kopie (2).jpg", "AB123"),
        ("Copy of AB123.jpg", "AB123"),
        ("\ufeffAB123\u200b.jpg", "AB123"),
        ("ABC1234_10.jpg", "ABC1234"),
        ("ABC1234-front_left.jpg", "ABC1234"),
        ("AB 123.jpg", "AB 123"),
        ("1234567_10.jpg", "1234567"),
        ("IMG1234.jpg", "IMG1234"),
        ("A·D12345.jpg", "A·D12345"),
        ("SCANIA1.jpg", "SCANIA1"),
        ("P123456.jpg", "P123456"),
        ("12345678901234567890123.jpg", "12345678901234567890123"),
    ],
)
def test_text_of_a_name(tmp_path, file, text):
    (tmp_path / file).touch()
    assert load_plates(tmp_path).target.tolist() == [text]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("IMG_0001.jpg", "named by a camera"),
        ("img_20240131_1.jpg", "named by a camera"),
        ("DSC01234.jpg", "named by a camera"),
        ("frame12.jpg", "named by a camera"),
        ("20240131_123456.jpg", "named by a camera"),
        ("DSCN0001.jpg", "named by a camera"),
        ("GOPR0123.jpg", "named by a camera"),
        ("CIMG0001.jpg", "named by a camera"),
        ("P1000123.jpg", "named by a camera"),
        ("MVI_1.jpg", "named by a camera"),
        ("image.jpg", "named by a camera"),
        ("plate_AB123.jpg", "named by a camera"),
        ("Photo AB123.jpg", "named by a camera"),
        ("1b4e28ba-2fa1-11d2-883f-0016d3cca427.jpg", "named by a camera"),
        ("d41d8cd98f00b204e9800998ecf8427e.jpg", "named by a camera"),
        ("AB-123.jpg", "its text may be 'AB' or 'AB123'"),
        ("AB_123.jpg", "its text may be 'AB' or 'AB123'"),
        ("B-MW-123.jpg", "its text may be 'B' or 'BMW123'"),
        ("12-34-AB.jpg", "its text may be '12' or '1234AB'"),
        ("123456-78.jpg", "its text may be '123456'"),
        ("AB123 2.jpg", "may be part of the text or a counter"),
        ("AB123.old.jpg", "contains '.'"),
        ("AB123[1].jpg", r"contains '\['"),
        ("AB\u200b123.jpg", r"invisible character U\+200B"),
        ("AB\u00a0123.jpg", r"invisible character U\+00A0"),
        ("(1).jpg", "names no text"),
    ],
)
def test_names_without_a_definite_text_are_rejected(tmp_path, file, message):
    (tmp_path / file).touch()
    with pytest.raises(ValueError, match=message) as caught:
        load_plates(tmp_path)
    assert repr(str(tmp_path / file)) in str(caught.value)
    assert "rename it, or list the texts in 'labels.csv'" in str(caught.value)


def test_a_csv_file_of_labels_under_another_name_is_not_ignored(tmp_path):
    (tmp_path / "AB123.jpg").touch()
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    assert load_plates(tmp_path).target.tolist() == ["AB123"]
    (tmp_path / "train.csv").write_text("image_path,plate_text\nAB123.jpg,XY987\n")
    with pytest.raises(ValueError, match=r"labels in \['train\.csv'\]; pass the path"):
        load_plates(tmp_path)
    assert load_plates(tmp_path / "train.csv").target.tolist() == ["XY987"]


def test_the_suffix_of_a_csv_file_may_be_in_capitals(tmp_path):
    (tmp_path / "AB123.jpg").touch()
    (tmp_path / "LABELS.CSV").write_text("file,text\nAB123.jpg,XY987\n")
    with pytest.raises(ValueError, match=r"labels in \['LABELS\.CSV'\]; pass the path"):
        load_plates(tmp_path)


@pytest.mark.parametrize("names", [["0001", "0002", "0003"], ["10", "8", "9"]])
def test_names_that_count_the_images_are_no_texts(tmp_path, names):
    for name in names:
        (tmp_path / f"{name}.jpg").touch()
    message = (
        r"names of the 3 images in .* count from .* contain no texts; list the .*'labels\.csv'"
    )
    with pytest.raises(ValueError, match=message):
        load_plates(tmp_path)
    (tmp_path / f"{names[0]}.jpg").unlink()
    assert load_plates(tmp_path).target.tolist() == sorted(names[1:])
    (tmp_path / "1234567.jpg").touch()
    assert len(load_plates(tmp_path).target) == 3


@pytest.mark.parametrize(
    "suffix",
    [
        *(".jfif", ".jpe", ".gif", ".ppm", ".pgm", ".tga", ".dib", ".JP2", ".pnm", ".jpx"),
        *(".pcx", ".sgi", ".rgb"),
    ],
)
def test_formats_that_can_be_read_are_loaded(tmp_path, suffix):
    image = Image.fromarray(np.arange(24 * 94, dtype=np.uint8).reshape(24, 94))
    kind = {
        **{".jfif": "JPEG", ".jpe": "JPEG", ".JP2": "JPEG2000", ".jpx": "JPEG2000"},
        **{".pnm": "PPM", ".rgb": "SGI"},
    }.get(suffix)
    image.save(tmp_path / f"AB123{suffix}", format=kind)
    (sample,) = load_plates(tmp_path).data
    assert sample.pixels().shape == (24, 94, 3)


def test_skipped_files_and_folders_are_counted(tmp_path):
    (tmp_path / "AB123.jpg").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    assert len(load_plates(tmp_path).data) == 1
    (tmp_path / "CD456.cr2").touch()
    (tmp_path / "more" / "inner").mkdir(parents=True)
    (tmp_path / "more" / "inner" / "EF789.png").touch()
    with pytest.warns(UserWarning, match=r"2 file\(s\) or folder\(s\) .*'CD456\.cr2'") as caught:
        assert load_plates(tmp_path).target.tolist() == ["AB123"]
    assert caught[0].filename == __file__


@pytest.mark.parametrize("name", ["scan.pdf", "icon.ico", "labels.xlsx", "labels.tsv"])
def test_documents_and_tables_are_counted(tmp_path, name):
    (tmp_path / "AB123.jpg").touch()
    (tmp_path / name).touch()
    with pytest.warns(UserWarning, match=rf"1 file\(s\) or folder\(s\) .* the first: '{name}'"):
        assert load_plates(tmp_path).target.tolist() == ["AB123"]


def test_a_folder_with_skipped_files_only(tmp_path):
    (tmp_path / "CD456.cr2").touch()
    with pytest.raises(ValueError, match=r"contains no images .*'CD456\.cr2', which cannot be l"):
        load_plates(tmp_path)
