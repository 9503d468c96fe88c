"""On-call: schedules, overrides, who it is, pages, calendars. Policy decides who may."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import AwareDatetime, Field

from tickless.domain.oncall import Load, Notice, OverrideDraft, PageOut, Schedule, ScheduleDraft, Shift
from tickless.domain.oncall_rules import PagingRules, PagingRulesDraft, Ways
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.oncall import ScheduleShown
from tickless.flow.desk.practices.oncall_rules import RulesShown
from tickless.practices.known.calendar import MEDIA_TYPE

router = new_router("on-call")
Named = Annotated[str | None, Query(max_length=200)]


class ScheduleStanding(Shown):
    """A schedule as it stands: who it is now, the shifts and gaps of four weeks, the load of eight."""

    schedule: Schedule
    now: str | None
    shifts: list[Shift]
    gaps: list[Shift]
    load: list[Load]


class OnCallNow(Shown):
    schedule: str
    title: str
    person: str | None = Field(description="Null: nobody is on call")


class CalendarIn(Given):
    """An iCalendar file; the title of each event names a person."""

    calendar: Annotated[str, Field(max_length=2_000_000)]
    dry_run: bool = False


class CalendarTaken(Shown):
    made: int
    unknown: list[str] = Field(description="Titles that name nobody who is known")


class ChannelReach(Shown):
    channel: str
    not_reached: str = Field(description="Why they are not reached there; empty: they are")


class RulesStanding(Shown):
    """How somebody is paged, with their own rules or by the default."""

    person: str
    rules: PagingRules | None = Field(description="Null: they have none, and the default counts")
    urgent: Ways
    other: Ways
    channels: list[ChannelReach]


class NoticeStanding(Shown):
    notice: Notice
    sent_at: AwareDatetime | None = Field(description="Null: it is not there yet")
    failed: bool = Field(description="It will never be there; `reason` says why")
    reason: str


class PageStanding(Shown):
    page: PageOut
    sent: list[NoticeStanding]


def _whose(person: str) -> str | None:
    return None if person == "me" else person


def _rules(shown: RulesShown) -> RulesStanding:
    reach = [ChannelReach(channel=name, not_reached=why) for name, why in shown.channels]
    return RulesStanding(person=shown.person, rules=shown.rules, urgent=shown.urgent, other=shown.other, channels=reach)


def _standing(shown: ScheduleShown) -> ScheduleStanding:
    return ScheduleStanding(schedule=shown.schedule, now=shown.now, shifts=list(shown.shifts), gaps=list(shown.gaps),
                            load=list(shown.load))  # fmt: skip


@router.get("/on-call", summary="Who is on call now")
def list_on_call(desk: DeskHere, visitor: Reader, service: Named = None) -> Page[OnCallNow]:
    """For a service, or for each schedule."""
    found = desk.practices.on_call.who(service)
    return Page(items=[OnCallNow(schedule=one.id, title=one.title, person=person) for one, person in found])


@router.get("/on-call/schedules", summary="List schedules")
def list_schedules(desk: DeskHere, visitor: Reader) -> Page[Schedule]:
    return Page(items=desk.practices.on_call.listed())


@router.post("/on-call/schedules", summary="Write a schedule down", status_code=201)
def add_schedule(desk: DeskHere, visitor: CaseReader, given: ScheduleDraft) -> Schedule:
    return desk.practices.on_call.keep(given, by=keeper_of(visitor))


@router.get("/on-call/schedules/{identity}", summary="One schedule")
def get_schedule(desk: DeskHere, visitor: Reader, identity: str) -> ScheduleStanding:
    return _standing(desk.practices.on_call.show(identity))


@router.put("/on-call/schedules/{identity}", summary="Write a schedule anew")
def put_schedule(desk: DeskHere, visitor: CaseReader, identity: str, given: ScheduleDraft) -> Schedule:
    """Its overrides stay."""
    return desk.practices.on_call.keep(given, by=keeper_of(visitor), identity=identity)


@router.post("/on-call/schedules/{identity}/retire", summary="Retire a schedule")
def retire_schedule(desk: DeskHere, visitor: CaseReader, identity: str) -> Schedule:
    return desk.practices.on_call.retire(identity, by=keeper_of(visitor))


@router.post("/on-call/schedules/{identity}/overrides", summary="Somebody else for a time")
def add_override(desk: DeskHere, visitor: CaseReader, identity: str, given: OverrideDraft) -> Schedule:
    """Whoever is on a schedule may swap on it."""
    return desk.practices.on_call.override(identity, given, by=keeper_of(visitor))


@router.delete("/on-call/schedules/{identity}/overrides/{override}", summary="End an override")
def end_override(desk: DeskHere, visitor: CaseReader, identity: str, override: str) -> Schedule:
    return desk.practices.on_call.end_override(identity, override, by=keeper_of(visitor))


@router.get("/on-call/schedules/{identity}/calendar", summary="Shifts as a calendar",
            responses={200: {"content": {"text/calendar": {}}, "description": "iCalendar (RFC 5545)"}},
            response_class=Response)  # fmt: skip
def schedule_calendar(desk: DeskHere, visitor: Reader, identity: str, person: Named = None) -> Response:
    """The last week and the next eight; of one person, if one is named."""
    return Response(desk.practices.on_call.calendar(identity, person=person), media_type=MEDIA_TYPE)


@router.post("/on-call/schedules/{identity}/calendar", summary="Take shifts from a calendar")
def take_calendar(desk: DeskHere, visitor: CaseReader, identity: str, given: CalendarIn) -> CalendarTaken:
    """Each event becomes an override; the same calendar again changes nothing."""
    done = desk.practices.on_call.read_in(identity, given.calendar, by=keeper_of(visitor), dry_run=given.dry_run)
    return CalendarTaken(made=done.made, unknown=list(done.unknown))


@router.get("/on-call/rules", summary="Who has rules for being paged")
def list_paging_rules(desk: DeskHere, visitor: Reader) -> Page[PagingRules]:
    """Whoever has none is paged at once, in the channel in which they were heard last."""
    return Page(items=desk.practices.on_call.rules.listed())


@router.get("/on-call/rules/{person}", summary="How somebody is paged")
def get_paging_rules(desk: DeskHere, visitor: CaseReader, person: str) -> RulesStanding:
    """`me`: the one who asks. With the channels there are, and why somebody is not reached in one."""
    return _rules(desk.practices.on_call.rules.show(_whose(person), by=keeper_of(visitor)))


@router.put("/on-call/rules/{person}", summary="Say how somebody is paged")
def put_paging_rules(desk: DeskHere, visitor: CaseReader, person: str, given: PagingRulesDraft) -> PagingRules:
    """Everybody their own, an operator or administrator anybody's."""
    return desk.practices.on_call.rules.keep(_whose(person), given, by=keeper_of(visitor))


@router.delete("/on-call/rules/{person}", summary="Be paged by the default again")
def drop_paging_rules(desk: DeskHere, visitor: CaseReader, person: str) -> RulesStanding:
    return _rules(desk.practices.on_call.rules.drop(_whose(person), by=keeper_of(visitor)))


@router.get("/on-call/pages", summary="Who was called for what")
def list_pages(
    desk: DeskHere, visitor: Reader, state: Annotated[str | None, Query(max_length=30)] = None
) -> Page[PageOut]:
    """The latest first."""
    return Page(items=desk.practices.on_call.pages.listed(state=state))


@router.get("/on-call/pages/{identity}", summary="One page, with what was sent for it")
def get_on_call_page(desk: DeskHere, visitor: CaseReader, identity: str) -> PageStanding:
    """To whom, by which of their rules, where, and whether it got there."""
    pages = desk.practices.on_call.pages
    found = pages.show(identity)
    sent = [NoticeStanding(notice=one.notice, sent_at=one.sent_at, failed=one.failed, reason=one.reason)
            for one in pages.sent(found)]  # fmt: skip
    return PageStanding(page=found, sent=sent)


@router.post("/on-call/pages/{identity}/acknowledge", summary="Say that you have it")
def acknowledge_page(desk: DeskHere, visitor: CaseReader, identity: str) -> PageOut:
    """Nobody else is called."""
    return desk.practices.on_call.pages.acknowledge(identity, by=keeper_of(visitor))


@router.post("/on-call/pages/{identity}/pass-on", summary="Call the next one")
def pass_page_on(desk: DeskHere, visitor: CaseReader, identity: str) -> PageOut:
    """You cannot take it: the next step of the escalation calls at once."""
    return desk.practices.on_call.pages.pass_on(identity, by=keeper_of(visitor))
