"""The assisted channel: what a caller's words, or the transcript of a call, would come to; and taking them up."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from tickless.domain.errors import BadInput
from tickless.doors.api.guards import DeskHere, EntranceHere, Talker, new_router
from tickless.doors.api.schemas import Given, Short, Shown
from tickless.doors.api.signal_schemas import Taken
from tickless.doors.api.views import tamed
from tickless.doors.entrance.speaking import Turn, sender_of
from tickless.flow.desk.assisting import Match

CHANNEL = "phone"
LONGEST = 60_000
router: APIRouter = new_router("assist")


class Call(Given):
    """Who is on the phone and what was said: the caller's own words, or lines with `Agent:` and `Caller:`."""

    caller: Short = Field(min_length=1, examples=["ada"])
    text: str = Field(min_length=1, max_length=LONGEST, examples=["Agent: How can I help?\nCaller: I'm locked out"])
    answers: dict[str, str] = Field(
        default={}, max_length=10, description="Triage: impact, symptoms, since, change, service"
    )


class TakeUp(Call):
    """The same, to be worked on. With the same `key` a retry is harmless."""

    conversation: Short | None = None
    key: str = Field(default="", max_length=100)


class NeedShown(Shown):
    need: str | None
    kind: str
    confidence: float


class PromptShown(Shown):
    topic: str
    question: str
    options: list[str]


class MatchShown(Shown):
    """`kind`: incident, own case, planned work, known error, article or runbook; `ref`: a case's number, else an id."""

    kind: str
    title: str
    ref: str
    told: str


class Suggested(Shown):
    """`words`: what would be taken up. `known`: triage that was said already."""

    words: str
    transcript: bool
    needs: list[NeedShown]
    known: dict[str, str]
    prompts: list[PromptShown]
    matches: list[MatchShown]


@router.post("/assist/suggest", summary="What would come of a caller's words?")
def suggest_for_caller(desk: DeskHere, entrance: EntranceHere, visitor: Talker, given: Call) -> Suggested:
    """Likely needs, what is still worth asking, and what is there already. Changes nothing. Takes the right `ask_as`."""
    entrance.require(visitor, "ask_as")
    seen = desk.assisting.suggest(given.text, caller=given.caller, answers=given.answers)
    if not visitor.may("read"):  # what people wrote in their cases is not for everybody who may type for them
        seen = seen.model_copy(update={"matches": tuple(_without_words(one) for one in seen.matches)})
    return Suggested.model_validate(tamed(seen.model_dump()))


def _without_words(match: Match) -> Match:
    return (
        match.model_copy(update={"title": f"An open {match.kind}"}) if match.kind in {"own case", "incident"} else match
    )


@router.post("/assist/transcripts", status_code=202, summary="Take up a call")
async def take_up_transcript(desk: DeskHere, entrance: EntranceHere, visitor: Talker, given: TakeUp) -> Taken:
    """The caller's words become a conversation of theirs, typed by you, unverified: what needs to know who it is asks for a
    code. Triage answers are kept in the case. Takes the right `ask_as`."""
    entrance.require(visitor, "ask_as")
    seen = await run_in_threadpool(
        lambda: desk.assisting.suggest(given.text, caller=given.caller, answers=given.answers)
    )
    if not seen.words:
        raise BadInput("the caller said nothing in it", mend="label the caller's lines with `Caller:`")
    turn = Turn(conversation=given.conversation, speaks_for=given.caller, unverified=True, key=given.key)
    sender = await run_in_threadpool(sender_of, desk.journal, visitor, turn, channel=CHANNEL)
    key = f"{sender.conversation}/{given.key}" if given.key else ""
    said = await desk.say(sender, seen.words, key=key, triage=dict(seen.known))
    return Taken(signal=said.signal, conversation=said.conversation)
