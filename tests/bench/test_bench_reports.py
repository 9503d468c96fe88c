"""The benches as a command: they list, they refuse clearly, their reports have one shape. Nothing is measured here."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from bench.__main__ import main
from bench.alerts import BATCH, body, numbered
from bench.measuring import percentile
from bench.registry import find_benches, load_bench
from bench.report import Bench, CannotRun, Outcome, Task, measure, met, reached
from bench.tables import HEAD, section, write_tables

KEYS = {"id", "command", "figures", "bar", "met", "anchors", "exposure", "data", "machine", "versions"}


def made(identity: str, value: float, *, title: str = "things") -> Bench:
    return Bench(identity, title, {"rate_min": 3.0}, run=lambda task: Outcome({"rate": value}, anchors={"peer": 1.5}))


@pytest.mark.parametrize("identity", list(find_benches()))
def test_every_bench_loads_under_its_id_and_its_bars_say_which_way(identity: str) -> None:
    bench = load_bench(identity.lower())
    assert bench.id == identity
    assert bench.title
    assert bench.bar, "a bench without a bar says nothing"
    figures = {name.rpartition("_")[0]: limit for name, limit in bench.bar.items()}
    assert met(figures, bench.bar), "what is exactly at its bar has reached it"


def test_the_rows_of_speed_and_scale_are_there() -> None:
    assert {"S1", "S5", "S6", "S7"} <= set(find_benches())


def test_the_list_names_every_bench(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(find_benches())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["S999"], "there is no bench 'S999'; there are: S1"),
        ([], "name a bench"),
        (["S7", "--data", "."], "takes no --data"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_sentence(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert told in capsys.readouterr().err


def test_without_its_peer_a_bench_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotRun, match="prometheus-alertmanager"):
        load_bench("S1").run(Task())


def test_a_report_has_the_shape_that_readers_count_on() -> None:
    report = measure(made("S1", 4.123456), Task())
    assert set(report) == KEYS
    assert report["figures"] == {"rate": 4.123}
    assert report["met"] is True
    assert json.loads(json.dumps(report)) == report
    assert {"python", "tickless"} <= set(report["versions"])


def test_a_bar_is_met_at_it_and_not_beyond() -> None:
    figures = {"rate": 3.0, "seconds": 2.0}
    assert met(figures, {"rate_min": 3.0, "seconds_max": 2.0})
    assert not met(figures, {"rate_min": 3.01})
    assert not met(figures, {"seconds_max": 1.99})
    with pytest.raises(KeyError):
        met(figures, {"unmeasured_min": 1.0})
    with pytest.raises(ValueError, match="_min or _max"):
        reached(figures, "rate", 3.0)


def test_tables_replace_their_own_section_only(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "benchmarks.md"
    for bench in (made("S10", 2.0), made("S2", 5.0), made("Q1", 4.0)):
        write_tables(path, {bench.id: (bench, measure(bench, Task()))})
    first = path.read_text(encoding="utf-8")
    changed = dataclasses.replace(made("S2", 9.0), title="other things")
    write_tables(path, {"S2": (changed, measure(changed, Task()))})
    second = path.read_text(encoding="utf-8")
    assert second.startswith(HEAD.strip())
    headings = [line for line in second.splitlines() if line.startswith("## ")]
    assert headings == ["## S2: other things", "## S10: things", "## Q1: things"]
    parts = [text.partition("## S10")[2] for text in (first, second)]
    assert parts[0] == parts[1]
    assert "| rate | 9 | ≥ 3 | yes |" in second
    assert "| rate | 2 | ≥ 3 | **no** |" in second


def test_a_section_says_what_it_was_measured_with() -> None:
    bench = made("S1", 4.0)
    told = section(bench, measure(bench, Task()))
    assert "`python -m bench S1`" in told
    assert "| peer | 1.5 |" in told
    assert "python 3." in told


def test_distinct_posts_are_distinct_in_every_alert_and_the_same_ones_are_the_same() -> None:
    template = body()
    one, other = (json.loads(numbered(template, serial)) for serial in (1, 2))
    assert len(one) == BATCH
    labels = {json.dumps(alert["labels"], sort_keys=True) for alert in [*one, *other]}
    assert len(labels) == 2 * BATCH
    assert numbered(template, 0) == numbered(template, 0)


def test_percentiles_are_values_that_were_seen() -> None:
    values = [5.0, 1.0, 3.0, 2.0, 4.0]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1.0, 3.0, 5.0, 5.0]
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_tables_are_made_of_reports_that_were_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = next(iter(find_benches()))
    report = measure(made(identity, 2.0), Task(only=("c-",)))
    kept, page = tmp_path / "kept.json", tmp_path / "benchmarks.md"
    kept.write_text(json.dumps([report]), encoding="utf-8")
    assert main(["--write", str(page), "--from", str(kept)]) == 1
    assert f"`python -m bench {identity} --only c-`" in page.read_text(encoding="utf-8")
    kept.write_text("[1]", encoding="utf-8")
    assert main(["--write", str(page), "--from", str(kept)]) == 2
    assert "write one with --json" in capsys.readouterr().err
