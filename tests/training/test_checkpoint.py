"""The file that holds the state of a training run."""

import os
import shutil

import numpy as np
import pytest

from sklearn_lpr.training._checkpoint import Checkpoint


def accept(state):
    """Take any state for one from which training can resume."""


def damaged(content):
    middle = len(content) // 2
    return {
        "empty": b"",
        "text": b"losses: 3",
        "truncated": content[:middle],
        "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
    }


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "flipped"])
def test_damage_is_noticed(tmp_path, damage):
    checkpoint = Checkpoint(tmp_path, "identity")
    checkpoint.write({"losses": np.arange(1000.0)})
    checkpoint.path.write_bytes(damaged(checkpoint.path.read_bytes())[damage])
    with pytest.warns(
        UserWarning, match=rf"{checkpoint.path.name}' is damaged.*starts from the beginning"
    ):
        assert checkpoint.read(accept) is None


def test_a_compressed_checkpoint_is_not_read(tmp_path):
    checkpoint = Checkpoint(tmp_path, "identity")
    checkpoint.write({"losses": np.zeros(10**6)})
    with np.load(checkpoint.path) as archive:
        arrays = dict(archive)
    np.savez_compressed(checkpoint.path, **arrays)
    with pytest.warns(UserWarning, match="not a checkpoint.*compressed"):
        assert checkpoint.read(accept) is None


def test_leftovers_of_killed_runs_are_removed(tmp_path):
    name = f"training-{'0' * 32}-{'a' * 32}.tmp"
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).touch()
    os.utime(tmp_path / "old" / name, (0, 0))
    for folder, n_files in (("old", 1), ("new", 2)):
        Checkpoint(tmp_path / folder, "identity").write({"losses": np.zeros(3)})
        assert len(list((tmp_path / folder).iterdir())) == n_files


def test_foreign_arrays_are_noticed(tmp_path):
    checkpoint, other = (Checkpoint(tmp_path, identity) for identity in ("one", "other"))
    assert checkpoint.read(accept) is None  # there is no file
    other.write({"losses": np.arange(3.0)})
    shutil.copy(other.path, checkpoint.path)
    with pytest.warns(UserWarning, match="not a checkpoint.*belongs to another training run"):
        assert checkpoint.read(accept) is None
    with open(checkpoint.path, "wb") as file:
        np.savez(file, losses=np.arange(3.0))
    with pytest.warns(UserWarning, match="not a checkpoint.*'key'"):
        assert checkpoint.read(accept) is None
    with open(checkpoint.path, "wb") as file:
        np.savez(file, key=np.array([os.system], dtype=object))
    with pytest.warns(UserWarning, match="not a checkpoint.*never unpickled"):
        assert checkpoint.read(accept) is None


def test_what_is_written_is_read(tmp_path):
    state = {"losses": np.array([0.1, 1 / 3]), "n:a/b": np.uint32([7, 2**32 - 1])}
    Checkpoint(tmp_path, {"a": 1, "b": [np.arange(3)]}).write(state)
    read = Checkpoint(tmp_path, {"b": [np.arange(3)], "a": 1}).read(accept)
    assert list(read) == list(state)
    for name, value in state.items():
        np.testing.assert_array_equal(read[name], value, strict=True)


def test_warnings_name_the_line_that_calls(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    checkpoint = Checkpoint(tmp_path, "identity")
    checkpoint.path.write_bytes(b"")
    with pytest.warns(UserWarning, match="starts from the beginning") as of_read:
        checkpoint.read(accept)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="cannot be written") as of_write:
        checkpoint.write({"losses": np.zeros(3)})
    checkpoint.path.unlink()
    checkpoint.path.mkdir()
    with pytest.warns(UserWarning, match="cannot be removed") as of_remove:
        checkpoint.remove()
    found = [[warning.filename for warning in each] for each in (of_read, of_write, of_remove)]
    assert found == [[__file__]] * 3
