"""Files that are replaced atomically, and regular files."""

import os
import stat
from pathlib import Path

import pytest

from sklearn_lpr._files import open_regular, replace_file


def write(content):
    return lambda file: file.write(content)


def test_content_is_written_and_nothing_else_remains(tmp_path):
    path = tmp_path / "weights.npz"
    for content in (b"first", b"second"):
        replace_file(path, write(content))
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["weights.npz"]


def test_the_old_file_stays_if_writing_fails(tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"old")

    def fill_the_disk(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        replace_file(path, fill_the_disk)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["weights.npz"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_mode_stays(tmp_path):
    path = tmp_path / "weights.npz"
    previous = os.umask(0o022)
    try:
        replace_file(path, write(b"new"))
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    for mode in (0o600, 0o664, 0o640):
        path.chmod(mode)
        replace_file(path, write(b"again"))
        assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may chown")
def test_the_owner_stays(tmp_path):
    path = tmp_path / "weights.npz"
    path.touch()
    os.chown(path, 12345, 54321)
    replace_file(path, write(b"new"))
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


@pytest.mark.parametrize("exists", [True, False])
def test_symbolic_links_stay(exists, tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "v7.onnx", tmp_path / "current.onnx"
    if exists:
        target.write_bytes(b"old")
    link.symlink_to(Path("there", "v7.onnx"))
    replace_file(link, write(b"new"))
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(target.parent) == ["v7.onnx"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_only_regular_files_are_read_and_replaced(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (fifo, tmp_path, Path("/dev/zero")):
        with pytest.raises(OSError, match=r"not a regular file|directory"):
            open_regular(path)
        with pytest.raises(OSError, match="not a regular file"):
            replace_file(path, write(b"new"))
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_only_old_temporary_files_of_the_same_file_are_removed(tmp_path):
    old = [f"weights.npz-{'0' * 32}.tmp"]
    others = [
        f"other.npz-{'0' * 32}.tmp",
        "weights.npz-important.tmp",
        f"weights.npz-{'0' * 32}.tmp.npz",
        "weights.npz-notes",
    ]
    for name in old + others:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / f"weights.npz-{'1' * 32}.tmp").touch()  # of a process that is writing
    replace_file(tmp_path / "weights.npz", write(b"new"))
    assert sorted(os.listdir(tmp_path)) == sorted(
        [*others, f"weights.npz-{'1' * 32}.tmp", "weights.npz"]
    )


def test_long_names(tmp_path):
    path = tmp_path / ("京" * 80 + ".npz")
    replace_file(path, write(b"new"))
    assert path.read_bytes() == b"new"
