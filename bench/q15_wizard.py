"""Q15: an event log of a ticket system, brought in by the pages of the wizard: how long until the report, and is it exact."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.itsm_by_hand import Answers, by_hand
from bench.past_house import Filled, PastHouse, done
from bench.q7_causality import data_folder
from bench.q13_metrics import BY, Told, same
from bench.report import Bench, CannotRun, Outcome, Task

SOURCE = "servicenow"
WRONG = ("c-team", "assigned_to")
"""What the person gets wrong at first, looks at again, and puts right."""
_REPORT = ("/metrics", "/value", "/maturity", "/opportunities")
"""Pages of which the report is made."""


def run(task: Task) -> Outcome:
    """The largest log of the folder: sent, looked at, corrected, imported, reported on; then every figure beside SQL."""
    files = [
        path for path in (task.data or data_folder("itsm-log")).rglob("*") if path.name.endswith((".csv", ".csv.gz"))
    ]
    if not files:
        raise CannotRun("there is no event log (.csv or .csv.gz) in that folder")
    path = max(files, key=lambda one: one.stat().st_size)
    answers = by_hand(path)
    with tempfile.TemporaryDirectory() as folder:
        house = PastHouse(Path(folder))
        try:
            begun = time.monotonic()
            job = _brought_in(house, path, task)
            imported = time.monotonic()
            for page in _REPORT:
                done(house.pages.get(page))
            whole = _whole(house, answers)
            reported = time.monotonic()
            task.say(
                f"  {job['rows']:,} rows after {imported - begun:.0f} s, the report after {reported - begun:.0f} s"
            )
            ours = whole | dict(_in_parts(house, answers))
        finally:
            house.close()
    theirs = answers.all()
    wrong = [f"{key}: {ours.get(key)} in the report, {theirs.get(key)} by SQL"
             for key in sorted({*ours, *theirs}) if not same(ours.get(key), theirs.get(key))]  # fmt: skip
    for text in wrong[:20]:
        task.say(text)
    compared = len({*ours, *theirs})
    figures = {
        "exact": 1 - len(wrong) / compared,
        "compared": float(compared),
        "minutes": (reported - begun) / 60,
        "seconds_of_import": imported - begun,
        "seconds_of_report": reported - imported,
        "tickets": float(job["new"]),
        "refused": float(job["refused"]),
        "rss_mb": house.most_mb,
    }
    return Outcome(figures, exposure="arithmetic: nothing is learnt from any data", data={"rows": job["rows"]},
                   details={"wrong": wrong[:200], "import": job})  # fmt: skip


def _brought_in(house: PastHouse, path: Path, task: Task) -> dict[str, Any]:
    """Page by page, as a person does it."""
    file = house.send(path)
    wizard = f"/history/files/{file}"
    suggested = Filled(done(house.pages.get(wizard, params={"name": path.name})).text).fields
    field, column = WRONG
    mistaken = {**suggested, "source": SOURCE, field: column}
    looked = Filled(done(house.pages.post(f"{wizard}/preview", data=mistaken)).text).fields
    if looked[field] != column or looked["source"] != SOURCE:
        raise CannotRun("the wizard forgot what was changed")
    mended = {**looked, field: suggested[field]}
    answer = done(house.pages.post(f"{wizard}/import", data=mended), 303)
    identity = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    task.say(f"  {sum(name.startswith('c-') and bool(value) for name, value in mended.items())} columns are mapped")
    return house.wait(identity, lambda job: False)


def _whole(house: PastHouse, answers: Answers) -> dict[str, Told]:
    found = done(house.api.get("/metrics", params=_over(answers))).json()["items"]
    return {one["id"]: _told(one["figure"]) for one in found if one["id"] in answers.figures}


def _in_parts(house: PastHouse, answers: Answers) -> Iterator[tuple[str, Told]]:
    for name in answers.figures:
        for by in BY:
            asked = {**_over(answers), "by": by, "grain": "month", "limit": 1}
            view = done(house.api.get(f"/metrics/{name}", params=asked)).json()
            for part in view["parts"]:
                yield f"{name} by {by} {part['name']}", _told(part["figure"])
        for point in view["trend"]:
            if point["figure"]["of"] or point["figure"]["missing"]:
                since = max(dt.datetime.fromisoformat(point["since"]), answers.since)
                yield f"{name} in {since:%Y-%m}", _told(point["figure"])


def _over(answers: Answers) -> dict[str, Any]:
    """Whole days that hold all of it."""
    return {"days": (answers.until - answers.since).days + 1, "until": answers.until.isoformat(), "source": SOURCE}


def _told(figure: Mapping[str, Any]) -> Told:
    return figure["value"], figure["of"], figure["missing"]


BENCH = Bench(
    "Q15", "an event log by the wizard: minutes until the report, and every figure beside SQL",
    {"exact_min": 1.0, "minutes_max": 10}, run, takes_data=True,
    about="A new house is served. The largest log of the folder is sent in parts; on the wizard's pages the suggested mapping "
    "is looked at, one column is put wrong, looked at again and put right, and it is imported. `minutes`: from the first byte "
    "until metrics, value, maturity and opportunities were shown. Then each figure of the API, of the whole, by priority, "
    "category, team and channel, and month by month, is compared with an independent computation in SQL over the raw rows "
    "(`itsm_by_hand.py`).",
)  # fmt: skip
