"""`python -m bench ID [--data DIR] [--json FILE]`, `--list`, `--write docs/benchmarks.md [ID …|--from FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.registry import find_benches, load_bench
from bench.report import CannotRun, Task, measure
from bench.tables import write_tables


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every bar was reached · 1: one was not · 2: it could not run."""
    given = _parser().parse_args(arguments)
    try:
        return _run(given)
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Tickless.")
    parser.add_argument("ids", nargs="*", metavar="ID", help="which bench: S1, S5 …")
    parser.add_argument("--list", action="store_true", help="name the benches and stop")
    parser.add_argument("--data", type=Path, help="a folder to measure on, in the layout that the bench names")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there instead of to the output")
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="of a suite: entries whose id begins so"
    )
    parser.add_argument("--verbose", action="store_true", help="of a suite: show what was said in each entry")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="of a suite: how many houses at once")
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="WHICH",
        help="of T2: brain, tests, obeying, or all; of T10: mending, careless, all, or http://…/v1#name",
    )
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="run all benches, or these, and rewrite their tables there"
    )
    parser.add_argument(
        "--from", dest="source", type=Path, action="append", default=[], metavar="FILE",
        help="with --write: do not run, but take the report that --json wrote",
    )  # fmt: skip
    return parser


def _run(given: argparse.Namespace) -> int:
    if given.list:
        for identity in find_benches():
            print(f"{identity:4} {load_bench(identity).title}")
        return 0
    if given.source:
        return _tables_of(given.source, given.write)
    if not given.ids and given.write is None:
        raise CannotRun("name a bench, or ask for --list")
    benches = [load_bench(identity) for identity in (given.ids or find_benches())]
    reports = []
    for bench in benches:
        Task().say(f"{bench.id}: {bench.title}")
        task = Task(
            given.data, only=tuple(given.only), verbose=given.verbose, workers=max(1, given.workers),
            models=tuple(given.model),
        )  # fmt: skip
        reports.append(measure(bench, task))
        if given.write is not None:
            write_tables(given.write, {bench.id: (bench, reports[-1])})
    _put(reports, given.json)
    return 0 if all(report["met"] for report in reports) else 1


def _tables_of(sources: Sequence[Path], write: Path | None) -> int:
    """The tables of runs that are over. The same exit code as the runs."""
    if write is None:
        raise CannotRun("say where the tables go: --write docs/benchmarks.md")
    reports = [report for source in sources for report in _read(source)]
    for report in reports:
        write_tables(write, {report["id"]: (load_bench(report["id"]), report)})
    return 0 if all(report["met"] for report in reports) else 1


def _read(source: Path) -> list[dict[str, Any]]:
    try:
        told = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotRun(f"{source}: no report of a bench ({error})") from error
    reports: list[dict[str, Any]] = told if isinstance(told, list) else [told]
    if not all(isinstance(one, dict) and {"id", "figures", "bar", "met", "machine"} <= one.keys() for one in reports):
        raise CannotRun(f"{source}: no report of a bench; write one with --json")
    return reports


def _put(reports: list[dict[str, object]], path: Path | None) -> None:
    text = json.dumps(reports[0] if len(reports) == 1 else reports, indent=2, ensure_ascii=False)
    if path is None:
        print(text)
    else:
        path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
