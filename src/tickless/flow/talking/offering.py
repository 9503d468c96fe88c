"""“What can I ask for?”: the catalogue in the conversation, as far as it is for this person, each item to be tapped or said;
and who answers for what is not in it. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from tickless.domain.card import ListCard, store_card
from tickless.domain.catalogue import CatalogueItem
from tickless.domain.finding import Finding
from tickless.domain.person import Person
from tickless.domain.signal import Sender, Signal
from tickless.domain.world import World
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.practices.catalogue import sentence, shelves_for
from tickless.stages.understand.browsing import asks_whether, looks_round
from tickless.stages.understand.spelling import fold

AT_ONCE = 12
"""Items that are shown without their groups first; and of a group on one page."""
OFFERS, THING = "offers", "offers_thing"
"""Slots of a finding that looks round in the catalogue."""


def as_looking_round(finding: Finding, signal: Signal, *, known: Callable[[str], bool]) -> Finding:
    """The finding as one of the catalogue, where the words are plain and mean nothing else. `known`: whether an article surely
    answers that question."""
    said = (signal.body or signal.title).tame(200)
    wanted = looks_round(said)
    if wanted is not None and finding.act in {"need", "small_talk", "out_of_scope"}:
        slots = {OFFERS: wanted[0], "page": str(wanted[1])}
        return finding.model_copy(update={"act": "small_talk", "need": None, "kind": None, "slots": slots})
    thing = (
        asks_whether(said) if finding.need in {None, "question"} and finding.act in {"need", "out_of_scope"} else None
    )
    if thing is None or (finding.need is not None and known(said)):
        return finding
    return finding.model_copy(update={"act": "small_talk", "kind": None, "slots": {THING: thing}})


class Offering:
    """Answers findings that look round; says it in the conversation."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def answers(self, tx: Tx, finding: Finding, sender: Sender, *, key: str, now: dt.datetime) -> bool:
        """Whether the finding looks round; then it is answered."""
        if OFFERS not in finding.slots and THING not in finding.slots:
            return False
        world = self._rooms.world()
        person = world.people.get(sender.person or "") if sender.assurance != "none" else None
        shelves = shelves_for(world.catalogue.values(), person)
        if THING in finding.slots:
            text, card = self._whether(finding.slots[THING], shelves, world)
        else:
            text, card = _shown(shelves, finding.slots[OFFERS], int(finding.slots.get("page", "1")))
        say(tx, conversation=sender.conversation, case=None, text=text, key=key, at=now, card=store_card(card))
        return True

    def _whether(
        self, thing: str, shelves: dict[str, list[CatalogueItem]], world: World
    ) -> tuple[str, ListCard | None]:
        mine = _called(thing, [item for shelf in shelves.values() for item in shelf])
        if mine:
            return " ".join(_told(item) for item in mine[:3]), _card(phrases.TAP_TO_ASK, mine[:AT_ONCE])
        others = _called(thing, [item for item in world.catalogue.values() if item.active])
        if others:
            return phrases.not_for_you(others[0].name, _for_whom(others[0]), _owner(others[0].owner, world)), None
        service = world.service_named(thing)
        if service is not None:
            return phrases.looked_after(service.name, _owner(service.owner, world)), None
        return phrases.not_offered(thing), _card(phrases.TAP_TO_ASK, [], groups=list(shelves))


def _shown(shelves: dict[str, list[CatalogueItem]], group: str, page: int) -> tuple[str, ListCard | None]:
    """Everything, its groups, or a page of one group."""
    if not shelves:
        return phrases.NOTHING_OFFERED, None
    named = next((name for name in shelves if fold(name) == fold(group)), None)
    if named is None and sum(map(len, shelves.values())) > AT_ONCE:
        listed = "; ".join(f"{name} ({_some(shelf)})" for name, shelf in shelves.items())
        return f"{phrases.YOU_CAN_ASK_FOR} {listed}.", _card(phrases.TAP_A_GROUP, [], groups=list(shelves))
    items = shelves[named] if named else [item for shelf in shelves.values() for item in shelf]
    part = items[(page - 1) * AT_ONCE : page * AT_ONCE] or items[:AT_ONCE]
    more = ((phrases.MORE, f"what can I ask for in {named}, page {page + 1}"),) if len(items) > page * AT_ONCE else ()
    return f"{phrases.YOU_CAN_ASK_FOR} {'; '.join(map(_line, part))}.", _card(phrases.TAP_TO_ASK, part, more=more)


def _card(
    title: str, items: list[CatalogueItem], *, groups: list[str] | None = None, more: tuple[tuple[str, str], ...] = ()
) -> ListCard:
    taps = [(_line(item)[:120], sentence(item)) for item in items]
    taps += [(name, f"what can I ask for in {name}") for name in groups or []]
    return ListCard(title=title, items=(*taps, *more))


def _line(item: CatalogueItem) -> str:
    return f"{item.name} ({item.lead_time})" if item.lead_time else item.name


def _some(shelf: list[CatalogueItem]) -> str:
    named = ", ".join(item.name for item in shelf[:3])
    return f"{named} and {len(shelf) - 3} more" if len(shelf) > 3 else named


def _told(item: CatalogueItem) -> str:
    parts = [f"{item.name}: {item.summary.rstrip('.')}."]
    parts += [f"It takes {item.lead_time}."] if item.lead_time else []
    parts += [f"It needs a yes from {item.approval}."] if item.approval else []
    parts += [f"Support: {item.support.rstrip('.')}."] if item.support else []
    return " ".join(parts)


def _for_whom(item: CatalogueItem) -> str:
    kinds = " and ".join(f"{kind}s" for kind in item.employment)
    return " of ".join(part for part in (kinds or "people", ", ".join(item.departments)) if part)


def _owner(owner: str | None, world: World) -> str:
    person: Person | None = world.people.get(owner or "")
    return f"{person.name} ({person.department})" if person is not None else ""


def _called(thing: str, items: list[CatalogueItem]) -> list[CatalogueItem]:
    """The items whose names have all the words of the thing."""
    words = set(re.findall(r"[a-z0-9]{2,}", fold(thing)))
    return [item for item in items if words and words <= set(re.findall(r"[a-z0-9]{2,}", fold(item.name)))]
