"""Q11: who and what a message names, in the sample company."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from bench.entity_suite import OWN, Entry, Judged, judge, read_entries
from bench.report import Bench, Outcome, Task
from bench.roles import Roles, fill, pick_roles
from tickless.app.brain import brain_of
from tickless.app.settings import BrainSettings
from tickless.domain.finding import Entity
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Sender, Signal
from tickless.sample.company import Company, make_company
from tickless.stages.understand import DialogueContext, Understanding, build_gazetteer, kinds_of

SEEDS = range(5)
"""Every entry is read with this many casts of people and things."""
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
_RUNBOOKS = Path(__file__).parents[1] / "runbooks"


def run(task: Task) -> Outcome:
    """Read every entry with every cast."""
    company, entries = make_company(), read_entries(task.data or OWN)
    understanding = sample_understanding(company)
    judged: list[Judged] = []
    failed: Counter[str] = Counter()
    for entry in entries:
        for seed in SEEDS:
            one, said = read_entry(entry, company, understanding, seed=seed)
            judged.append(one)
            if not one.exact or one.wrong_person:
                failed[entry.id] += 1
                if os.environ.get("Q11_SHOW"):
                    task.say(f"{entry.id}: {said!r}: {one.why}")
    beside = [one.beside for one in judged if one.beside is not None]
    figures = {
        "exact_set": _share([one.exact for one in judged]),
        "wrong_person": _share([one.wrong_person for one in judged]),
        "beside_right": _share(beside),
    }
    data = {"entries": len(entries), "readings": len(judged), "missed": dict(sorted(failed.items()))}
    return Outcome(figures, exposure=_exposure(task), data=data)


def sample_understanding(company: Company) -> Understanding:
    """Understanding as it ships, with the company's records."""
    paths = sorted(_RUNBOOKS.glob("*/*.yaml"))
    runbooks = [Runbook.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in paths]
    gazetteer = build_gazetteer(
        people=company.people, apps=company.apps, devices=company.devices, services=company.services
    )
    return Understanding(brain_of(BrainSettings(), runbooks), gazetteer, kinds=kinds_of(runbooks))


def read_entry(entry: Entry, company: Company, understanding: Understanding, *, seed: int) -> tuple[Judged, str]:
    """One entry with the cast of one seed: how it went, and what was said."""
    roles = pick_roles(company, seed, entry.writer, texts=entry.texts, ambiguous=entry.ambiguous)
    said = fill(entry.says, roles)
    return judge(entry.wanted(roles), entities_of(said, roles, understanding), said=said, company=company), said


def entities_of(said: str, roles: Roles, understanding: Understanding) -> Sequence[Entity]:
    """Everything that the findings of this message name."""
    sender = Sender(channel="web", account="x", conversation="c", person=roles.me.id, assurance="signed_in")
    signal = Signal(
        id="sig_1", source="chat:web", event_key="1", kind="message", fingerprint="1", occurred_at=NOW, received_at=NOW,
        title=Untrusted(said), sender=sender,
    )  # fmt: skip
    findings = understanding.understand(signal, context=DialogueContext(writer=roles.me.id), now=NOW)
    return [entity for finding in findings for entity in finding.entities]


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0


def _exposure(task: Task) -> str:
    if task.data is not None:
        return "not known: the data came by --data"
    return "written together with the method, in roles: the names are drawn by seed"


BENCH = Bench(
    id="Q11",
    title="entities in messages: people, apps, devices, services",
    bar={"exact_set_min": 0.95, "wrong_person_max": 0.001},
    run=run,
    takes_data=True,
    about=(
        f"Each entry names roles, which are filled with {len(SEEDS)} casts from the sample company. `exact_set`: people, apps, "
        "devices and services are exactly those meant, and what is ambiguous is left open with the right one among the "
        "choices. `wrong_person`: readings that link a person who isn't meant. `beside_right`: groups, places and times, "
        "which the set does not count. A platform that is named exactly without being listed (`vpn`) is no mistake."
    ),
)
