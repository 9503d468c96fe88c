"""What people ask of the desk in a year. Pure, the same by seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from tickless.domain.person import App, Person
from tickless.sample import year_words as words
from tickless.sample.day_cast import Cast
from tickless.sample.day_events import Fault
from tickless.sample.year_calendar import EVEN, Months, long_tailed, moments
from tickless.sample.year_events import ByHand, Change, Gamed, Gaming, Says, Word, YearReply
from tickless.sample.year_frame import Frame, Staff

WINTER: Months = (1.9, 1.6, 1.1, 0.8, 0.7, 0.6, 0.5, 0.5, 0.8, 1.0, 1.4, 1.6)
JOINERS: Months = (1.2, 0.9, 0.9, 0.9, 0.8, 0.8, 0.7, 0.7, 2.2, 1.4, 0.9, 0.6)
HOLIDAY: Months = (1.5, 0.9, 0.9, 1.2, 0.9, 0.9, 0.9, 1.5, 1.4, 0.9, 0.9, 0.8)
VOLUMES: tuple[tuple[str, int, Months], ...] = (
    ("account_unlock", 290, HOLIDAY),
    ("password_reset", 250, HOLIDAY),
    ("vpn_trouble", 190, WINTER),
    ("mailbox_quota", 110, EVEN),
    ("access_request", 190, JOINERS),
    ("access_removal", 40, EVEN),
    ("software_install", 170, JOINERS),
    ("device_trouble", 200, EVEN),
    ("incident_report", 120, EVEN),
    ("question", 230, JOINERS),
)
"""How often each is asked in a year of 365 days, and in which months more or less."""
WORKED: dict[str, tuple[float, float]] = {
    "account_unlock": (9, 2.2),
    "password_reset": (11, 2.0),
    "vpn_trouble": (24, 4.5),
    "mailbox_quota": (13, 6.0),
    "access_request": (21, 15.0),
    "access_removal": (12, 20.0),
    "software_install": (31, 14.0),
    "device_trouble": (46, 16.0),
    "incident_report": (38, 6.0),
    "question": (11, 5.0),
}
"""Minutes of work, and working hours until somebody has done it (medians)."""
REST = dt.timedelta(days=5)
"""Nobody has two things so soon after each other, so that no two of theirs are taken for one."""
COMES_BACK = 0.015
"""Of what was mended, how much breaks again within hours."""
GAMED_SHARE = 0.65
GAMED_NEEDS = frozenset({"device_trouble", "incident_report", "question"})


class Askers:
    """Hands out people who have not asked for anything lately, and apps that they do not have yet."""

    def __init__(self, frame: Frame, chance: random.Random) -> None:
        company, seed = frame.company, frame.seed
        self.company = company
        self.chance = chance
        self.bad_days = frozenset(frame.bad_days)
        self._people = [one for one in Cast(company, seed).everybody() if one.department != "IT"]
        self._last: dict[str, dt.datetime] = {}
        self._given: set[tuple[str, str]] = set()

    def draw(self, at: dt.datetime, fits: Callable[[Person], bool] = lambda _: True) -> Person:
        """Somebody who fits, and whose last matter is longest ago where nobody is free."""
        able = [one for one in self._people if fits(one)]
        free = [one for one in able if one.id not in self._last or at - self._last[one.id] >= REST]
        found = self.chance.choice(free) if free else min(able, key=lambda one: self._last[one.id])
        self._last[found.id] = at
        return found

    def wanting(self, at: dt.datetime, kind: str) -> tuple[Person, App]:
        """Somebody, and an app that they may ask for and have not asked for in this way before."""

        def lacks(person: Person) -> list[App]:
            return [
                app
                for app in self.company.eligible(person)
                if app.group not in person.groups
                and app.owner != person.id
                and (person.id, kind + app.id) not in self._given
            ]

        person = self.draw(at, lambda one: bool(lacks(one)))
        app = self.chance.choice(lacks(person))
        self._given.add((person.id, kind + app.id))
        return person, app

    def holding(self, at: dt.datetime) -> tuple[Person, App]:
        """Somebody, and an app that they have had from the first day and did not give back yet."""

        def has(person: Person) -> list[App]:
            there = [app for app in self.company.apps if app.group in person.groups]
            return [app for app in there if (person.id, "back" + app.id) not in self._given]

        person = self.draw(at, lambda one: bool(has(one)))
        app = self.chance.choice(has(person))
        self._given.add((person.id, "back" + app.id))
        return person, app


def people_events(frame: Frame) -> Iterator[Says]:
    """Everything that people ask, in the order of time."""
    days, gaming, staff = frame.days, frame.gaming, frame.staff
    chance = random.Random(f"year-people:{frame.seed}")  # noqa: S311 - a story that repeats by seed, nothing secret
    when = [
        (at, need)
        for need, count, months in VOLUMES
        for at in moments(chance, days, round(count * len(days) / 365), months=months)
    ]
    askers = Askers(frame, chance)
    for number, (at, need) in enumerate(sorted(when), 1):
        made = _asked(need, at, askers, articles=at >= frame.articles)
        made = replace(made, id=f"says-{number:04d}", hand=_hand(need, staff, chance, made), mood=chance.random())
        yield _gamed(made, gaming, chance) if need in GAMED_NEEDS and gaming.begins <= at < gaming.ends else made


def _asked(need: str, at: dt.datetime, askers: Askers, *, articles: bool) -> Says:
    match need:
        case "access_request" | "software_install":
            return _app(need, at, askers)
        case "access_removal":
            person, app = askers.holding(at)
            made = _says(need, at, person, askers.chance.choice(words.REMOVAL).format(app=app.name), askers.chance)
            return replace(made, change=Change("DELETE", f"accounts/{person.username}/groups/{app.group}"))
        case "vpn_trouble":
            return _vpn(at, askers)
        case _:
            return _plain(need, at, askers, articles=articles)


def _says(
    need: str,
    at: dt.datetime,
    person: Person,
    text: str,
    chance: random.Random,
    *faults: Fault,
    replies: tuple[YearReply, ...] = (),
    helped: Word = "silence",
) -> Says:
    return Says("", at, person.id, words.dressed(chance, text), need, faults, replies, helped=helped)


def _plain(need: str, at: dt.datetime, askers: Askers, *, articles: bool) -> Says:
    chance, person = askers.chance, askers.draw(at)
    match need:
        case "account_unlock":
            fault = Fault("lock", person.username)
            made = _says(need, at, person, chance.choice(words.ACCOUNT[need]), chance, fault)
            again = chance.random() < COMES_BACK
            return replace(made, again=again, text_again=chance.choice(words.AGAIN) if again else "")
        case "password_reset":
            replies = (YearReply("code", by=person.id), YearReply("open_link", by=person.id))
            return _says(need, at, person, chance.choice(words.ACCOUNT[need]), chance, replies=replies)
        case "mailbox_quota":
            return _says(
                need, at, person, chance.choice(words.ACCOUNT[need]), chance, Fault("mailbox_tight", person.username)
            )
        case "device_trouble":
            return _says(need, at, person, chance.choice(words.DEVICE), chance)
        case "incident_report":
            return _says(need, at, person, chance.choice(words.REPORTS)[0], chance)
        case _:
            unanswered = chance.random() < 0.2
            text = chance.choice(words.UNANSWERED if unanswered else words.QUESTIONS)
            good = 0.75 if articles or not unanswered else 0.0
            roll = chance.random()
            helped: Word = "yes" if roll < good * 0.7 else "no" if roll > 0.85 or not good else "silence"
            return _says(need, at, person, text, chance, helped=helped)


def _vpn(at: dt.datetime, askers: Askers) -> Says:
    chance, person = askers.chance, askers.draw(at, lambda one: "vpn-users" in one.groups)
    if chance.random() < 0.12:
        return _says("vpn_trouble", at, person, chance.choice(words.VPN_LOCKED), chance, Fault("lock", person.username))
    fault = Fault("vpn_expired", person.username)
    made = _says("vpn_trouble", at, person, chance.choice(words.VPN_PROFILE), chance, fault)
    again = chance.random() < COMES_BACK or at.date() in askers.bad_days
    return replace(made, again=again, text_again=chance.choice(words.AGAIN) if again else "")


def _app(need: str, at: dt.datetime, askers: Askers) -> Says:
    chance, company = askers.chance, askers.company
    person, app = askers.wanting(at, need)
    texts = words.ACCESS if need == "access_request" else words.SOFTWARE
    faults: tuple[Fault, ...] = ()
    replies: tuple[YearReply, ...] = ()
    if need == "software_install" and chance.random() < 0.1:
        faults = (Fault("device_offline", company.laptop(person.id).id),)
        replies = (YearReply("choice", text="ready", heals=faults[0], after=dt.timedelta(minutes=20)),)
    if app.approval != "none":
        who = person.manager if app.approval == "manager" else app.owner
        kind: YearReply = YearReply(
            "deny" if chance.random() < 0.06 else "approve",
            by=who or "",
            text="For their work.",
            after=dt.timedelta(minutes=round(long_tailed(chance, 50, 1.0))),
        )
        replies = (*replies, kind)
    made = _says(need, at, person, chance.choice(texts).format(app=app.name), chance, *faults, replies=replies)
    refused = any(one.kind == "deny" for one in replies)
    return made if refused else replace(made, change=_change(need, person, app, askers))


def _change(need: str, person: Person, app: App, askers: Askers) -> Change:
    if need == "access_request":
        return Change("POST", f"accounts/{person.username}/groups/{app.group}")
    return Change("POST", f"devices/{askers.company.laptop(person.id).id}/software/{app.package}")


def _hand(need: str, staff: Staff, chance: random.Random, made: Says) -> ByHand:
    minutes, hours = WORKED[need]
    said = {
        "device_trouble": "Looked at it on site; it works again.",
        "question": "Explained how it is done.",
        "incident_report": "Found and put right.",
    }.get(need, "Done by hand.")
    worked = round(long_tailed(chance, minutes, 0.5), 1)
    return ByHand(chance.choice(staff.hands), dt.timedelta(hours=long_tailed(chance, hours, 0.8)), worked, said)


def _gamed(made: Says, gaming: Gaming, chance: random.Random) -> Says:
    if chance.random() > GAMED_SHARE:
        return made
    back = dt.timedelta(hours=round(20 + 40 * chance.random(), 2))
    again = made.text if chance.random() < 0.5 else f"{made.text} - {chance.choice(words.AGAIN)}"
    return replace(
        made,
        gamed=Gamed(
            gaming.by, dt.timedelta(minutes=10 + chance.randrange(50)), "No answer from the user, closed.", back, again
        ),
    )
