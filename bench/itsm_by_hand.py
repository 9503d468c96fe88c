"""The figures of an event log once more, in SQL over the raw rows: no code of the product has a part in it.

Two layouts are known by their headers: ServiceNow's incident events, and a bare log of case, activity and time. A cell `?`
or empty
says nothing. The last row of a ticket that says something counts; a log without states ends with its last row. Where no row
says when a
ticket was resolved, it was when it last went to Resolved, if it is over now, else when it was closed.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Told = tuple[float | None, int, int]
"""Value, how many were counted, how many lack what it needs."""
_NOTHING = {"", "?", "null", "none", "n/a", "-"}
_LAST = ("resolved", "closed", "sla", "cat", "sub", "symptom", "team", "channel", "prio", "problem", "know", "caller")


@dataclass(frozen=True)
class Answers:
    """`figures` of the whole; `of_parts` by the name that the bench gives to a part or a month."""

    since: dt.datetime
    until: dt.datetime
    rows: int
    figures: Mapping[str, Told]
    of_parts: Mapping[str, Told]

    def all(self) -> dict[str, Told]:
        return {**self.figures, **self.of_parts}


_SECONDS = "CASE WHEN over >= opened THEN over - opened END"
_CLOSED = "CASE WHEN MAX(over, IFNULL(closed, over)) >= opened THEN MAX(over, IFNULL(closed, over)) - opened END"
_METRICS: dict[str, tuple[str, str, str]] = {
    # name: (anchor, how it is put together, the value of a ticket; NULL: it lacks it)
    "ticket_volume": ("opened", "count", "1"),
    "sla_met": ("over", "mean", "sla"),
    "reopened": ("over", "mean", "reopen > 0"),
    "reassigned": ("over", "mean", "reass > 0"),
    "handoffs": ("over", "mean", "reass"),
    "first_level_resolution": ("over", "mean", "reass = 0"),
    "mttr_resolve": ("over", "mean", _SECONDS),
    "resolve_median": ("over", "median", _SECONDS),
    "lead_time": ("over", "nine", _CLOSED),
    "paused_share": ("over", "ratio", "CASE WHEN paused IS NOT NULL AND over >= opened THEN over - opened END"),
    "miscategorised": ("over", "mean", "CASE WHEN path <> '' AND first_path <> '' THEN path <> first_path END"),
    "priority_lowered": ("over", "mean", "prio > first_prio"),
    "knowledge_reuse": ("over", "mean", "know"),
    "incidents_known": ("over", "mean", "CASE WHEN tells THEN problem IS NOT NULL END"),
    "repeat_contacts": ("opened", "mean", "CASE WHEN caller IS NOT NULL AND path <> '' THEN again END"),
    "backlog": ("", "open", "1"),
}  # fmt: skip
_TOGETHER = {"count": "COUNT(*)", "mean": "AVG(v)", "median": "NULL", "nine": "NULL",
             "ratio": "SUM(CASE WHEN v IS NOT NULL THEN paused END) * 1.0 / NULLIF(SUM(v), 0)"}  # fmt: skip
_PLACES = {"median": "place IN ((n + 1) / 2, (n + 2) / 2)", "nine": "place = (9 * n + 9) / 10"}
"""Which of n values in order: the middle (of an even number both in the middle), and the one that nine of ten do not
exceed."""
_DIMENSIONS = {
    "priority": "IFNULL(prio, '')",
    "category": "path",
    "team": "IFNULL(team, '')",
    "channel": "IFNULL(channel, '')",
}


def by_hand(path: Path) -> Answers:
    """Everything that the bench compares."""
    db = sqlite3.connect(":memory:")
    rows = _load(db, path)
    _tickets(db)
    since, until = db.execute("SELECT MIN(opened), MAX(MAX(opened), MAX(IFNULL(over, 0))) + 1 FROM t").fetchone()
    figures: dict[str, Told] = {}
    of_parts: dict[str, Told] = {}
    for name in _METRICS:
        figures[name] = _figures(db, name, since, until).get(
            "", (0.0 if name in {"ticket_volume", "backlog"} else None, 0, 0)
        )
        for label, column in _DIMENSIONS.items():
            of_parts |= {
                f"{name} by {label} {part}": told for part, told in _figures(db, name, since, until, column).items()
            }
        for start, begin, end in _months(since, until):
            of_parts |= {f"{name} in {start:%Y-%m}": told for told in _figures(db, name, begin, end).values()}
    return Answers(_moment(since), _moment(until), rows, figures, of_parts)


def _figures(db: sqlite3.Connection, name: str, since: int, until: int, column: str = "''") -> dict[str, Told]:
    """By part; of the whole under the empty name."""
    anchor, how, value = _METRICS[name]
    if how == "open":
        query = f"""SELECT {column} AS part, COUNT(*) FROM t WHERE opened < :until
            AND IFNULL((SELECT MAX(at) FROM ends WHERE ends.num = t.num AND at < :until), -1)
             <= IFNULL((SELECT MAX(at) FROM backs WHERE backs.num = t.num AND at < :until), -1) GROUP BY part"""
        return {str(part): (float(found), found, 0) for part, found in db.execute(query, {"until": until})}
    bounds = {"since": since, "until": until}
    cohort = f"(SELECT {column} AS part, {value} AS v, paused FROM t WHERE {anchor} >= :since AND {anchor} < :until)"
    query = f"SELECT part, COUNT(*), COUNT(v), {_TOGETHER[how]} FROM {cohort} GROUP BY part"
    found = {str(part): (told, count, value) for part, count, told, value in db.execute(query, bounds)}
    if how in _PLACES:
        place = f"""SELECT part, AVG(v) FROM (SELECT part, v, ROW_NUMBER() OVER (PARTITION BY part ORDER BY v) AS place,
            COUNT(*) OVER (PARTITION BY part) AS n FROM {cohort} WHERE v IS NOT NULL) WHERE {_PLACES[how]} GROUP BY part"""
        ranked = {str(part): value for part, value in db.execute(place, bounds)}
        found = {part: (told, count, ranked.get(part)) for part, (told, count, _) in found.items()}
    if how == "count":
        return {part: (float(count), count, 0) for part, (_, count, _) in found.items()}
    return {part: (value, told, count - told) for part, (told, count, value) in found.items()}


def _tickets(db: sqlite3.Connection) -> None:
    """One row a ticket, from its events."""
    newest = "OVER (PARTITION BY num ORDER BY {0} IS NULL, upd DESC, row DESC) AS {0}"
    last = ", ".join(f"FIRST_VALUE({name}) {newest.format(name)}" for name in _LAST)
    first = "ROW_NUMBER() OVER (PARTITION BY num ORDER BY upd, row) AS place"
    db.executescript(f"""
        CREATE INDEX by_num ON e (num, upd, row);
        CREATE TABLE s AS SELECT num, upd, row, word, word IN ('resolved', 'closed') AS done, LAG(word) OVER w AS word_before,
            LAG(word IN ('resolved', 'closed')) OVER w AS done_before, LEAD(upd) OVER w AS until, ROW_NUMBER() OVER w AS place
            FROM (SELECT num, upd, row, state AS word FROM e WHERE state IS NOT NULL) WINDOW w AS (PARTITION BY
                num ORDER BY upd, row);
        CREATE TABLE f AS SELECT * FROM (SELECT num, cat, sub, symptom, prio, {first} FROM e) WHERE place = 1;
        CREATE TABLE l AS SELECT DISTINCT num, {last} FROM e;
        CREATE TABLE c AS SELECT num, MIN(opened) AS said_open, MIN(upd) AS first_upd, MAX(upd) AS last_upd,
            MAX(reopen) AS reopen,
            MAX(reass) AS reass FROM e GROUP BY num;
        CREATE INDEX l_num ON l (num); CREATE INDEX f_num ON f (num); CREATE INDEX s_num ON s (num, place);
        CREATE TABLE o AS SELECT num, opened FROM (SELECT num, opened, ROW_NUMBER() OVER (PARTITION BY num ORDER BY
            opened IS NULL, upd DESC, row DESC) AS p FROM e) WHERE p = 1;
        CREATE INDEX o_num ON o (num); CREATE INDEX c_num ON c (num); ANALYZE;
    """)
    bare = not db.execute("SELECT COUNT(*) FROM s").fetchone()[0]
    went = """SELECT MAX(CASE WHEN place = 1 THEN MIN(s.upd, IFNULL(o.opened, s.upd)) ELSE s.upd END) FROM s WHERE s.num
        = l.num AND
              s.word = 'resolved' AND IFNULL(s.word_before, '') <> 'resolved'"""
    now_done = "(SELECT done FROM s WHERE s.num = l.num ORDER BY place DESC LIMIT 1)"
    over = "c.last_upd" if bare else f"COALESCE(l.resolved, CASE WHEN {now_done} THEN ({went}) END, l.closed)"
    path = (
        "TRIM(SUBSTR(IFNULL(' / ' || {0}.cat, '') || IFNULL(' / ' || {0}.sub, '') || "
        "CASE WHEN {0}.cat IS NULL OR {0}.sub IS NULL THEN IFNULL(' / ' || {0}.symptom, '') ELSE '' END, 4))"
    )
    db.executescript(f"""
        CREATE TABLE t AS SELECT l.num, IFNULL(o.opened, c.first_upd) AS opened, {over} AS over, l.closed, l.sla,
            c.reopen, c.reass, l.team,
            l.channel, l.prio, f.prio AS first_prio, l.problem, l.know, l.caller, {path.format("l")} AS path,
                {path.format("f")} AS first_path,
            (SELECT COUNT(problem) > 0 FROM l) AS tells, 0 AS paused, 0 AS again
            FROM l JOIN f USING (num) JOIN c USING (num) JOIN o USING (num);
        CREATE INDEX t_num ON t (num);
        CREATE TABLE ends AS SELECT s.num, CASE WHEN place = 1 THEN MIN(s.upd, t.opened) ELSE s.upd END AS at FROM s
            JOIN t USING (num)
            WHERE s.done AND NOT IFNULL(done_before, 0) UNION ALL SELECT num, over FROM t WHERE over IS NOT NULL;
        CREATE TABLE backs AS SELECT num, upd AS at FROM s WHERE NOT done AND done_before;
        CREATE INDEX ends_num ON ends (num, at); CREATE INDEX backs_num ON backs (num, at);
        UPDATE t SET paused = NULL WHERE num NOT IN (SELECT num FROM s);
        UPDATE t SET paused = IFNULL((SELECT SUM(MAX(0, MIN(IFNULL(s.until, t.over), t.over) - MAX(CASE WHEN place =
            1 THEN MIN(s.upd, t.opened) ELSE s.upd END, t.opened)))
            FROM s WHERE s.num = t.num AND s.word = 'pending'), 0) WHERE paused IS NOT NULL;
        CREATE TABLE first_end AS SELECT t.num, t.caller, t.path, IFNULL((SELECT MIN(CASE WHEN place = 1 THEN
            MIN(s.upd, t.opened) ELSE s.upd END) FROM s
            WHERE s.num = t.num AND s.done AND NOT IFNULL(s.done_before, 0)), t.over) AS at FROM t;
        CREATE INDEX first_end_key ON first_end (caller, path, at);
        UPDATE t SET again = EXISTS (SELECT 1 FROM first_end WHERE first_end.caller = t.caller AND first_end.path = t.path
            AND first_end.at >= t.opened - 7 * 86400 AND first_end.at < t.opened);
    """)


def _load(db: sqlite3.Connection, path: Path) -> int:
    db.execute("""CREATE TABLE e (num TEXT, row INTEGER, upd INTEGER, opened INTEGER, resolved INTEGER, closed INTEGER,
                  state TEXT, reass INTEGER,
                  reopen INTEGER, sla INTEGER, cat TEXT, sub TEXT, symptom TEXT, team TEXT, channel TEXT,
                      prio INTEGER, problem TEXT, know INTEGER,
                  caller TEXT)""")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as text:
        made = list(_rows(text))
    db.executemany(f"INSERT INTO e VALUES ({', '.join('?' * 19)})", made)
    return len(made)


def _rows(text: io.TextIOBase) -> Iterator[tuple[object, ...]]:
    for place, row in enumerate(csv.DictReader(text), start=1):
        told = {name: None if value.strip().lower() in _NOTHING else value.strip() for name, value in row.items()}
        if "sys_updated_at" in told:
            yield (
                told["number"], place, _stamp(told["sys_updated_at"]), _stamp(told["opened_at"]), _stamp(told["resolved_at"]),
                _stamp(told["closed_at"]), _state(told["incident_state"]), _number(told["reassignment_count"]),
                _number(told["reopen_count"]), _flag(told["made_sla"]), told["category"],
                    told["subcategory"], told["u_symptom"],
                told["assignment_group"], told["contact_type"], _number((told["priority"] or "")[:1]), told["problem_id"],
                _flag(told["knowledge"]), told["caller_id"],
            )  # fmt: skip
        else:
            stamp = _stamp(told["CompleteTimestamp"])
            yield (told["CaseID"], place, stamp, *([None] * 16))


def _state(word: str | None) -> str | None:
    if word is None or not word[0].isalpha():
        return None
    return {"Resolved": "resolved", "Closed": "closed"}.get(
        word, "pending" if word.startswith("Awaiting") else "active"
    )


def _stamp(text: str | None) -> int | None:
    if text is None:
        return None
    form = "%d/%m/%Y %H:%M" if "/" in text else "%Y-%m-%d %H:%M:%S"
    return int(dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).timestamp())


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _flag(text: str | None) -> int | None:
    return None if text is None else int(text == "true")


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _months(since: int, until: int) -> Iterator[tuple[dt.datetime, int, int]]:
    at = since
    while at < until:
        start = _moment(at)
        following = (start.replace(day=1, hour=0, minute=0, second=0) + dt.timedelta(days=32)).replace(day=1)
        end = min(int(following.timestamp()), until)
        yield start, at, end
        at = end
