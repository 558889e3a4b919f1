import numpy as np
import pytest

from sklearn_lpr.datasets import load_clpd

HEADER = "path,x1,y1,x2,y2,x3,y3,x4,y4,label"


def write(home, *rows, encoding="gbk", header=HEADER):
    (home / "CLPD_1200").mkdir(exist_ok=True)
    for number in range(1, 6):
        (home / "CLPD_1200" / f"{number}.jpg").touch()
    (home / "CLPD.csv").write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_every_field(tmp_path, encoding):
    write(
        tmp_path,
        "CLPD_1200/1.jpg,10,20,104,22,104,46,10,44,皖A12345",
        "CLPD_1200/2.jpg,10,20,104,22,104,46,10,44,藏A·D12345",
        encoding=encoding,
    )
    clpd = load_clpd(tmp_path)
    assert clpd.target.tolist() == clpd.groups.tolist() == ["皖A12345", "藏AD12345"]
    assert clpd.data[0].source == str(tmp_path / "CLPD_1200/1.jpg")
    assert clpd.data[0].corners.tolist() == [[10, 20], [104, 22], [104, 46], [10, 44]]
    assert clpd.frame.iloc[0].to_dict() == {
        "file": "CLPD_1200/1.jpg",
        "text": "皖A12345",
        "layout": "Chinese",
        "source": "CLPD",
    }
    assert "6967-6976" in clpd.DESCR


@pytest.mark.parametrize(
    "quad",
    [
        [[10, 20], [104, 22], [104, 46], [10, 44]],
        [[10, 44], [100, 10], [108, 32], [18, 66]],  # rising to the right
        [[10, 10], [60, 55], [50, 70], [0, 25]],  # falling steeply
        [[50, 10], [90, 14], [80, 70], [44, 60]],  # higher than wide
    ],
)
def test_corners_in_any_order(tmp_path, quad):
    rng = np.random.default_rng(0)
    orders = [rng.permutation(4) for _ in range(5)]
    rows = [
        f"CLPD_1200/{number}.jpg," + ",".join(map(str, np.ravel(np.array(quad)[order]))) + ",京A1"
        for number, order in enumerate(orders, start=1)
    ]
    write(tmp_path, *rows)
    for image in load_clpd(tmp_path).data:
        assert image.corners.tolist() == quad


@pytest.mark.parametrize(
    ("row", "error", "words"),
    [
        ("CLPD_1200/9.jpg,0,0,9,0,9,4,0,4,A", FileNotFoundError, ["'path'", "'CLPD_1200/9.jpg'"]),
        ("CLPD_1200/1.jpg,0,0,9,0,nine,4,0,4,A", ValueError, ["'x3'", "'nine'"]),
        ("CLPD_1200/1.jpg,0,0,9,0,9,,0,4,A", ValueError, ["'y3'", "''"]),
        ("CLPD_1200/1.jpg,0,0,9,0,9,4,0,4,", ValueError, ["'label'", "''"]),
        ("CLPD_1200/1.jpg,5,5,5,5,5,5,5,5,A", ValueError, ["'x1' to 'y4'", "[5.0, 5.0]"]),
        ("CLPD_1200/1.jpg,0,0,9,0,9,4,0,4", ValueError, ["9 fields", "fewer"]),
    ],
)
def test_invalid_rows_name_file_line_column_and_value(tmp_path, row, error, words):
    write(tmp_path, "CLPD_1200/2.jpg,0,0,9,0,9,4,0,4,京A1", row)
    with pytest.raises(error, match=r"CLPD\.csv', line 3") as caught:
        load_clpd(tmp_path)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\) .*line 3"):
        assert load_clpd(tmp_path, on_error="warn").target.tolist() == ["京A1"]


def test_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"contains no 'CLPD\.csv'"):
        load_clpd(tmp_path)
    write(tmp_path, header="path,label")
    with pytest.raises(ValueError, match=r"line 1: .* lacks the column\(s\) \['x1'"):
        load_clpd(tmp_path)
    write(tmp_path)
    with pytest.raises(ValueError, match="lists no plate"):
        load_clpd(tmp_path)
    (tmp_path / "CLPD.csv").write_bytes(HEADER.encode() + b"\n\xff\xff")
    with pytest.raises(ValueError, match="not encoded in UTF-8 or GB18030"):
        load_clpd(tmp_path)


def test_paths_must_not_lead_out_of_the_folder(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    write(home, "../1.jpg,10,20,104,22,104,46,10,44,皖A12345")
    (tmp_path / "1.jpg").touch()
    with pytest.raises(
        ValueError, match=r"line 2: the column 'path' is '\.\./1\.jpg', which is not"
    ):
        load_clpd(home)
