import hashlib
import io
import lzma
import os
import struct
import sys
import threading
import zipfile
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest

from sklearn_lpr.datasets import _fetch, _fetch_archive, load_plates
from sklearn_lpr.datasets._fetch import fetch_lprnet_test, fetch_openalpr_benchmark

CROPS = {f"data/test/{text}.jpg": f"pixels of {text}".encode() for text in ("皖A00E66", "苏B12345")}
PHOTOS = {
    "endtoend/eu/eu1.jpg": b"photo",
    "endtoend/eu/eu1.txt": b"eu1.jpg\t396\t340\t203\t46\tM5XSX\n",
    "endtoend/us/us1.jpg": b"another photo",
    "endtoend/us/us1.txt": b"us1.jpg\t10\t20\t120\t60\tCK0A1F\n",
}


def zip_of(files, root="repository-0123abcd"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{root}/README.md", "not a part of the data set")
        for name, data in files.items():
            archive.writestr(f"{root}/{name}", data)
    return content.getvalue()


class Server:
    """A local HTTP server that responds with `answers`."""

    def __init__(self):
        self.answers, self.requests = [], 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer = outer.answers[min(outer.requests, len(outer.answers) - 1)]
                outer.requests += 1
                self.send_response(answer.get("status", 200))
                if answer.get("length") is not None:
                    self.send_header("Content-Length", str(answer["length"]))
                self.end_headers()
                self.wfile.write(answer["body"])

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/archive.zip"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    def answer(self, body, **more):
        self.answers.append({"body": body, "length": len(body), **more})

    def close(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def waits(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    waits = []
    monkeypatch.setattr(pooch.core.time, "sleep", waits.append)
    pooch.get_logger().setLevel("ERROR")
    return waits


@pytest.fixture
def lprnet_test(server, waits, tmp_path, monkeypatch):
    """Return a function that fetches a test set of two crops from the local server."""
    registry = tmp_path / "crops.sha256"
    write_registry(registry, CROPS)
    remote = _fetch._LPRNET_TEST._replace(url=server.url, registry=registry)
    monkeypatch.setattr(_fetch, "_LPRNET_TEST", remote)
    home = tmp_path / "home"
    return lambda **options: fetch_lprnet_test(data_home=home, **options)


def write_registry(path, files, unknown=()):
    lines = [
        f"{'-' if name in unknown else hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in files.items()
    ]
    path.write_text("".join(lines), encoding="utf-8")


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def test_download_and_cache(lprnet_test, server, tmp_path):
    server.answer(zip_of(CROPS))
    plates = lprnet_test()
    assert plates.target.tolist() == ["皖A00E66", "苏B12345"]
    assert Path(plates.data[0].source).read_bytes() == CROPS["data/test/皖A00E66.jpg"]
    assert plates.DESCR.startswith("LPRNet_Pytorch test set")
    # Neither the archive nor other files in it are kept.
    assert files_below(tmp_path / "home") == [f"lprnet_test/{name}" for name in CROPS]
    X, y = lprnet_test(return_X_y=True, download_if_missing=False)
    assert y.tolist() == plates.target.tolist()
    assert len(X) == 2
    frame = lprnet_test(as_frame=True)
    assert frame.data.index.equals(frame.target.index)
    assert lprnet_test(return_X_y=True, as_frame=True)[1].tolist() == y.tolist()
    assert server.requests == 1


def test_cached_files_need_no_server(lprnet_test, server):
    server.answer(zip_of(CROPS))
    lprnet_test()
    server.close()
    assert len(lprnet_test().data) == 2


def test_openalpr(server, waits, tmp_path, monkeypatch):
    registry = tmp_path / "photos.sha256"
    write_registry(registry, PHOTOS, unknown=["endtoend/us/us1.jpg"])
    remote = _fetch._OPENALPR._replace(url=server.url, registry=registry)
    monkeypatch.setattr(_fetch, "_OPENALPR", remote)
    server.answer(zip_of({**PHOTOS, "endtoend/br/AYO9034.jpg": b"neither checked nor kept"}))
    plates = fetch_openalpr_benchmark(data_home=tmp_path)
    assert sorted(plates.target) == ["CK0A1F", "M5XSX"]
    X, y = fetch_openalpr_benchmark(data_home=tmp_path, subset="eu", return_X_y=True)
    assert y.tolist() == ["M5XSX"]
    assert X[0].corners.tolist() == [[396, 340], [599, 340], [599, 386], [396, 386]]
    both = fetch_openalpr_benchmark(data_home=tmp_path, subset=["us", "eu"], as_frame=True)
    assert sorted(both.target) == ["CK0A1F", "M5XSX"]
    assert server.requests == 1
    # If the checksum of a file is unknown, only its existence is checked.
    (tmp_path / "openalpr_benchmark" / "endtoend" / "us" / "us1.jpg").write_bytes(b"changed")
    fetch_openalpr_benchmark(data_home=tmp_path, download_if_missing=False)


@pytest.mark.parametrize("subset", ["br", ["eu", "br"], []])
def test_unknown_subset(tmp_path, subset):
    with pytest.raises(ValueError, match=r"subset=.*\['eu', 'us'\]"):
        fetch_openalpr_benchmark(data_home=tmp_path, subset=subset)


def test_offline_without_a_cache(lprnet_test, server, tmp_path):
    server.close()
    with pytest.raises(OSError, match=r"cannot be downloaded.*save it as .*lprnet_test\.zip") as e:
        lprnet_test(n_retries=0)
    assert server.url in str(e.value)
    assert files_below(tmp_path / "home") == []


def test_download_if_missing_is_false(lprnet_test, server, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"2 of 2 files.*download_if_missing=True, or down"):
        lprnet_test(download_if_missing=False)
    assert server.requests == 0


def test_manual_archive(lprnet_test, server, tmp_path):
    (tmp_path / "home").mkdir()
    archive = tmp_path / "home" / "lprnet_test.zip"
    archive.write_bytes(zip_of(CROPS))
    assert len(lprnet_test(download_if_missing=False).data) == 2
    assert server.requests == 0
    assert archive.is_file()


def test_truncated_manual_archive(lprnet_test, server, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lprnet_test.zip").write_bytes(zip_of(CROPS)[:-40])
    with pytest.raises(OSError, match=r"lprnet_test\.zip is damaged.*Delete it, and download it"):
        lprnet_test()
    assert server.requests == 0


def test_retries_after_server_errors(lprnet_test, server, waits):
    server.answer(b"", status=503)
    server.answer(b"", status=500)
    server.answer(zip_of(CROPS))
    assert len(lprnet_test().data) == 2
    assert server.requests == 3
    assert waits == [1, 2]


def test_permanent_server_error(lprnet_test, server, tmp_path):
    server.answer(b"", status=404)
    with pytest.raises(OSError, match=r"cannot be downloaded: 404.*manually and save it as"):
        lprnet_test(n_retries=2)
    assert server.requests == 3
    assert files_below(tmp_path / "home") == []


@pytest.mark.parametrize("announced", [True, False])
def test_interrupted_download(lprnet_test, server, tmp_path, announced):
    whole = zip_of(CROPS)
    server.answer(whole[: len(whole) // 2], length=len(whole) if announced else None)
    with pytest.raises(OSError, match=r"cannot be downloaded.*Call again, or download"):
        lprnet_test(n_retries=0)
    assert files_below(tmp_path / "home") == []
    server.answer(whole)
    assert len(lprnet_test().data) == 2


def test_interrupted_download_is_retried(lprnet_test, server):
    whole = zip_of(CROPS)
    server.answer(whole[:100], length=len(whole))
    server.answer(whole)
    assert len(lprnet_test(n_retries=1).data) == 2


def test_response_that_is_not_an_archive(lprnet_test, server):
    server.answer(b"<html>Please sign in to this network</html>")
    with pytest.raises(OSError, match=r"file is not a complete ZIP archive\. Call again"):
        lprnet_test(n_retries=1)
    assert server.requests == 2


def test_wrong_checksum(lprnet_test, server, tmp_path):
    name = "data/test/苏B12345.jpg"
    server.answer(zip_of({**CROPS, name: b"other pixels"}))
    expected = hashlib.sha256(CROPS[name]).hexdigest()
    with pytest.raises(OSError, match=rf"'{name}' in http.* not {expected}: .*Call again"):
        lprnet_test()
    # Valid files are not stored either.
    assert files_below(tmp_path / "home") == []


def test_missing_file(lprnet_test, server, tmp_path):
    server.answer(zip_of({"data/test/皖A00E66.jpg": CROPS["data/test/皖A00E66.jpg"]}))
    with pytest.raises(OSError, match=r"does not contain 'data/test/苏B12345\.jpg'"):
        lprnet_test()
    assert files_below(tmp_path / "home") == []


def test_damaged_member(lprnet_test, server, tmp_path):
    content = bytearray(zip_of({name: os.urandom(2000) for name in CROPS}))
    content[len(content) // 2] ^= 255
    server.answer(bytes(content))
    with pytest.raises(OSError, match=r"(is damaged|has the SHA-256)"):
        lprnet_test()
    assert files_below(tmp_path / "home") == []


def refit(content, place, value):
    """Set two bytes of each entry of the central directory of an archive."""
    content, start = bytearray(content), 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + place : start + place + 2] = value.to_bytes(2, "little")
        start += 4
    return bytes(content)


def compressed_by(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in CROPS.items():
            archive.writestr(f"repository-1a2b3c/{name}", data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (lambda: refit(zip_of(CROPS), 8, 0x801), "is damaged.*encrypted"),
        (lambda: refit(zip_of(CROPS), 10, 99), "unsupported method 99"),
        (lambda: compressed_by(zipfile.ZIP_LZMA), "unsupported method 14"),
        (lambda: compressed_by(zipfile.ZIP_BZIP2), "unsupported method 12"),
        (lambda: refit(zip_of(CROPS), 6, 99), "is damaged.*version 9.9"),
        (lambda: refit(zip_of(CROPS), 26, 0x1000), "[0-9] bytes, more than 67108864"),
    ],
    ids=["encrypted", "unknown method", "lzma", "bzip2", "later version", "size"],
)
@pytest.mark.parametrize("manual", [False, True])
def test_odd_archives_are_refused(manual, archive, message, lprnet_test, server, tmp_path):
    if manual:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "lprnet_test.zip").write_bytes(archive())
    else:
        server.answer(archive())
    with pytest.raises(OSError, match=rf"{message}.*(Call again|Delete it), "):
        lprnet_test()
    assert not list((tmp_path / "home" / "lprnet_test").rglob("*"))


def test_an_archive_that_spans_disks_is_no_archive(lprnet_test, server):
    locator = b"PK\x06\x07" + bytes(12) + (9).to_bytes(4, "little")
    server.answer(b"data" + locator + b"PK\x05\x06" + bytes(18))
    with pytest.raises(OSError, match=r"file is not a complete ZIP archive\. Call again"):
        lprnet_test(n_retries=0)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("_MAX_ARCHIVE", "cannot be downloaded: the received file has more than 5 bytes"),
        ("_MAX_FILE", r"data/test/.*jpg' in http.* bytes, more than 5\. Call again"),
        ("_MAX_UNPACKED", r"The files in http.* have .* bytes, more than 5\. Call again"),
    ],
)
def test_sizes_are_limited(limit, message, lprnet_test, server, tmp_path, monkeypatch):
    server.answer(zip_of(CROPS))
    monkeypatch.setattr(_fetch_archive, limit, 5)
    with pytest.raises(OSError, match=message):
        lprnet_test()
    assert server.requests == 1  # another attempt would receive the same
    assert files_below(tmp_path / "home") == []


@pytest.mark.parametrize(
    "error",
    [
        *(
            zlib.error("invalid"),
            EOFError("ended"),
            zipfile.BadZipFile(),
            lzma.LZMAError("invalid"),
        ),
        *(RuntimeError("encrypted"), NotImplementedError("method"), ValueError("negative seek")),
        *(KeyError("name"), IndexError("extra"), struct.error("short"), OverflowError("offset")),
        *(MemoryError(), UnicodeDecodeError("utf-8", b"", 0, 1, "name"), TypeError("name")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_archive_that_cannot_be_unpacked(lprnet_test, server, monkeypatch, error):
    def fail(*args):
        raise error

    server.answer(zip_of(CROPS))
    monkeypatch.setattr(zipfile.ZipFile, "read", fail)
    with pytest.raises(OSError, match="is damaged"):
        lprnet_test()


@pytest.mark.parametrize("damage", ["changed", "removed"])
def test_damaged_cache(lprnet_test, server, tmp_path, damage):
    server.answer(zip_of(CROPS))
    lprnet_test()
    file = tmp_path / "home" / "lprnet_test" / "data" / "test" / "皖A00E66.jpg"
    file.write_bytes(b"half") if damage == "changed" else file.unlink()
    with pytest.raises(FileNotFoundError, match=r"1 of 2 files .* the first: 'data/test/皖A00E66"):
        lprnet_test(download_if_missing=False)
    with pytest.warns(
        UserWarning, match=r"1 of 2 files .*The archive is downloaded again"
    ) as warned:
        lprnet_test()
    assert warned[0].filename == __file__
    assert file.read_bytes() == CROPS["data/test/皖A00E66.jpg"]
    assert server.requests == 2


def test_interrupted_unpacking_is_detected(lprnet_test, server, monkeypatch):
    server.answer(zip_of(CROPS))
    replace, calls = os.replace, []

    def stop_at_the_second(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        lprnet_test()
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(FileNotFoundError, match="1 of 2 files"):
        lprnet_test(download_if_missing=False)
    with pytest.warns(UserWarning, match="downloaded again"):
        assert len(lprnet_test().data) == 2


def test_default_data_home(lprnet_test, server, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "elsewhere"))
    server.answer(zip_of(CROPS))
    fetch_lprnet_test()
    assert files_below(tmp_path / "elsewhere") == [f"lprnet_test/{name}" for name in CROPS]


def test_progress_bar_without_tqdm(lprnet_test, monkeypatch):
    monkeypatch.setattr(pooch.downloaders, "tqdm", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        lprnet_test(progress_bar=True)


def test_progress_bar(lprnet_test, server, capsys):
    pytest.importorskip("tqdm")
    server.answer(zip_of(CROPS))
    lprnet_test(progress_bar=True)
    assert "100%" in capsys.readouterr().err


def test_parameters_are_validated_before_the_download(lprnet_test, server):
    with pytest.raises(ValueError, match="n_retries"):
        lprnet_test(n_retries=-1)
    assert server.requests == 0


def test_pooch_is_imported_lazily():
    import subprocess

    code = "import sys, sklearn_lpr.datasets._fetch; assert 'pooch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_registries_match_real_files(shared_data):
    crops = _fetch._LPRNET_TEST.checksums()
    assert len(crops) == 1000
    plates = load_plates(shared_data / "lprnet_pytorch_test")
    for sample in plates.data[::50]:
        content = Path(sample.source).read_bytes()
        name = f"data/test/{Path(sample.source).name}"
        assert crops[name] == hashlib.sha256(content).hexdigest()

    photos = _fetch._OPENALPR.checksums()
    assert len(photos) == 2 * (108 + 222)
    assert sum(checksum == "-" for checksum in photos.values()) == 94
    for name, checksum in photos.items():
        file = shared_data / "openalpr" / name
        if name.endswith(".txt"):
            assert checksum == hashlib.sha256(file.read_bytes()).hexdigest()
        assert file.is_file()
