"""Plays one conversation: sets up what is given, says the turns, and judges how it ended."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, field, replace
from typing import Any

from bench.conversation_form import Conversation
from bench.estate_record import EstateRecord
from bench.given_form import texts_of
from bench.given_setting import CannotSet, Setting
from bench.happenings import Told, read_happenings
from bench.judging import Judged, judge
from bench.roles import Roles, fill, pick_roles
from bench.story_told import missing_of_story
from bench.suite_channels import Channels, NotHeard
from bench.suite_house import SuiteHouse, Unsettled
from bench.talking import NotReachable, Talk, open_line
from tickless.domain.errors import TicklessError
from tickless.flow.intake import CONSUMER

SEEDS = 40
SETTINGS = 5
"""How many casts are tried for one entry, when what is given cannot be made true for the first."""


@dataclass(frozen=True)
class Played:
    """One conversation and what came of it. Plain values only: it travels between processes."""

    id: str
    file: str
    writer: str
    channel: str
    needs: tuple[str, ...]
    problems: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    solvable: int = 0
    solved: int = 0
    per_need: tuple[tuple[str, bool, bool, bool], ...] = ()
    """Need, whether it came about as expected, whether it could be solved, whether it was."""
    handed_off: int = 0
    carried: int = 0
    reached: bool = True
    brain: str = ""
    seconds: float = 0.0
    transcript: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        return not self.problems


def seed_of(conversation: Conversation) -> int:
    """The same conversation always has the same people, whatever stands around it."""
    return zlib.crc32(conversation.id.encode())


def roles_for(house: SuiteHouse, conversation: Conversation, tries: int = 0) -> Roles:
    """Pick the people. A request that waits for the writer's yes is for an app that managers decide on. Raises ValueError."""
    texts = texts_of(conversation.model_dump(exclude={"id", "file", "writer", "channel"}))
    approves = any(end.need == "approval_answer" for end in conversation.ends)
    first = seed_of(conversation) + tries * SEEDS
    for seed in range(first, first + SEEDS):
        roles = pick_roles(house.company, seed, conversation.writer, texts=texts)
        app = roles.by_token.get("app.approval")
        if not approves or app is None or house.company.app(app.ref).approval == "manager":
            return roles
    return roles


class Player:
    """Plays conversations one after the other in one house."""

    def __init__(self, house: SuiteHouse, channels: Channels) -> None:
        self._house = house
        self._channels = channels
        self._record = EstateRecord(house.estate, house.company)
        self._owners = {device.id: device.owner or "" for device in house.company.devices}
        world = house.house.world.world()
        self._near = {one: frozenset({one, *world.upstream_of(one)}) for one in world.services}

    def play(self, conversation: Conversation) -> Played:
        """Play it from a clean state. Never raises: what went wrong with the entry itself is a problem of it."""
        begun = time.monotonic()
        played = Played(
            conversation.id,
            conversation.file,
            conversation.writer,
            conversation.channel,
            tuple(end.need for end in conversation.ends),
        )
        try:
            made: dict[str, Any] = self._play(conversation)
        except NotReachable as error:
            made = {"problems": (str(error),), "reached": False}
        except NotHeard as error:
            made = {"problems": (str(error),)}
        except (CannotSet, ValueError, KeyError, TicklessError) as error:
            made = {"problems": (f"it could not be set up: {type(error).__name__}: {error}",)}
        except Exception as error:  # noqa: BLE001 (one entry that breaks must not hide the others)
            made = {"problems": (f"it broke: {type(error).__name__}: {error}",)}
        solvable = sum(1 for end in conversation.ends if {"verified", "confirmed"} & set(end.outcome))
        more = {"solvable": solvable, "brain": self._house.brain, **made, "seconds": time.monotonic() - begun}
        return replace(played, **more)

    def _play(self, conversation: Conversation) -> dict[str, Any]:
        house = self._house
        roles = self._set_up(conversation)
        impostor = conversation.writer == "impostor"
        line = open_line(house, conversation.channel, None if impostor else roles.me, self._channels)
        talk = Talk(house, line, roles.me.phone, honest=not impostor)
        before, position = self._record.read(), self._position()
        trouble = self._say_all(conversation, roles, talk)
        effects = [self._record.of_effect(effect) for effect in self._record.effects()]
        changes = [*self._record.changes(before, self._record.read()), *effects]
        signals = [logged.signal for logged in house.house.journal.signals.after(position, 1_000)]
        writer = None if impostor else roles.me.id
        told = read_happenings(house, line.conversation, signals, writer)
        lines = talk.lines()
        said = [one.text.raw for one in lines if one.author == "tickless"]
        judged = judge(conversation, roles, told, said=said, changes=changes, owners=self._owners, near=self._near)
        lacking = [text for case in told.handed_off for text in missing_of_story(house, case, lines)[:1]]
        transcript = [f"{one.name}> {one.text.raw}" for one in lines]
        transcript += [f"  = {one}" for one in told.happenings] + [f"  ! {change}" for change in changes]
        return self._result(judged, told, lacking, trouble, transcript)

    def _set_up(self, conversation: Conversation) -> Roles:
        """Make true what is given, with the first people for whom it can be. Raises `CannotSet`."""
        for tries in range(SETTINGS):
            self._house.begin_anew()
            roles = roles_for(self._house, conversation, tries)
            try:
                Setting(self._house, roles).make(conversation.given)
                return roles
            except CannotSet:
                if tries == SETTINGS - 1:
                    raise
        raise CannotSet("nobody fits")

    def _position(self) -> int:
        with self._house.house.journal.read() as tx:
            return tx.coordination.cursor(CONSUMER)

    @staticmethod
    def _say_all(conversation: Conversation, roles: Roles, talk: Talk) -> list[str]:
        """Say the turns; returns what went wrong with saying them."""
        for number, turn in enumerate(conversation.turns):
            if turn.otherwise == "skip" and not talk.is_asked():
                continue
            try:
                talk.say(fill(turn.says, roles))
            except Unsettled as error:
                return [f"after turn {number + 1} the house did not come to rest: {error}"]
        return []

    @staticmethod
    def _result(
        judged: Judged, told: Told, lacking: list[str], trouble: list[str], transcript: list[str]
    ) -> dict[str, Any]:
        per_need = tuple(
            (one.end.need, found is not None, one.solvable, bool(found and found.outcomes & {"verified", "confirmed"}))
            for one, found in judged.matched
        )
        return {
            "problems": (*trouble, *judged.problems),
            "wrong": judged.wrong,
            "solvable": judged.solvable,
            "solved": judged.solved,
            "per_need": per_need,
            "handed_off": len(told.handed_off),
            "carried": len(told.handed_off) - len(lacking),
            "transcript": tuple(transcript + [f"  the hand-off lacks {text}" for text in lacking]),
        }
