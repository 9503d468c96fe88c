"""Made-up storms: same seed, same storm; the makers know nothing of the method; scoring is right on cases worked by hand."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from bench.storm_baselines import best_labels, best_window
from bench.storm_play import START, SentAlert, Storms, play
from bench.storm_scoring import Judge, Sorted, figures, pair_score
from bench.storm_world import drawn_map, make_world

import bench

BENCH = Path(bench.__file__).parent
MAKERS = ["storm_world", "storm_texts", "storm_play"]


@pytest.mark.parametrize("maker", MAKERS)
def test_the_makers_know_nothing_of_the_method(maker: str) -> None:
    tree = ast.parse((BENCH / f"{maker}.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.startswith("tickless")]


def test_a_seed_is_a_storm() -> None:
    world = make_world(3, apps=4)
    assert play(world, 3, incidents=20) == play(make_world(3, apps=4), 3, incidents=20)
    assert play(world, 3, incidents=20).stream != play(world, 4, incidents=20).stream


def test_a_storm_has_what_it_promises() -> None:
    storms = play(make_world(1, apps=6), 1, incidents=40)
    assert {alert.fingerprint for alert in storms.stream} == storms.truth.keys() | storms.apart
    assert set(storms.truth.values()) <= storms.roots.keys()
    assert [alert.at for alert in storms.stream] == sorted(alert.at for alert in storms.stream)
    assert storms.apart
    assert storms.maintenance


def test_a_drawn_map_lacks_and_invents_as_told() -> None:
    world = make_world(2, apps=8)
    full, bad = drawn_map(world, 2, missing=0, wrong=0), drawn_map(world, 2, missing=0.2, wrong=0.05)
    assert set(full) == set(world.coupling)
    right = [edge for edge in bad if edge in world.coupling]
    assert 0.7 < len(right) / len(full) < 0.9
    assert 0.04 < (len(bad) - len(right)) / len(full) < 0.06


def by_hand() -> Storms:
    """Two incidents of two alerts, one noise."""
    storms = Storms(roots={"i1": "a", "i2": "b", "n1": "c"}, noise={"n1"})
    for at, (key, incident) in enumerate([("1", "i1"), ("2", "i1"), ("3", "i2"), ("4", "i2"), ("5", "n1")]):
        storms.truth[key] = incident
        storms.stream.append(
            SentAlert(
                START + dt.timedelta(hours=at), "m", key, "firing", f"Alert{key}", "a", None, "it hurts", "warning"
            )
        )
    return storms


def test_pairs_are_counted_as_by_hand() -> None:
    truth = by_hand().truth
    assert pair_score(truth, dict(zip("12345", "xxyyz", strict=True))) == (1.0, 1.0, 1.0)
    f1, precision, recall = pair_score(truth, dict(zip("12345", "xxxyz", strict=True)))
    assert (precision, recall) == (1 / 3, 1 / 2)
    assert f1 == pytest.approx(0.4)


def test_figures_are_as_by_hand() -> None:
    done = Sorted(
        case_of=dict(zip("12345", "xxyyy", strict=True)), joins=3, wrong_joins=1, roots={"x": ("a",), "y": ("c", "b")}
    )
    found = figures(by_hand(), done)
    assert found["wrong_merges"] == pytest.approx(1 / 3)
    assert found["misplaced"] == pytest.approx(1 / 5)
    assert found["compression"] == pytest.approx(1 - 2 / 5)
    assert (found["root_top1"], found["root_top3"]) == (0.5, 1.0)


def test_a_join_is_wrong_when_nothing_of_its_own_is_there() -> None:
    judge = Judge(by_hand())
    for key, case in [("1", "x"), ("2", "x"), ("3", "x"), ("4", "x"), ("5", "y")]:
        judge.joined(key, case)
    assert (judge.joins, judge.wrong) == (3, 1)
    judge.merged("y", "x")
    assert (judge.joins, judge.wrong) == (4, 2)


def test_baselines_put_together_what_is_near_or_alike() -> None:
    assert best_window(by_hand())["pair_f1"] == 0
    assert best_labels(by_hand())["pair_f1"] == 0
