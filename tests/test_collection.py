"""Any selection of folders and files of tests can be run."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_folders_with_fixtures_of_their_own_are_collected_together():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
    folders = ["tests/model_selection", "tests/inspection/test_bootstrap.py", "tests/detection"]
    run = subprocess.run([*command, *folders], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:]
    for folder in folders:
        assert folder in run.stdout
