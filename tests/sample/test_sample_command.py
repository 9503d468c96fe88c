"""`python -m tickless.sample`: people break the company by hand, and read what happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.sample.hands import Hands

from tickless.sample.estate.control import Estate


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "tickless.sample", "--dir", str(folder), *words]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)


def test_a_fault_by_hand_is_seen_through_the_connector(hands: Hands, estate: Estate) -> None:
    folder = estate.blueprint.folder
    assert command(folder, "fault", "lock", "hanna.kowalska").returncode == 0
    assert hands.ask("account", username="hanna.kowalska").locked
    hands.do("unlock", "run:by-hand", username="hanna.kowalska")
    assert "directory.unlock  hanna.kowalska  run:by-hand" in command(folder, "effects").stdout


def test_a_refusal_is_one_line_that_says_what_to_do(estate: Estate, tmp_path: Path) -> None:
    refused = command(estate.blueprint.folder, "fault", "kill", "nothing")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("there is no process 'nothing'")
    nowhere = command(tmp_path, "alerts")
    assert nowhere.returncode == 1
    assert nowhere.stderr.count("\n") == 1
    assert "start one" in nowhere.stderr
