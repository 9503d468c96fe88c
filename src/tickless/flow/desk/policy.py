"""What doors may ask about policy: what holds, who may do what, why, and what another set would say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.ai.models import Models
from tickless.domain.autonomy import rung_for
from tickless.domain.decision import Decision, PolicyQuestion
from tickless.domain.errors import BadInput, NotFound, Problem
from tickless.domain.person import Person
from tickless.domain.policy_set import PolicySet
from tickless.flow.calling import operation_of
from tickless.flow.consulting import model_principal
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.decide.brake_facts import held_back
from tickless.stages.decide.policy import PolicyEngine, Ruling
from tickless.stages.decide.policy_explain import ACTIONS, Differs, Explained, ask, compare, explain
from tickless.stages.decide.policy_files import PoliciesInvalid, PolicyText, compile_policies
from tickless.stages.decide.policy_requests import CONTEXT_DEFAULTS, Principal, Resource

MOST_DECISIONS = 10_000
MOST_FILES = 100
ORDINARY: Mapping[str, Any] = {
    "assurance": "signed_in", "acting_for_self": True, "identity_age_days": 10_000, "asked_for_others": 0, "resets_lately": 0,
    "criticality": 3, "blast_radius": 1, "affected_services": 1, "affected_people": 1, "circuit_open": False,
    "eligible": True, "privileged_target": False, "sources": 1, "borrowed_key": False, "use": "understand",
}  # fmt: skip
"""What is taken where nobody says otherwise, when somebody only wants to know: an ordinary case, told with the answer."""


@dataclass(frozen=True)
class PolicyState:
    """What holds, and what is wrong with what lies in the folder."""

    set: PolicySet
    texts: tuple[PolicyText, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Able:
    """Somebody, and what policy says to them. `name`: how people call them."""

    id: str
    name: str
    kind: str
    ruling: Ruling


@dataclass(frozen=True)
class Compared:
    """What another set would say. `problems`: it is no valid set, so nothing was asked."""

    problems: tuple[Problem, ...]
    asked: int
    differs: tuple[Differs, ...]
    version: str = ""


class PolicyDesk:
    """Reads block: call them in a thread."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def state(self) -> PolicyState:
        policing = self._rooms.policing
        return PolicyState(policing.set, policing.engine.texts, policing.problems)

    async def sync(self, *, by: str) -> tuple[Problem, ...]:
        """Read the folder now; what is wrong with it, and then what held goes on holding."""
        return await asyncio.to_thread(lambda: self._rooms.policing.sync(by=by))

    def explain(self, who: str, action: str, what: str, given: Mapping[str, str]) -> Explained:
        """The answer and why. `given`: what differs from an ordinary case. Raises `BadInput`, `NotFound`."""
        with self._rooms.journal.read() as tx:
            _, principal = self._principal(tx, who)
            return explain(self._rooms.policy, self._question(tx, principal, action, what, given))

    def who_can(self, action: str, what: str, given: Mapping[str, str]) -> list[Able]:
        """Everybody with an account or a record, and each token, to whom policy says yes; by name. Raises as `explain`."""
        with self._rooms.journal.read() as tx:
            resource = self._resource(tx, what)
            context = self._context(tx, action, resource, given, what=what)
            found = []
            for name, principal in self._everybody(tx, action):
                ruling = ask(self._rooms.policy, self._asked(principal, action, resource, context))
                if ruling.allowed:
                    found.append(Able(principal.id, name, principal.kind, ruling))
        return sorted(found, key=lambda one: (one.kind, one.name.casefold()))

    def compare(self, files: Mapping[str, str], *, decisions: int) -> Compared:
        """Ask the newest real decisions of another set of files, and say which answers would change."""
        if len(files) > MOST_FILES:
            raise BadInput(f"more than {MOST_FILES} files are no policy folder")
        try:
            other = PolicyEngine(compile_policies(files, name="what was sent"))
        except PoliciesInvalid as error:
            return Compared(error.problems, 0, ())
        with self._rooms.journal.read() as tx:
            table = tx.decisions.table.c
            newest = tx.decisions.where(order=table.decided_at.desc(), limit=min(decisions, MOST_DECISIONS))
        asked = [(_named(one), one.asked) for one in newest if one.asked is not None]
        differs, count = compare(self._rooms.policy, other, asked)
        return Compared((), count, differs, other.version)

    # Who and what

    def _principal(self, tx: Tx, who: str) -> tuple[str, Principal]:
        if who in {"system", "tickless"}:
            return "Tickless itself", Principal.system()
        if who == "model" and self._rooms.models is not None:
            return self._model(self._rooms.models)
        if who.startswith("runbook:"):
            return self._procedure(who.removeprefix("runbook:"))
        if who in {"", "nobody"}:
            return "somebody unknown", Principal.nobody()
        if who.startswith("token:"):
            return self._token(tx, who.removeprefix("token:"))
        if who.startswith("user:"):
            user = tx.access.user_by_login(who.removeprefix("user:"))
            if user is None:
                raise NotFound(f"there is no account {who[:80]!r}")
            person = tx.people.get(user.person) if user.person else None
            if person is None:
                return user.login, Principal.account(f"user:{user.login}", roles=frozenset(user.roles))
            return self._person(tx, person)
        found = tx.people.get(who) or self._rooms.world().person_called(who)
        if found is None:
            raise NotFound(
                f"nobody is called {who[:80]!r}",
                mend="an id, a user name, user:<login>, token:<id>, runbook:<id>, system, model",
            )
        return self._person(tx, found)

    @staticmethod
    def _model(models: Models) -> tuple[str, Principal]:
        return models.settings.label, model_principal(models.settings)

    def _procedure(self, name: str) -> tuple[str, Principal]:
        known = self._rooms.runbooks.get(name)
        if known is None:
            raise NotFound(f"there is no runbook {name[:80]!r}", mend="`tickless runbook list` shows what there is")
        return known.title, Principal.runbook(known)

    def _person(self, tx: Tx, person: Person) -> tuple[str, Principal]:
        users = [user for user in tx.access.users.by(person=person.id) if user.active]
        roles = frozenset(role for user in users for role in user.roles)
        owns = frozenset(one.id for one in self._rooms.world().services.values() if one.owner == person.id)
        return person.name, Principal.person(person, roles=roles, owns=owns)

    def _token(self, tx: Tx, identity: str) -> tuple[str, Principal]:
        found = next((one for one in tx.access.tokens() if one.id == identity), None)
        user = tx.access.users.get(found.user) if found is not None else None
        if found is None or user is None:
            raise NotFound(f"there is no token {identity[:80]!r}")
        return f"{found.name} (of {user.login})", Principal.token(
            found.id,
            owner=user.login,
            roles=frozenset(user.roles),
            scopes=frozenset(found.scopes),
            source=found.source or "",
        )

    def _everybody(self, tx: Tx, action: str) -> list[tuple[str, Principal]]:
        users = [user for user in tx.access.users.where(limit=100_000) if user.active]
        named = {user.person for user in users if user.person}
        found = [self._principal(tx, f"user:{user.login}") for user in users]
        if action == "consult":
            return [self._model(self._rooms.models)] if self._rooms.models is not None else []
        if action == "call":
            return [self._procedure(name) for name in sorted(self._rooms.runbooks)]
        if action == "use":
            found += [self._token(tx, one.id) for one in tx.access.tokens()]
            return found
        owners = {one.owner for one in self._rooms.world().services.values() if one.owner}
        asked = {name for one in tx.approvals.by(state="pending") for name in one.approvers}
        others = (tx.people.get(one) for one in sorted((owners | asked) - named))
        found += [self._person(tx, one) for one in others if one is not None]
        return [*found, *([self._principal(tx, "system")] if action in {"run", "suggest"} else [])]

    def _resource(self, tx: Tx, what: str) -> Resource:
        kind, _, rest = what.strip().partition(":")
        if what.strip() in {"", "house", "main"}:
            return Resource.house()
        if kind == "case" or what.startswith("#"):
            number = (rest or what).removeprefix("#")
            case = tx.cases.by_number(int(number)) if number.isdecimal() and len(number) < 10 else tx.cases.get(number)
            if case is None:
                raise NotFound(f"there is no case {number[:80]!r}")
            inside = frozenset(one.ref.removeprefix("person:") for one in tx.alerts.participants(case.id))
            return Resource.case(case, participants=inside)
        if kind == "approval" or what.startswith("apr_"):
            asked = tx.approvals.need(rest or what)
            return Resource.approval(asked, beneficiary=asked.beneficiary,
                                     parties=frozenset(one for one in (asked.requester, asked.beneficiary) if one))  # fmt: skip
        if kind == "operation":
            return operation_of(self._rooms.registry.find(rest))
        known = self._rooms.runbooks.get((rest if kind == "runbook" else what).partition("@")[0])
        if known is None:
            raise NotFound(
                f"there is nothing called {what[:80]!r}",
                mend="house, case:<number>, approval:<id>, operation:<name>, <runbook> or <runbook>@<service>",
            )
        return Resource.runbook(known)

    def _service(self, what: str) -> str | None:
        """The id of the service in `<runbook>@<service>`; None: of none in particular. Raises `NotFound`."""
        name = what.strip().partition("@")[2]
        if not name:
            return None
        world = self._rooms.world()
        known = world.services.get(name) or world.service_named(name)
        if known is None:
            raise NotFound(f"there is no service {name[:80]!r}", mend="its id or its name")
        return known.id

    def _question(
        self, tx: Tx, principal: Principal, action: str, what: str, given: Mapping[str, str]
    ) -> PolicyQuestion:
        resource = self._resource(tx, what)
        context = self._context(tx, action, resource, given, what=what)
        return self._asked(principal, action, resource, context)

    def _asked(self, principal: Principal, action: str, resource: Resource, context: dict[str, Any]) -> PolicyQuestion:
        """A runbook that calls is asked about with what it says of itself."""
        known = self._rooms.runbooks.get(principal.id) if action == "call" else None
        says = {"effect": known.effect, "reversible": known.undo == "steps"} if known is not None else {}
        return PolicyQuestion(
            principal=_plain(principal), action=action, resource=_plain(resource), context=says | context
        )

    def _context(
        self, tx: Tx, action: str, resource: Resource, given: Mapping[str, str], *, what: str
    ) -> dict[str, Any]:
        defaults = next((fields for name, fields in CONTEXT_DEFAULTS.items() if name == action), None)
        if defaults is None:
            raise BadInput(f"there is no action {action[:60]!r}", mend=f"there are: {', '.join(ACTIONS)}")
        context: dict[str, Any] = {name: value for name, value in ORDINARY.items() if name in defaults}
        runbook = self._rooms.runbooks.get(resource.id) if resource.kind == "Runbook" else None
        if runbook is not None and action in {"run", "suggest"}:
            place = self._service(what)
            where = self._rooms.learn.where(service=place)
            everywhere, _ = self._rooms.learn.rung(tx, runbook.runbook)
            rung = rung_for(where, everywhere=everywhere, scoped=tx.scoped_rungs(runbook.runbook))
            roles = [role for role in runbook.approval.roles if role != "as_app_says"]
            context |= {
                "effect": runbook.effect, "reversible": runbook.undo == "steps", "autonomy": rung, "door": "human",
                "approval_required": [one for one in roles if ":" not in one],
                "bodies_required": [one for one in roles if ":" in one],
                **held_back(tx, [runbook.runbook], [place] if place else [], now=self._rooms.clock.now()),
            }  # fmt: skip
            if where.criticality is not None:
                context |= {"criticality": where.criticality, "environment": where.environment or "prod"}
        unknown = sorted(set(given) - set(defaults))
        if unknown:
            raise BadInput(f"{action} knows no {', '.join(unknown)[:200]}", mend=f"it knows: {', '.join(defaults)}")
        return context | {name: _read(text, like=defaults[name], name=name) for name, text in given.items()}


def _plain(entity: Principal | Resource) -> dict[str, Any]:
    return {"kind": entity.kind, "id": entity.id, "attributes": dict(entity.attributes)}


def _named(made: Decision) -> str:
    return f"{made.id}: {made.kind} {made.plan.runbook if made.plan else ''}".strip()


def _read(text: str, *, like: Any, name: str) -> Any:
    """A word from outside as the field wants it. Raises `BadInput`."""
    if isinstance(like, bool):
        if text.lower() not in {"true", "false", "yes", "no"}:
            raise BadInput(f"{name} is true or false")
        return text.lower() in {"true", "yes"}
    if isinstance(like, int):
        if not text.lstrip("-").isdecimal() or len(text) > 12:
            raise BadInput(f"{name} is a whole number")
        return int(text)
    if isinstance(like, tuple):
        return [one for one in text.replace(",", " ").split() if one]
    return text[:200]
