"""Finds groups (directory groups, departments, teams) and places in a message. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickless.domain.person import App, Person
from tickless.domain.service import Service
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.spelling import fold
from tickless.stages.understand.text import Word, is_ordinary, listed
from tickless.stages.understand.things import joined

_NOUNS = listed("team department dept group people staff folks colleagues crew division")
_EVERYBODY = listed("everyone everybody all anyone anybody nobody people colleagues whole")
_AFTER_EVERYBODY = listed("in of from at the our entire")
_LONGEST = 4


@dataclass(frozen=True)
class GroupsIndex:
    """Groups by name, and departments by name. Make it with `index_groups`."""

    names: dict[str, str]
    """Name without blanks and punctuation → directory group."""
    departments: dict[str, str]
    """The same for departments → the group that holds exactly their people, else `department:<name>`."""
    of_person: dict[str, str]
    """Person → their department's group."""

    def find(self, words: Sequence[Word], text: str, *, writer: str | None) -> list[Mention]:
        """`app-crm`, `vpn-users`; `the finance team`, `everybody in finance`, `customer care department`; `my team`."""
        found: list[Mention] = []
        at = 0
        while at < len(words):
            span, mention = self._at(words, at, text, writer)
            if mention:
                found.append(mention)
            at += span
        return found

    def _at(self, words: Sequence[Word], at: int, text: str, writer: str | None) -> tuple[int, Mention | None]:
        for span in range(min(_LONGEST, len(words) - at), 0, -1):
            window = words[at : at + span]
            key = joined("".join(word.plain for word in window))
            written = text[window[0].start : window[-1].end]
            if key in self.names and (span > 1 or not is_ordinary(key)) and (span == 1 or set("-_. ") & set(written)):
                return span, _mention(window, text, self.names[key], 0.95)
            if key in self.departments and self._as_group(words, at, span):
                more = at + span < len(words) and words[at + span].plain in _NOUNS
                return span + more, _mention(words[at : at + span + more], text, self.departments[key], 0.9)
        own = self.of_person.get(writer or "")
        if (
            own
            and words[at].plain in {"my", "our"}
            and at + 1 < len(words)
            and words[at + 1].plain in {"team", "department"}
        ):
            return 2, _mention(words[at : at + 2], text, own, 0.7)
        return 1, None

    @staticmethod
    def _as_group(words: Sequence[Word], at: int, span: int) -> bool:
        """A department's name is a group beside a word such as `team`, or after `everybody in`."""
        if at + span < len(words) and words[at + span].plain in _NOUNS:
            return True
        back = at - 1
        while back >= 0 and words[back].plain in _AFTER_EVERYBODY - {"all"}:
            back -= 1
        return 0 <= back < at - 1 and words[back].plain in _EVERYBODY


def index_groups(people: Iterable[Person], *, apps: Iterable[App], services: Iterable[Service]) -> GroupsIndex:
    """Every group that a person, an app or a service names, and every department."""
    members: dict[str, set[str]] = defaultdict(set)
    departments: dict[str, set[str]] = defaultdict(set)
    for person in people:
        departments[person.department].add(person.id)
        for group in person.groups:
            members[group].add(person.id)
    known = {*members, *(app.group for app in apps if app.group), *(g for one in services for g in one.users)}
    whole = {name: _exactly(staff, members) or f"department:{name}" for name, staff in departments.items() if name}
    return GroupsIndex(
        names={joined(group): group for group in sorted(known) if len(joined(group)) > 2},
        departments={joined(name): group for name, group in whole.items() if joined(name)},
        of_person={person: whole[name] for name, staff in departments.items() if name for person in staff},
    )


def _exactly(staff: set[str], members: dict[str, set[str]]) -> str | None:
    same = sorted(group for group, people in members.items() if people == staff and not group.startswith("app-"))
    return same[0] if same else None


def index_locations(people: Iterable[Person]) -> dict[str, str]:
    """Places where people work, by folded name; everyday words (`remote`) are no places."""
    found = {person.location for person in people if person.location}
    return {joined(place): place for place in sorted(found) if not is_ordinary(fold(place))}


def find_places(locations: dict[str, str], words: Sequence[Word], text: str) -> list[Mention]:
    """Places named exactly, accents aside."""
    found = []
    for at, word in enumerate(words):
        for window in (words[at : at + 2], (word,)):
            place = locations.get(joined("".join(one.plain for one in window)))
            if place and word.latin:
                found.append(
                    Mention(
                        "location", window[0].start, window[-1].end, text[window[0].start : window[-1].end], place, 0.9
                    )
                )
                break
    return found


def _mention(window: Sequence[Word], text: str, group: str, sure: float) -> Mention:
    start, end = window[0].start, window[-1].end
    return Mention("group", start, end, text[start:end].removesuffix("'s"), group, sure, (group,))
