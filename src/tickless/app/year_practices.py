"""What people do in a year apart from cases, done through the desks as the console does it: each deed by whoever does it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tickless.app.build import House
from tickless.app.sample_house import ARTICLES, MONITOR, world_of
from tickless.app.year_records import Records, Who
from tickless.domain.errors import Conflict, NotFound, TicklessError
from tickless.flow.desk.report_subscriptions import SubscriptionDraft
from tickless.flow.keeping import Keeper
from tickless.practices.knowledge.folder import ArticleFile, read_batch
from tickless.practices.knowledge.service import import_batch
from tickless.sample.articles import make_articles
from tickless.sample.company import Company
from tickless.sample.estate.telling import DAY, EXPIRY, resource_of
from tickless.sample.year_events import Deed, Year
from tickless.sample.year_history import export
from tickless.sample.year_papers import article_text, runbook_text

WRITTEN = "larkmoor-desk"
"""The folder that articles of the year seem to come from."""
PATIENCE = 600.0


@dataclass
class YearPractices:
    """Does deeds one by one. `failed`: those that could not be done, and why; `runbooks`: a folder that the house reads."""

    house: House
    company: Company
    year: Year
    runbooks: Path
    failed: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._records = Records(self.house)
        self._deeds: Mapping[str, Callable[[Who, Mapping[str, Any]], None]] = {
            "account": self._account, "import_history": self._import_history, "assume": self._assume, "claim": self._claim,
            "answer": self._answer, "mine": self._mine, "opportunity": self._opportunity, "runbook": self._runbook,
            "article": self._article, "articles_reviewed": self._reviewed, "subscribe": self._subscribe, "month": self._month,
            "guard": self._guard,
        }  # fmt: skip

    async def do(self, deed: Deed) -> None:
        """What cannot be done is noted in `failed`, and the year goes on."""
        detail = {name: value for name, value in deed.detail.items() if name != "by"}
        try:
            who = self._who(str(deed.detail["by"]))
            if deed.kind == "change_approved":
                await self._records.approve(detail)
            elif deed.kind == "measured":
                await self._measured(detail)
            elif deed.kind in self._deeds:
                self._deeds[deed.kind](who, detail)
            else:
                self._records.do(deed.kind, who, detail)
        except TicklessError as error:
            self.failed.append((deed.id, f"{deed.kind}: {error.public}"))

    def _who(self, identity: str) -> Who:
        person = self.company.person(identity)
        with self.house.journal.read() as tx:
            roles = tx.access.roles_of(person.id)
        return Who(person, Keeper(person.id, person, frozenset(roles)))

    def _account(self, who: Who, detail: Mapping[str, Any]) -> None:
        self.house.entrance.create_user(detail["login"], roles=detail["roles"], person=detail["person"], by=who.id)

    # the past, and what is made of it

    def _import_history(self, who: Who, detail: Mapping[str, Any]) -> None:
        """The old desk's export, as somebody brings it in over the console: looked at, mapped, read."""
        desk, source = self.house.desk.history, str(detail["source"])
        file = desk.new_file()
        desk.add_part(file, 0, export(self.year.history))
        shown = desk.preview(file, source=source)
        mapping = shown.mapping.model_copy(update={"split": " > "})
        job = desk.start(file, name="old-desk.csv", source=source, mapping=mapping, by=who.id)
        end = time.monotonic() + PATIENCE
        while True:
            with self.house.journal.read() as tx:
                state = tx.history_imports.need(job.id)
            if state.state in {"done", "failed"} or time.monotonic() > end:
                break
            time.sleep(0.05)
        if state.state != "done" or state.new != len(self.year.history):
            raise Conflict(
                f"the import is {state.state}: {state.new} of {len(self.year.history)} new, {state.refused} refused"
            )

    def _mine(self, who: Who, _: Mapping[str, Any]) -> None:
        self.house.desk.mining.mine(by=who.id)

    def _opportunity(self, who: Who, detail: Mapping[str, Any]) -> None:
        found = self.house.desk.mining.list(limit=10)
        if len(found) <= detail["place"]:
            raise NotFound("there is no such opportunity")
        self.house.desk.mining.decide(found[detail["place"]].id, detail["state"], by=who.id, what=detail["what"])

    # what is steered by

    def _assume(self, who: Who, detail: Mapping[str, Any]) -> None:
        self.house.desk.steering.assume(detail["name"], detail["value"], by=who.id, reason=detail["reason"])

    def _claim(self, who: Who, detail: Mapping[str, Any]) -> None:
        self.house.desk.steering.claim(detail["model"], detail["level"], by=who.id, note=detail["note"])

    def _answer(self, who: Who, detail: Mapping[str, Any]) -> None:
        self.house.desk.steering.answer(detail["question"], detail["level"], by=who.id, note=detail["note"])

    def _subscribe(self, who: Who, detail: Mapping[str, Any]) -> None:
        draft = SubscriptionDraft(cadence=detail["cadence"], person=who.id, zone="Europe/London")
        self.house.desk.subscriptions.subscribe(draft, by=who.id)

    def _month(self, _: Who, __: Mapping[str, Any]) -> None:
        """Looking at maturity notes how it stands."""
        self.house.desk.steering.maturity()

    def _guard(self, _: Who, detail: Mapping[str, Any]) -> None:
        self.house.desk.steering.guard(weeks=detail["weeks"])

    async def _measured(self, detail: Mapping[str, Any]) -> None:
        """What an agent measured of a certificate in the last two hours, as it sends it."""
        desk, now = self.house.desk.telemetry, self.house.rooms.clock.now()
        ends = round(now.timestamp() + detail["days"] * DAY)
        of = {"service.name": detail["service"], "host.name": detail["host"]}
        for hours in (2, 1, 0):
            told = resource_of(
                of, EXPIRY, float(ends), {"certificate": detail["certificate"]}, now.timestamp() - 3_600 * hours
            )
            body = json.dumps({"resourceMetrics": [told]}).encode()
            await desk.take("metrics", lambda body=body: body, form="otlp_json", source=MONITOR)  # type: ignore[misc]
            await asyncio.to_thread(desk.look)

    # what is written down

    def _runbook(self, who: Who, detail: Mapping[str, Any]) -> None:
        """Tried on the last weeks first, then published into the house's own folder."""
        text = runbook_text(detail["name"])
        self.house.desk.drafting.replay(text=text, runbook=None, days=detail["days"], by=who.id)
        area, _, name = str(detail["name"]).partition(".")
        file = self.runbooks / area / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.house.desk.runbooks.sync(by=who.id)

    def _article(self, who: Who, detail: Mapping[str, Any]) -> None:
        today = self.house.rooms.clock.now().date()
        text = article_text(detail["name"], self.company.people, today)
        self._take_in([ArticleFile(f"{detail['name']}.md", text)], root=WRITTEN, by=who.id)

    def _reviewed(self, who: Who, _: Mapping[str, Any]) -> None:
        """Every owner goes through their articles."""
        today = self.house.rooms.clock.now().date()
        files = [ArticleFile(name, text) for name, text in make_articles(self.company.people, today)]
        self._take_in(files, root=ARTICLES, by=who.id)

    def _take_in(self, files: list[ArticleFile], *, root: str, by: str) -> None:
        now, world = self.house.rooms.clock.now(), world_of(self.company)
        with self.house.journal.write() as tx:
            taken = import_batch(tx, read_batch(files, root=root), world=world, by=by, at=now, retire=False)
        if taken.problems:
            raise Conflict("; ".join(str(one) for one in taken.problems[:3]))
        self.house.library.renew()
