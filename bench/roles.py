"""Roles that suites name instead of people: picked by seed from the sample company, and filled into texts. Pure.

A suite writes `{colleague}` or `{app.free.alias}`; the same seed, writer and texts always pick the same records.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bench.role_words import Forms, called, device_forms, first_name, folded, person_forms, thing_forms, typo_of
from tickless.domain.person import App, Person
from tickless.domain.service import Service
from tickless.sample.company import Company

Writer = Literal["employee", "manager", "contractor", "impostor", "service_desk"]
RoleKind = Literal["person", "app", "device", "service", "group", "location"]

_TOKEN = re.compile(r"\{([a-z]+(?:[._][a-z]+)*)\}")
_UNUSUAL = frozenset({"vpn-gateway", "staff-directory", "mail", "sign-in", "endpoint-manager"})
"""Services that have needs of their own: `{service} is down` would not be a plain incident."""


@dataclass(frozen=True)
class Role:
    """Who or what stands behind a token, and how it can be written."""

    kind: RoleKind
    ref: str
    forms: Forms


@dataclass(frozen=True)
class Roles:
    """What every token stands for. `me` is the writer."""

    me: Person
    by_token: Mapping[str, Role]
    """Token without braces and without a form: `me`, `app.free`, `colleague.device`."""
    company: Company
    seed: int

    def role(self, token: str) -> Role:
        """`{colleague}`, `colleague` or `{colleague.first}` → its role. Raises KeyError for what is none."""
        name = token.strip("{}")
        return self.by_token[name] if name in self.by_token else self.by_token[name.rpartition(".")[0]]

    def ref(self, token: str) -> str:
        """The record's id behind a token; a text that is no token stands for itself."""
        return self.role(token).ref if _TOKEN.fullmatch(token) else token

    def words(self, name: str) -> str | None:
        """What is written for a token (without braces), None for one that means nothing here."""
        if name in self.by_token:
            return self.by_token[name].forms[""]
        role, _, form = name.rpartition(".")
        if role not in self.by_token or not form:
            return None
        forms = self.by_token[role].forms
        return typo_of(forms[""], self.company, _chance(f"{self.seed}:{role}")) if form == "typo" else forms.get(form)


def pick_roles(
    company: Company, seed: int, writer: Writer = "employee", *, texts: Iterable[str] = (), ambiguous: bool = False
) -> Roles:
    """Pick the writer and everybody and everything that is named relative to them.

    `texts`: what will be filled. Records are picked so that every token in them can be: `{report}` needs a manager,
    `{app.have.alias}` an app with an alias of its own, and a single name (`.first`, `.last`, `.nick`) must mean one person
    in the company, or several if `ambiguous`.
    Raises ValueError when nobody in the company fits.
    """
    chance = _chance(f"roles:{seed}")
    wanted = {token for text in texts for token in tokens_in(text)}
    candidates = [person for person in company.people if _may_write(person, writer, company, wanted)]
    for me in chance.sample(candidates, len(candidates)):
        roles = Roles(me, _around(company, me, chance, wanted, ambiguous=ambiguous), company, seed)
        if all(roles.words(token) is not None for token in wanted if _is_role(token)):
            return roles
    raise ValueError(f"nobody in the company is a {writer} for whom all of these exist: {', '.join(sorted(wanted))}")


def fill(text: str, roles: Roles) -> str:
    """Put words in the place of every token that is a role. All other braces stay as they are."""

    def words(match: re.Match[str]) -> str:
        written = roles.words(match[1])
        return match[0] if written is None else written

    return _TOKEN.sub(words, text)


def tokens_in(text: str) -> list[str]:
    """Everything in braces that could be a token, without the braces."""
    return _TOKEN.findall(text)


def _chance(seed: str) -> random.Random:
    return random.Random(seed)


def _is_role(token: str) -> bool:
    return token.partition(".")[0] in {
        "me", "manager", "colleague", "report", "device", "app", "service", "group", "location",
    }  # fmt: skip


def _may_write(person: Person, writer: Writer, company: Company, wanted: set[str]) -> bool:
    leads = any(other.manager == person.id for other in company.people)
    if not person.active or person.privileged or person.manager is None:
        return False
    if writer == "manager":
        return leads
    if writer == "contractor":
        return person.employment == "contractor"
    if writer == "service_desk":
        return person.title == "Service Desk Analyst" and person.employment == "employee"
    needs_reports = any(token.partition(".")[0] == "report" for token in wanted)
    return person.employment == "employee" and leads == needs_reports and person.department != "IT"


def _around(
    company: Company, me: Person, chance: random.Random, wanted: set[str], *, ambiguous: bool
) -> dict[str, Role]:
    found: dict[str, Role] = {}

    def add_person(name: str, person: Person | None) -> None:
        if person is None:
            return
        found[name] = Role("person", person.id, person_forms(person))
        laptop = next((d for d in company.devices if d.owner == person.id and d.kind == "laptop"), None)
        if laptop:
            found[f"{name}.device"] = Role("device", laptop.id, device_forms(laptop))
        found[f"{name}.group"] = Role("group", person.groups[1], {"": person.groups[1], "name": person.groups[1]})

    def fair(people: Iterable[Person], name: str) -> Person | None:
        fitting = [one for one in people if _can_be_written(one, name, company, wanted, ambiguous=ambiguous)]
        return chance.choice(fitting) if fitting else None

    everybody = [one for one in company.people if one.active and one.id != me.id and not one.privileged]
    boss = [one for one in company.people if one.id == me.manager]
    add_person("me", me)
    add_person("manager", fair(boss, "manager"))
    add_person("report", fair([one for one in everybody if one.manager == me.id], "report"))
    elsewhere = [one for one in everybody if one.department not in {me.department, "IT", "Executive"}]
    add_person("colleague", fair([one for one in elsewhere if one.manager != me.id and one.phone], "colleague"))
    if "me.device" in found:
        found["device"] = found["me.device"]
    found["group"] = found["me.group"]
    found["location"] = Role("location", me.location, {"": me.location, "name": me.location})
    _add_apps(found, company, me, chance)
    _add_services(found, company, me, chance)
    return found


def _can_be_written(person: Person, name: str, company: Company, wanted: set[str], *, ambiguous: bool) -> bool:
    forms = {token.removeprefix(f"{name}.") for token in wanted if token.startswith(f"{name}.")}
    if "nick" in forms and not person.nicknames:
        return False
    said = {
        "first": first_name(person),
        "last": person.name.rpartition(" ")[2],
        "nick": next(iter(person.nicknames), ""),
    }
    asked = [said[form] for form in forms & said.keys()]
    if not asked or (forms & {"email", "username"}):
        return True
    near = forms & {"department", "team", "location"}  # `{colleague.first} from {colleague.department}`
    place = "location" if near == {"location"} else "department"
    hinted = near and not ambiguous
    among = [p for p in company.people if not hinted or getattr(p, place) == getattr(person, place)]
    counts = called(among)
    return all((counts[folded(word)] > 1) == ambiguous for word in asked)


def _add_apps(found: dict[str, Role], company: Company, me: Person, chance: random.Random) -> None:
    fair = {app.id for app in company.eligible(me)}
    held = {app.id for app in company.apps if app.group in me.groups}
    pools: dict[str, list[App]] = {
        "free": [a for a in company.apps if a.id in fair - held and a.approval == "none"],
        "approval": [a for a in company.apps if a.id in fair - held and a.approval != "none"],
        "forbidden": [a for a in company.apps if a.id not in fair | held],
        "have": [a for a in company.apps if a.id in held],
    }
    for name, pool in pools.items():
        if pool:
            app = chance.choice(pool)
            found[f"app.{name}"] = Role("app", app.id, thing_forms(app, company, chance))


def _add_services(found: dict[str, Role], company: Company, me: Person, chance: random.Random) -> None:
    usual = [one for one in company.services if one.id not in _UNUSUAL and one.kind in {"application", "platform"}]
    mine = [one for one in usual if set(one.users) & {*me.groups, "everyone"}]
    if not mine:
        return
    service = chance.choice(mine)
    found["service"] = Role("service", service.id, thing_forms(service, company, chance))
    related = {service.id} | {edge.needs for edge in company.dependencies if edge.service == service.id}
    related |= {edge.service for edge in company.dependencies if edge.needs == service.id}
    apart: list[Service] = [one for one in usual if one.id not in related]
    if apart:
        other = chance.choice(apart)
        found["service.other"] = Role("service", other.id, thing_forms(other, company, chance))
