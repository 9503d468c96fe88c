"""S10: a million tickets of the past: killed in the middle, gone on with, imported twice, every refused row explained."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.past_house import PastHouse, done
from bench.report import Bench, Outcome, Task

ROWS = int(os.environ.get("S10_ROWS", "1000000"))
REFUSED = 5_000
"""One row in so many says no time where it should."""
TWICE = 1_000
"""One row in so many tells the ticket before it once more."""
SOURCE = "past"
HEAD = (
    "number", "short_description", "description", "opened_at", "resolved_at", "closed_at", "sys_updated_at", "state",
    "priority", "category", "subcategory", "assignment_group", "caller_id", "assigned_to", "contact_type",
    "reassignment_count", "reopen_count",
)  # fmt: skip
_WORDS = (
    "cannot", "connect", "printer", "vpn", "account", "locked", "outlook", "slow", "disk", "full", "laptop", "screen",
    "broken", "password", "reset", "please", "help", "access", "folder", "share", "request", "new", "user", "mailbox",
    "quota", "error", "since", "this", "morning", "after", "update", "again", "monitor",
)  # fmt: skip
_KINDS = (("Network", "VPN"), ("Access", "Password"), ("Hardware", "Laptop"), ("Software", "Office"), ("Mail", "Quota"))


def run(task: Task) -> Outcome:
    """Send the file, import it, kill the house at half, wait for the end, look, and bring the same file in again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "past.csv"
        write(path, ROWS)
        task.say(f"  {ROWS:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        house = PastHouse(Path(folder))
        try:
            house.look()
            idle, cpu = house.most_mb, house.cpu_used()
            first, figures = _first(house, path, task)
            figures["rows_per_core_second"] = ROWS / (house.cpu_used() - cpu)
            figures["rss_mb"] = house.most_mb
            figures |= _looked_at(house, first) | _again(house, path, task)
        finally:
            house.close()
    data = {"rows": ROWS, "columns": len(HEAD), "refused by design": refused(ROWS), "told twice": twice(ROWS)}
    return Outcome(figures, data=data, details={"first": first, "idle_mb": idle})


def _first(house: PastHouse, path: Path, task: Task) -> tuple[dict[str, Any], dict[str, float]]:
    begun = time.monotonic()
    file = house.send(path)
    sent = time.monotonic()
    identity = _started(house, file)
    half = house.wait(identity, lambda job: job["rows"] >= ROWS // 2)
    house.kill()
    killed = time.monotonic()
    task.say(f"  killed at {half['rows']:,} rows, {half['rows'] / (killed - sent):,.0f} a second")
    house.start()
    again = house.wait(identity, lambda job: job["rows"] > half["rows"])
    resumed = time.monotonic()
    job = house.wait(identity, lambda job: False)
    ended = time.monotonic()
    task.say(f"  {job['rows']:,} rows, {job['new']:,} tickets, {job['refused']:,} refused after {ended - begun:.0f} s")
    figures = {
        "rows_per_second": ROWS / (ended - begun),
        "seconds": ended - begun,
        "seconds_of_sending": sent - begun,
        "seconds_until_it_went_on": resumed - killed,
        "resumed_behind": float(again["rows"] >= half["rows"]),
    }
    return job, figures


def _started(house: PastHouse, file: str) -> str:
    """By the mapping that is suggested."""
    found = done(house.api.post(f"/history/files/{file}/preview", json={"source": SOURCE})).json()
    given = {"source": SOURCE, "name": "past.csv", "mapping": found["mapping"]}
    return str(done(house.api.post(f"/history/files/{file}/import", json=given)).json()["id"])


def _looked_at(house: PastHouse, job: dict[str, Any]) -> dict[str, float]:
    """What stands in the database, and in the file of refused rows, beside what was made."""
    with closing(sqlite3.connect(f"file:{house.data / 'tickless.db'}?mode=ro", uri=True)) as connection:
        (stored,) = connection.execute("SELECT count(*) FROM history_tickets").fetchone()
        pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    text = done(house.api.get(f"/history/imports/{job['id']}/refused.csv")).text
    lines = list(csv.DictReader(io.StringIO(text)))
    explained = sum(bool(line["reason"] and line["mend"] and line["row"]) for line in lines)
    taken = job["new"] + job["changed"] + job["same"] + job["refused"]
    return {
        "lost": float(abs(ROWS - taken) + abs(ROWS - refused(ROWS) - twice(ROWS) - stored)),
        "refused": float(job["refused"]),
        "refused_explained": explained / max(refused(ROWS), 1),
        "disk_mb": pages * size / 1e6,
    }


def _again(house: PastHouse, path: Path, task: Task) -> dict[str, float]:
    begun = time.monotonic()
    job = house.wait(_started(house, house.send(path)), lambda job: False)
    took = time.monotonic() - begun
    task.say(f"  again: {job['new']} new, {job['changed']} changed, {job['same']:,} known, after {took:.0f} s")
    return {
        "again_new": float(job["new"]),
        "again_changed": float(job["changed"]),
        "again_rows_per_second": ROWS / took,
    }


def refused(rows: int) -> int:
    return sum(1 for _ in range(REFUSED - 1, rows, REFUSED))


def twice(rows: int) -> int:
    """Of those that are not refused."""
    return sum(1 for number in range(TWICE // 2, rows, TWICE) if (number + 1) % REFUSED)


def write(path: Path, rows: int) -> None:
    """Years of tickets, a minute apart; what each says follows from its number."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEAD)
        writer.writerows(_rows(rows))


def _rows(rows: int) -> Iterator[tuple[object, ...]]:
    begin, last = dt.datetime(2023, 1, 1, tzinfo=dt.UTC), None
    for number in range(rows):
        if number % TWICE == TWICE // 2 and last is not None and (number + 1) % REFUSED:
            yield last
            continue
        last = _row(number, begin + dt.timedelta(minutes=number))
        yield last if (number + 1) % REFUSED else (*last[:4], "when it was done", *last[5:])


def _row(number: int, opened: dt.datetime) -> tuple[object, ...]:
    """Every figure is a remainder of its number: a million of them are made in seconds."""
    over = opened + dt.timedelta(seconds=600 + number * 7_919 % 400_000)
    closed = over + dt.timedelta(days=3)
    category, subcategory = _KINDS[number * 31 % len(_KINDS)]
    words = number * 13 % len(_WORDS)
    return (
        f"INC{number:08d}", _said(words, 6), _said(words + number % 7, 20), opened, over, closed,
        closed, "Closed", f"{1 + number % 4} - x", category, subcategory, f"Team {number * 17 % 40}",
        f"Caller {number * 101 % 20_000}", f"Agent {number * 11 % 400}", ("Phone", "Email", "Self service")[number % 3],
        number % 4, number % 2,
    )  # fmt: skip


@lru_cache(maxsize=10_000)
def _said(first: int, count: int) -> str:
    return " ".join(_WORDS[(first + 5 * place) % len(_WORDS)] for place in range(count))


BENCH = Bench(
    id="S10",
    title="a million tickets of the past, brought in by CSV",
    bar={"lost_max": 0, "refused_explained_min": 1, "resumed_behind_min": 1, "again_new_max": 0, "again_changed_max": 0,
         "rss_mb_max": 500},
    run=run,
    about=(
        "`tickless serve` on SQLite; the file is sent in parts by the API, looked at, and imported by the mapping that is "
        "suggested. At half the process is killed with SIGKILL and started again; it goes on by itself. `lost`: rows that are "
        "not counted as new, known or refused, and tickets that do not stand in the database. `refused_explained`: of rows "
        "that say no time where they should, share of which the CSV of refused rows tells row, reason and mend. `again_…`: "
        "the same file once more. `rss_mb`: the most during the first import. `rows_per_second`: from the first byte sent to "
        "the end of the import, with the kill and the start in it."
    ),
)  # fmt: skip
