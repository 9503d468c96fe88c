"""What doors may ask about what is held back: silences, with a preview before and a review after; and handing back at once."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.domain.hold import Hold, HoldReason
from tickless.domain.matchers import Matcher
from tickless.domain.silence import Silence, SilenceState
from tickless.flow.desk.previewing import EXAMPLES, Previewing
from tickless.flow.keeping import Keeper
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.holds import MOST_OF_REF, OPEN, Tally
from tickless.kit.ids import new_id
from tickless.stages.correlate.hygiene.judging import Rules
from tickless.stages.correlate.hygiene.silencing import Remark, about_service, check_silence, expire, extend, remarks
from tickless.stages.decide.policy_requests import Principal, Resource

KEPT_FOR = dt.timedelta(days=30)
"""How long it is remembered what was held back."""
TIDY_EVERY = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Draft:
    """A silence as somebody wants it. `starts_at` None: now. `owner` empty: who makes it."""

    matchers: tuple[Matcher, ...]
    reason: str
    ends_at: dt.datetime
    starts_at: dt.datetime | None = None
    owner: str = ""


@dataclass(frozen=True)
class Shown:
    """A silence as it stands."""

    silence: Silence
    state: SilenceState
    tally: Tally
    remarks: tuple[Remark, ...] = ()


class HoldingDesk(Previewing):
    """Everything that changes something is ruled by policy and audited. Raises `Forbidden` with the policies' reasons."""

    def __init__(self, rooms: Rooms, rules: Rules, *, wake: Callable[[], None]) -> None:
        self.rules = rules
        super().__init__(rooms)
        self._wake = wake
        self._tidied_at: dt.datetime | None = None

    def silence(self, draft: Draft, *, by: Keeper) -> Silence:
        """Make one. Raises `BadInput`, `Forbidden`."""
        now = self._rooms.clock.now()
        made = Silence(
            id=new_id("sil"),
            owner=self._owner(draft.owner, by),
            reason=draft.reason,
            matchers=draft.matchers,
            starts_at=max(draft.starts_at or now, now),
            ends_at=draft.ends_at,
            made_by=by.by,
            made_at=now,
            updated_at=now,
        )
        checked_one = check_silence(made, self.rules.limits, now=now)
        self._allow(checked_one, by, until=checked_one.ends_at, now=now)
        with self._rooms.journal.write() as tx:
            tx.silences.put(checked_one)
            self._audit(tx, checked_one, "silence.made", by, now)
        return checked_one

    def extend(self, identity: str, *, until: dt.datetime, by: Keeper) -> Silence:
        """Let it end later, or earlier. Raises `NotFound`, `Conflict`, `BadInput`, `Forbidden`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            longer = extend(_known(tx, identity, lock=True), until=until, limits=self.rules.limits, now=now)
            self._allow(longer, by, until=longer.ends_at, now=now)
            tx.silences.put(longer)
            tx.holds.look_again(identity, at=until)
            self._audit(tx, longer, "silence.extended", by, now)
        return longer

    def expire(self, identity: str, *, by: Keeper) -> Silence:
        """End it now: what still fires is handed back. Raises `NotFound`, `Conflict`, `Forbidden`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            over = expire(_known(tx, identity, lock=True), now=now)
            self._allow(over, by, until=now, now=now)
            tx.silences.put(over)
            tx.holds.look_again(identity, at=now)
            self._audit(tx, over, "silence.expired", by, now)
        self._wake()
        return over

    def replace(self, identity: str, draft: Draft, *, by: Keeper) -> Silence:
        """What other systems' clients do to change one: the old one ends, a new one stands. In that order of checks: when the
        new one may not be, the old one stays."""
        made = self.silence(draft, by=by)
        with self._rooms.journal.read() as tx:
            old = _known(tx, identity)
        if old.state(self._rooms.clock.now()) != "expired":
            self.expire(identity, by=by)
        return made

    def hand_back(self, source: str, fingerprint: str, *, by: Keeper) -> Hold:
        """Let an alert that is held back go on to cases now, whatever holds it. Raises `NotFound`, `Forbidden`."""
        now = self._rooms.clock.now()
        self._allow(None, by, until=now, now=now)
        with self._rooms.journal.write() as tx:
            hold = tx.holds.open_of(source, fingerprint)
            if hold is None:
                raise NotFound("this alert is not held back", mend="look at the list: tickless alert list --state held")
            freed = tx.holds.put(hold.model_copy(update={"until": now, "release": by.by}))
            tx.audit.append(at=now, actor=by.by, action="alert.handed_back", subject=f"alert:{source}:{fingerprint}"[:300],
                            detail={"hold": hold.id, "reason": hold.reason, "why": hold.why})  # fmt: skip
        self._wake()
        return freed

    def hand_all_back(self, *, ref: str = "", reason: HoldReason | None = None, by: Keeper) -> int:
        """Let everything go on to cases now that one silence, window of work or case holds back, or that is held back for one
        reason; how many alerts. What fires anew later is held back again. Raises `BadInput`, `Forbidden`."""
        if bool(ref) == (reason is not None):
            raise BadInput("say what holds them back: one thing, or one reason", mend="give either of the two")
        now = self._rooms.clock.now()
        self._allow(None, by, until=now, now=now)
        with self._rooms.journal.write() as tx:
            table = tx.holds.table.c
            wanted = table.ref == ref if ref else table.reason == reason
            held = tx.holds.where(wanted, table.state == OPEN, order=table.since, limit=MOST_OF_REF)
            tx.holds.put_all(one.model_copy(update={"until": now, "release": by.by}) for one in held)
            if held:
                subject = f"held_by:{ref}"[:300] if ref else f"held_as:{reason}"
                tx.audit.append(at=now, actor=by.by, action="alert.all_handed_back", subject=subject,
                                detail={"alerts": len(held), "some": [one.fingerprint for one in held[:EXAMPLES]]})  # fmt: skip
        if held:
            self._wake()
        return len(held)

    def one(self, identity: str) -> Shown:
        """Raises `NotFound`."""
        with self._rooms.journal.read() as tx:
            return self._shown(tx, [_known(tx, identity)])[0]

    def silences(self, *, over: bool = False, limit: int = 500) -> list[Shown]:
        """Those that last or are still to come, the one that ends first in front; `over`: those that are over, newest first."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            table = tx.silences.table.c
            if over:
                return self._shown(tx, tx.silences.where(table.ends_at <= now, order=table.ends_at.desc(), limit=limit))
            return self._shown(tx, tx.silences.where(table.ends_at > now, order=table.ends_at, limit=limit))

    def review(self) -> list[Shown]:
        """Those that somebody should look at, the ones with most against them first."""
        found = [one for one in self.silences() if one.remarks]
        return sorted(found, key=lambda one: (-len(one.remarks), one.silence.ends_at))

    def tidy(self, now: dt.datetime) -> None:
        """By the clock: what was held back long ago is forgotten."""
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at = now
            with self._rooms.journal.write() as tx:
                tx.holds.forget(before=now - KEPT_FOR)

    def _shown(self, tx: Tx, silences: Sequence[Silence]) -> list[Shown]:
        now, people = self._rooms.clock.now(), self._rooms.world().people
        tallies = tx.holds.tallies([one.id for one in silences])
        found = []
        for one in silences:
            tally, owner = tallies.get(one.id, Tally()), people.get(one.owner)
            here = owner.active if owner is not None else one.owner.startswith("user:")
            noted = remarks(one, held=tally.total, owner_here=here, now=now, limits=self.rules.limits)
            found.append(Shown(one, one.state(now), tally, noted))
        return found

    def _owner(self, name: str, by: Keeper) -> str:
        if not name:
            return by.by
        person = self._rooms.world().person_called(name)
        if person is None:
            raise NotFound(f"there is nobody called {name[:80]!r}", mend="give a user name or an address")
        return person.id

    def _allow(self, silence: Silence | None, by: Keeper, *, until: dt.datetime, now: dt.datetime) -> None:
        world = self._rooms.world()
        owns = frozenset(
            one.id for one in world.services.values() if by.person is not None and one.owner == by.person.id
        )
        about = about_service(silence, world.services) if silence is not None else list(world.services)
        named = silence is not None and any(
            one.name == "service" and not one.how.startswith("!") for one in silence.matchers
        )
        ruling = self._rooms.policy.may(
            principal=_principal(by, owns),
            action="silence",
            resource=Resource.house(),
            context={
                "assurance": by.assurance,
                "hours": max(0, math.ceil((until - now).total_seconds() / 3_600)),
                "criticality": min((world.services[one].criticality or 1 for one in about), default=4),
                "owned": named and bool(about) and owns.issuperset(about),
            },
        )
        if not ruling.allowed:
            raise Forbidden(" ".join(reason.text for reason in ruling.reasons), detail=f"{by.by}: silence")

    @staticmethod
    def _audit(tx: Tx, silence: Silence, action: str, by: Keeper, now: dt.datetime) -> None:
        detail = {"matchers": silence.written, "reason": silence.reason, "owner": silence.owner,
                  "from": silence.starts_at.isoformat(), "until": silence.ends_at.isoformat()}  # fmt: skip
        tx.audit.append(at=now, actor=by.by, action=action, subject=f"silence:{silence.id}", detail=detail)


def _known(tx: Tx, identity: str, *, lock: bool = False) -> Silence:
    return tx.silences.need(identity, lock=lock)


def _principal(by: Keeper, owns: frozenset[str]) -> Principal:
    if by.person is not None:
        return Principal.person(by.person, roles=by.roles, owns=owns)
    nobody = Principal.nobody()
    return Principal("User", by.by, {**nobody.attributes, "id": by.by, "roles": sorted(by.roles)})
