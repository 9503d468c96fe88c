"""A small office with two Toms, and a way to say things in it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tickless.ai import build_brain
from tickless.domain.case import Case
from tickless.domain.decision import Question
from tickless.domain.finding import Finding
from tickless.domain.person import App, Device, Person
from tickless.domain.runbook import Runbook
from tickless.domain.service import Service
from tickless.domain.signal import Sender, Signal
from tickless.stages.understand import DialogueContext, Gazetteer, Understanding, build_gazetteer, kinds_of

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[3]


def _person(number: str, name: str, department: str, *nicknames: str, location: str = "Leeds") -> Person:
    first, last = name.lower().split()[0], name.lower().split()[-1]
    return Person(
        id=number,
        username=f"{first[0]}{last}",
        name=name,
        nicknames=nicknames,
        email=f"{first}.{last}@example.test",
        department=department,
        location=location,
        manager=None if number == "p009" else "p009",
    )


PEOPLE = (
    _person("p001", "Nora Lindqvist", "Sales"),
    _person("p002", "Tom Frost", "Finance"),
    _person("p003", "Tom Baker", "Engineering"),
    _person("p004", "Maria Gonzalez", "Marketing", "Mia"),
    _person("p005", "Sofia Rossi", "Finance"),
    _person("p006", "William Grant", "Legal", "Will", "Bill"),
    _person("p007", "Jürgen Müller", "Logistics"),
    _person("p008", "Aisha Khan", "Sales"),
    _person("p009", "Henrik Olsen", "Sales", "Rik"),
)
APPS = (
    App(id="figma", name="Figma"),
    App(id="vscode", name="Visual Studio Code", aliases=("vs code",)),
    App(id="slack", name="Slack"),
    App(id="powerbi", name="Power BI"),
    App(id="teams", name="Teams"),
    App(id="tableau", name="Tableau"),
    App(id="acrobat", name="Adobe Acrobat", aliases=("acrobat", "pdf editor")),
    App(id="acrobat-reader", name="Acrobat Reader", aliases=("pdf reader",)),
)
SERVICES = (
    Service(id="shop-web", name="Web Shop", aliases=("shop", "online shop")),
    Service(id="crm", name="CRM", aliases=("customer database",)),
    Service(id="vpn-gateway", name="VPN Gateway", aliases=("vpn",)),
    Service(id="mail", name="E-mail", aliases=("mail", "email")),
)
DEVICES = (
    Device(id="d1", tag="LT-0042", kind="laptop", model="Alderbook", owner="p001"),
    Device(id="d2", tag="LT-0043", kind="laptop", model="Alderbook", owner="p004"),
    Device(id="d3", tag="PH-0001", kind="phone", model="Corvid", owner="p001"),
    Device(id="d4", tag="PH-0002", kind="phone", model="Corvid", owner="p001"),
)
GAZETTEER = build_gazetteer(people=PEOPLE, apps=APPS, devices=DEVICES, services=SERVICES)


def shipped_runbooks() -> list[Runbook]:
    paths = sorted((ROOT / "runbooks").glob("*/*.yaml"))
    return [Runbook.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in paths]


def message(text: str, *, writer: str | None = "p001", title: str | None = None) -> Signal:
    return Signal(
        id="sig_1",
        source="web",
        event_key="1",
        kind="message",
        fingerprint="web:1",
        occurred_at=NOW,
        received_at=NOW,
        title=text if title is None else title,
        body="" if title is None else text,
        sender=Sender(channel="web", account="a", conversation="c1", person=writer),
    )


Say = Callable[..., tuple[Finding, ...]]


@pytest.fixture(scope="session")
def runbooks() -> list[Runbook]:
    return shipped_runbooks()


@pytest.fixture(scope="session")
def understanding(runbooks: list[Runbook]) -> Understanding:
    return Understanding(build_brain(runbooks), GAZETTEER, kinds=kinds_of(runbooks))


@pytest.fixture(scope="session")
def say(understanding: Understanding) -> Say:
    """Say something as somebody; the findings."""

    def speak(
        text: str, *, writer: str | None = "p001", question: Question | None = None, cases: tuple[Case, ...] = ()
    ) -> tuple[Finding, ...]:
        context = DialogueContext(writer=writer, question=question, cases=cases)
        return understanding.understand(message(text, writer=writer), context=context, now=NOW)

    return speak


@pytest.fixture(scope="session")
def say_in(understanding: Understanding) -> Callable[[Gazetteer, str, str], tuple[Finding, ...]]:
    """Say something where other records are known."""

    def speak(gazetteer: Gazetteer, text: str, writer: str) -> tuple[Finding, ...]:
        there = Understanding(understanding.brain, gazetteer)
        return there.understand(message(text, writer=writer), context=DialogueContext(writer=writer), now=NOW)

    return speak
