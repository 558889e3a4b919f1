"""Run benchmarks whose data cannot be distributed on folders of the same structure."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from stand_ins import write_rodosol

import sklearn_lpr

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not part of the distribution")
def test_rodosol_reports_every_folder(tmp_path):
    write_rodosol(tmp_path / "data")
    report = tmp_path / "report.md"
    subprocess.run(
        [
            *[sys.executable, "benchmarks/rodosol.py", str(tmp_path / "data")],
            *["--n-filters=4", "--max-iter=1", f"--output={report}"],
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        check=True,
        capture_output=True,
    )
    rows = [line.split(" | ") for line in report.read_text().splitlines() if line.startswith("| ")]
    assert [row[0] for row in rows] == [
        *["| folder", "| cars-br", "| cars-me", "| motorcycles-br", "| motorcycles-me", "| all"]
    ]
    assert [row[1] for row in rows[1:]] == ["4", "4", "4", "4", "16"]
    assert "24 training plates (training and validation), 16 test plates" in report.read_text()


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not part of the distribution")
def test_fuzz_reports_every_trial(tmp_path):
    report = tmp_path / "report.md"
    subprocess.run(
        [
            sys.executable,
            "benchmarks/fuzz.py",
            "--n-trials=600",
            "--first-trial=300",
            f"--output={report}",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    table = [line for line in report.read_text().splitlines() if line.startswith("|")]
    names, total = (
        [cell.strip() for cell in line.split("|")[1:-1]] for line in (table[0], table[-1])
    )
    counts = dict(zip(names, total, strict=True))
    assert (counts["sample"], counts["trials"]) == ("all", "600")
    assert int(counts["accepted"]) > 100
    assert [counts[name] for name in ("unexpected exception", "crash", "hang")] == ["0"] * 3


@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not part of the distribution")
def test_speed_times_workers_and_reports_missing_ones(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    from speed import PEAK, Worker

    plates = tmp_path / "plates.npz"
    np.savez(plates, *np.zeros((2, 4, 8, 3), np.uint8))
    product = Worker(sys.executable, PEAK, 1, tmp_path, plates)
    product.predict(batch=2, n_calls=3)
    product.predict(batch=2, n_calls=1)
    product.close()
    assert product.absent is None
    assert product.flop == 2 * 1024**3
    assert len(product.seconds[2]) == 4
    assert product.plate_seconds(2) == np.median(product.seconds[2]) / 2
    broken = Worker(sys.executable, "no such recognizer", 1, tmp_path, plates)
    broken.predict(batch=1, n_calls=1)
    broken.close()
    assert broken.absent == "its process ended"
    assert broken.seconds == {}


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not part of the distribution")
def test_versions_compares_a_version_with_itself(tmp_path):
    folder = Path(sklearn_lpr.__file__).parents[1]
    report = tmp_path / "report.md"
    subprocess.run(
        [
            *[
                sys.executable,
                "benchmarks/versions.py",
                f"--baseline={folder}",
                f"--candidate={folder}",
            ],
            *["--tasks=import", "--rounds=2", "--n-imports=1", f"--output={report}"],
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    rows = [line.split(" | ") for line in report.read_text().splitlines() if line.startswith("| ")]
    assert [row[0] for row in rows] == [
        *["| quantity", "| import, s", "| peak memory of the import, MiB"]
    ]
    assert float(rows[2][4]) == pytest.approx(1, abs=0.1)
