"""NAB's score, against what its rules say of cases that can be worked out by hand."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from bench.nab_data import nab_folder, read_nab
from bench.nab_scoring import (
    FEW_FALSE,
    FEW_MISSED,
    PROFILES,
    STANDARD,
    best_threshold,
    nab_score,
    prepare,
    raw_score,
    sigmoid,
)
from bench.report import CannotRun
from hypothesis import given, settings
from hypothesis import strategies as st

WINDOWS = [(400, 449), (700, 799)]
ROWS = 1_000


def detections(*rows: int) -> np.ndarray:
    scores = np.zeros(ROWS)
    scores[list(rows)] = 1.0
    return scores


def test_saying_nothing_is_0_and_the_first_row_of_every_window_is_100() -> None:
    for profile in PROFILES:
        assert nab_score([prepare(detections(), WINDOWS)], 0.5, profile) == 0
        assert nab_score([prepare(detections(400, 700), WINDOWS)], 0.5, profile) == pytest.approx(100)


def test_the_sigmoid_is_that_of_the_paper() -> None:
    assert sigmoid(-1.0) == pytest.approx(0.98661, abs=1e-5)
    assert sigmoid(0.0) == 0.0
    assert sigmoid(1.0) == pytest.approx(-0.98661, abs=1e-5)
    assert sigmoid(3.01) == -1.0


def test_only_the_first_in_a_window_counts() -> None:
    once = raw_score(prepare(detections(420), WINDOWS), 0.5, STANDARD)
    assert raw_score(prepare(detections(420, 421, 440), WINDOWS), 0.5, STANDARD) == once
    expected = sigmoid(-(449 - 420 + 1) / 50) / sigmoid(-1.0) - 1.0
    assert once == pytest.approx(expected)


def test_false_alarms_cost_less_just_behind_a_window() -> None:
    before = raw_score(prepare(detections(300), WINDOWS), 0.5, STANDARD)
    behind = raw_score(prepare(detections(455), WINDOWS), 0.5, STANDARD)
    far = raw_score(prepare(detections(690), WINDOWS), 0.5, STANDARD)
    assert before == pytest.approx(-2 - 0.11)
    assert behind == pytest.approx(-2 + 0.11 * sigmoid(6 / 49))
    assert far == pytest.approx(-2 - 0.11)
    assert raw_score(prepare(detections(300), WINDOWS), 0.5, FEW_FALSE) == pytest.approx(-2 - 0.22)
    assert raw_score(prepare(detections(300), WINDOWS), 0.5, FEW_MISSED) == pytest.approx(-4 - 0.11)


def test_probation_counts_nothing() -> None:
    assert raw_score(prepare(detections(0, 149), WINDOWS), 0.5, STANDARD) == -2
    assert raw_score(prepare(detections(150), WINDOWS), 0.5, STANDARD) == pytest.approx(-2.11)
    longest = prepare(np.zeros(20_000), [])
    assert len(longest.score) == 20_000 - 750


@given(seed=st.integers(0, 500), profile=st.sampled_from(PROFILES))
@settings(max_examples=25)
def test_the_best_threshold_is_the_best_of_all(seed: int, profile: object) -> None:
    chance = np.random.default_rng(seed)
    files = [prepare(chance.integers(0, 12, ROWS) / 10.0, WINDOWS) for _ in range(2)]
    assert profile in PROFILES
    tried = [nab_score(files, place, STANDARD) for place in [*(np.arange(12) / 10), math.inf]]
    assert nab_score(files, best_threshold(files, STANDARD), STANDARD) == pytest.approx(max(tried))


def test_a_folder_is_read_by_its_layout(tmp_path: Path) -> None:
    (tmp_path / "data/some").mkdir(parents=True)
    rows = "\n".join(f"2026-01-01 00:{minute:02d}:00,{minute}" for minute in range(60))
    (tmp_path / "data/some/a.csv.gz").write_bytes(gzip.compress(f"timestamp,value\n{rows}\n".encode()))
    (tmp_path / "data/some/b.csv").write_text(f"timestamp,value\n{rows}\n")
    windows = {"some/a.csv": [["2026-01-01 00:20:00.000000", "2026-01-01 00:29:00.000000"]], "some/b.csv": []}
    (tmp_path / "points.json").write_text(json.dumps({"some/a.csv": ["2026-01-01 00:25:00"], "some/b.csv": []}))
    (tmp_path / "windows.json").write_text(json.dumps(windows))
    first, second = read_nab(nab_folder(tmp_path))
    assert (first.name, first.windows) == ("some/a.csv", ((20, 29),))
    assert (second.name, second.windows) == ("some/b.csv", ())
    assert first.values.tolist() == list(range(60))
    with pytest.raises(CannotRun):
        nab_folder(tmp_path / "data")
