"""Major incidents: what is going on, one of them with its bridge, the page for everybody, rehearsals."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import NotFound
from tickless.domain.major import DeclareDraft, MajorIncident, RehearsalDraft, RolesDraft, UpdateDraft
from tickless.doors.console.frame import Form as Sent
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_forms import parsed, people_and_services
from tickless.doors.console.sheet import (
    Block,
    Cell,
    Facts,
    Field,
    Form,
    Link,
    Rows,
    Sheet,
    Tag,
    What,
    When,
    Words,
    choice,
    listed,
    screen,
    story,
    text,
)
from tickless.doors.console.wording import Tone
from tickless.doors.entrance.holding import keeper_of
from tickless.practices.major.rehearsing import seen_by, total

STATES: dict[str, tuple[str, Tone]] = {
    "rehearsing": ("rehearsal", "info"), "declared": ("going on", "bad"), "stood_down": ("over, not reviewed", "warn"),
    "reviewed": ("reviewed", "good"),
}  # fmt: skip
PURPOSE = "Incidents that take a bridge: who leads, who writes the news, what is known, and until when there is more."


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/major", "read", page),
        frame.deed("/major", "own_cases", declare),
        frame.deed("/major/rehearsals", "own_cases", rehearse),
        frame.show("/major/{id}", "read", one),
        frame.show("/major/{id}/news", "own_cases", news),
        frame.deed("/major/{id}/{deed}", "own_cases", do),
    ]


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.major
    people, services = people_and_services(visit)
    rows = [_row(one, people, services, visit) for one in desk.listed()]
    found = [
        (What(Link(case.title.tame(160), f"/cases/{case.number}"), (f"#{case.number}",)), " ".join(why))
        for case, why in desk.candidates()
    ]
    blocks: tuple[Block, ...] = (
        Rows("Major incidents and rehearsals", ("Incident", "State", "Led by", "Next news"), rows, "There was none",
             "Rehearse one: it is scored, and nothing real is touched."),
        Rows("Incidents that the criteria speak for", ("Incident", "Why"), found, "None"),
    )  # fmt: skip
    names = choice(sorted(people.items(), key=lambda pair: pair[1]), none="nobody yet")
    asked, play = visit.asked("case") or "", visit.asked("rehearsal") or ""
    beside = (
        (
            Form(
                "Declare one",
                "/major",
                (
                    Field("case", "Case number", "number", value=asked, help="Leave it out for a rehearsal."),
                    Field("rehearsal", "Rehearsal", value=play, help="Its id, such as mjr-2."),
                    Field("commander", "Incident commander", "select", names[1:], required=True),
                    Field("communications", "Communications", "select", names),
                    Field("specialists", "Specialists", help="User names, divided by commas."),
                    Field("bridge", "Bridge", value=desk.rules.bridge, help="https://…"),
                    Field("why", "Why"),
                ),
                "Declare it",
            ),
            Form(
                "Rehearse",
                "/major/rehearsals",
                (
                    Field("title", "Title", value="Rehearsal", required=True),
                    Field(
                        "service",
                        "What breaks",
                        "select",
                        choice(sorted(services.items(), key=lambda pair: pair[1]), none="draw one"),
                    ),
                ),
                "Play a storm",
                "It makes no signal, no alert and no case: nothing acts on it, and only the bridge is told.",
            ),
        )
        if visit.visitor.may("own_cases")
        else ()
    )
    return screen(Sheet("Major incidents", PURPOSE, blocks, beside))


def _row(one: MajorIncident, people: dict[str, str], services: dict[str, str], visit: Visit) -> tuple[Cell, ...]:
    mark: list[Cell] = [Tag(*STATES[one.state])]
    if one.rehearsal is not None:
        points = f"{total(one.rehearsal.score)} of 100" if one.rehearsal.score else ""
        mark.append(Tag(f"rehearsal {points}".strip(), "plum"))
    late = Tag("overdue", "bad") if one.overdue(visit.now) else None
    coming = When(one.next_update_at) if one.next_update_at else None
    under = (one.id, services.get(one.service or "", ""), f"case {one.number}" if one.number else "")
    return (What(Link(one.title, f"/major/{one.id}"), under), tuple(mark), people.get(one.owner or "", one.owner or ""),
            (coming, late) if late else coming)  # fmt: skip


def one(visit: Visit) -> Screen:
    desk = visit.desk.practices.major
    major = desk.show(visit.path("id"))
    people, services = people_and_services(visit)
    who = {**people, **_names(visit, major)}
    blocks: list[Block] = []
    played = major.rehearsal
    if played is not None and played.score:
        rows = [(f"{part.points:.0f} of {part.of:.0f}", What(part.words)) for part in played.score]
        blocks.append(Rows(f"Score {total(played.score)} of 100", ("Points", "Why"), rows))
    if played is not None:
        seen = [(When(alert.at), Tag(alert.severity, "bad" if alert.severity == "critical" else "warn"), What(alert.text),
                 services.get(alert.service, alert.service)) for alert in seen_by(played, visit.now)]  # fmt: skip
        blocks.append(Rows("Played alerts (a rehearsal: none of this is real)", ("When", "Severity", "Alert", "Service"), seen,
                           "Nothing has fired yet", "Load the page again in a minute."))  # fmt: skip
    updates = [(When(told.at), who.get(told.by, told.by), What(told.text),
                Tag(f"{told.late / 60:.0f} min late", "warn") if told.late else Tag("in time", "good"))
               for told in reversed(major.updates)]  # fmt: skip
    blocks.append(Rows("News", ("When", "By", "What was told", "Promised"), updates, "Nothing was told yet"))
    if major.review:
        blocks.append(Words("Review", tuple(line for line in major.review.splitlines() if line.strip())))
    blocks.append(story(major.story, who, title="Timeline"))
    overdue = Tag("overdue", "bad") if major.overdue(visit.now) else None
    case = Link(f"case {major.number}", f"/cases/{major.number}") if major.number else "a rehearsal"
    bridge: Cell = Link(major.bridge, major.bridge) if major.bridge else "none is named"
    facts = Facts("The bridge", (
        ("State", Tag(*STATES[major.state])), ("About", case), ("Why", " ".join(major.criteria) or None),
        ("Commander", who.get(major.owner or "", "nobody")), ("Communications", who.get(major.communications or "", "nobody")),
        ("Specialists", ", ".join(who.get(key, key) for key in major.specialists) or "nobody"), ("Bridge", bridge),
        ("Next news", (When(major.next_update_at), overdue) if major.next_update_at else None),
        ("Cause", services.get(major.cause, major.cause) or "not named yet"),
        ("For everybody", Link("the page with the news", f"/major/{major.id}/news")), ("Problem", major.problem),
    ))  # fmt: skip
    title = f"Rehearsal: {major.title}" if played is not None else major.title
    return screen(Sheet(title, f"{major.id}: {PURPOSE}", tuple(blocks), (facts, *_deeds(visit, major, services)),
                        crumb=Link("Major incidents", "/major")))  # fmt: skip


def _deeds(visit: Visit, major: MajorIncident, services: dict[str, str]) -> tuple[Block, ...]:
    base, desk = f"/major/{major.id}", visit.desk.practices.major
    if not visit.visitor.may("own_cases"):
        return ()
    if major.state == "rehearsing":
        return (
            Words("Is it a major incident?", ("Look at the alerts as they come, and declare it on the page before.",)),
        )
    if major.state in {"stood_down", "reviewed"}:
        draft = major.review or desk.draft_review(major.id)
        return (
            Form(
                "Review",
                f"{base}/review",
                (
                    Field("text", "What was learnt", "area", value=draft[:4_000], required=True),
                    Field("problem", "Problem that follows", value=major.problem or ""),
                ),
                "Keep it",
            ),
        )
    places = choice(sorted(services.items(), key=lambda pair: pair[1]))
    return (
        Form(
            "Tell everybody",
            f"{base}/update",
            (
                Field("text", "News", "area", value=desk.template(major.id), required=True),
                Field("minutes", "Next news in minutes", "number", value=str(major.cadence)),
            ),
            "Tell them",
        ),
        Form(
            "Roles",
            f"{base}/roles",
            (
                Field("commander", "Incident commander", help="User name; empty: as it is."),
                Field("communications", "Communications"),
                Field("specialists", "Specialists", help="User names, divided by commas."),
            ),
            "Give them",
        ),
        Form("Note", f"{base}/note", (Field("text", "For the timeline", "area", required=True),), "Note it"),
        Form("Cause", f"{base}/cause", (Field("service", "It lies at", "select", places),), "Name it"),
        Form("Stand down", f"{base}/stand-down", (Field("text", "Last news", "area"),), "It is over"),
    )


def _names(visit: Visit, major: MajorIncident) -> dict[str, str]:
    wanted = {major.owner, major.communications, *major.specialists, *(one.by for one in major.story)}
    with visit.desk.journal.read() as tx:
        return {key: known.name for key in wanted if key and (known := tx.people.get(key)) is not None}


def news(visit: Visit) -> Screen:
    """For everybody: what is affected, what is known, when there is more. Rehearsals are for those who run services."""
    major = visit.desk.practices.major.show(visit.path("id"))
    if major.rehearsal is not None and not visit.visitor.may("read"):
        raise NotFound("there is no such page")
    _, services = people_and_services(visit)
    told = [(When(one.at), What(one.text)) for one in reversed(major.updates)]
    over = major.state in {"stood_down", "reviewed"}
    facts = Facts("How it stands", (
        ("State", Tag("over", "good") if over else Tag("being worked on", "bad")),
        ("Service", services.get(major.service or "", "several")),
        ("Since", When(major.declared_at) if major.declared_at else None),
        ("Next news", When(major.next_update_at) if major.next_update_at else "none: it is over" if over else None),
    ))  # fmt: skip
    title = f"Rehearsal: {major.title}" if major.rehearsal else major.title
    return screen(Sheet(title, "What is known for everybody who feels it, and when there is more.",
                        (facts, Rows("News", ("When", "What"), told, "News come within a quarter of an hour"))))  # fmt: skip


async def declare(visit: Visit, form: Sent) -> str:
    draft = parsed(
        DeclareDraft, case=text(form, "case") or None, rehearsal=text(form, "rehearsal") or None,
        commander=text(form, "commander"), communications=text(form, "communications") or None,
        specialists=listed(form, "specialists"), bridge=text(form, "bridge"), why=text(form, "why"),
    )  # fmt: skip
    by = keeper_of(visit.visitor)
    made = await run_in_threadpool(lambda: visit.desk.practices.major.declare(draft, by=by))
    return f"/major/{made.id}?told=kept_record"


async def rehearse(visit: Visit, form: Sent) -> str:
    draft = parsed(RehearsalDraft, title=text(form, "title", 200), service=text(form, "service") or None)
    by = keeper_of(visit.visitor)
    made = await run_in_threadpool(lambda: visit.desk.practices.major.rehearse(draft, by=by))
    return f"/major/{made.id}?told=kept_record"


async def do(visit: Visit, form: Sent) -> str:
    desk, by, key, said = visit.desk.practices.major, keeper_of(visit.visitor), visit.path("id"), text(form, "text")
    match visit.path("deed"):
        case "update":
            draft = parsed(UpdateDraft, text=said, minutes=text(form, "minutes") or None)
            await run_in_threadpool(lambda: desk.update(key, draft, by=by))
        case "roles":
            roles = parsed(RolesDraft, commander=text(form, "commander") or None,
                           communications=text(form, "communications") or None,
                           specialists=listed(form, "specialists") or None)  # fmt: skip
            await run_in_threadpool(lambda: desk.assign(key, roles, by=by))
        case "note":
            await run_in_threadpool(lambda: desk.note(key, said, by=by))
        case "cause":
            await run_in_threadpool(lambda: desk.name_cause(key, text(form, "service"), by=by))
        case "stand-down":
            await run_in_threadpool(lambda: desk.stand_down(key, said, by=by))
        case "review":
            await run_in_threadpool(lambda: desk.review(key, said, by=by, problem=text(form, "problem") or None))
    return f"/major/{key}?told=kept_record"
