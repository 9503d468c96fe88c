"""Major incidents: what is going on, and one of them with its bridge; rehearsals."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.major import DeclareDraft, MajorIncident, RehearsalDraft, RolesDraft, UpdateDraft
from tickless.doors.console import major_news
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, pages, parsed
from tickless.doors.console.wording import Tone
from tickless.practices.major.rehearsing import seen_by, total

STATES: dict[str, tuple[str, Tone]] = {
    "rehearsing": ("rehearsal", "info"), "declared": ("going on", "bad"), "stood_down": ("over, not reviewed", "warn"),
    "reviewed": ("reviewed", "good"),
}  # fmt: skip
PURPOSE = "Incidents that take a bridge: who leads, who writes the news, what is known, and until when there is more."


def routes(frame: Frame) -> list[BaseRoute]:
    deeds = {
        "update": update, "roles": roles, "note": note, "cause": cause, "stand-down": stand_down, "review": review,
    }  # fmt: skip
    return [
        *major_news.routes(frame),
        *pages(frame, "/major/rehearsals", add=rehearse),
        *pages(frame, "/major", page, one=one, add=declare, deeds=deeds),
    ]


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.major
    listed = desk.listed()
    names = names_in(visit, [it.owner for it in listed])
    found = [
        (ui.What(ui.Link(case.title.tame(160), f"/cases/{case.number}"), (f"#{case.number}",)), " ".join(why),
         ui.Link("Declare it", f"/major?case={case.number}"))
        for case, why in desk.candidates()
    ]  # fmt: skip
    blocks: tuple[ui.Block, ...] = (
        ui.Rows("Major incidents and rehearsals", ("Incident", "State", "Led by", "Next news"),
                [_row(it, names, visit) for it in listed], "There was none",
                "Rehearse one: it is scored, and nothing real is touched."),
        ui.Rows("Incidents that the criteria speak for", ("Incident", "Why", ""), found, "None"),
    )  # fmt: skip
    return ui.screen(ui.Sheet("Major incidents", PURPOSE, blocks, forms(visit, *_beginning(visit, names))))


def _beginning(visit: Visit, names: Names) -> tuple[ui.Form, ...]:
    """How one begins, in earnest or as a rehearsal."""
    case, play = visit.asked("case") or "", visit.asked("rehearsal") or ""
    return (
        ui.Form("Declare one", "/major", (
            ui.Field("case", "Case number", "number", value=case, help="Leave it out for a rehearsal."),
            ui.Field("rehearsal", "Rehearsal", value=play, help="Its id, such as mjr-2."),
            ui.Field("commander", "Incident commander", "select", names.pick_person(), required=True),
            ui.Field("communications", "Communications", "select", names.pick_person("nobody yet")),
            ui.Field("specialists", "Specialists", help="User names, divided by commas."),
            ui.Field("bridge", "Bridge", value=visit.desk.practices.major.rules.bridge, help="https://…"),
            ui.Field("why", "Why"),
        ), "Declare it"),
        ui.Form("Rehearse", "/major/rehearsals", (
            ui.Field("title", "Title", value="Rehearsal", required=True),
            ui.Field("service", "What breaks", "select", names.pick_service("draw one")),
        ), "Play a storm", "It makes no signal, no alert and no case: nothing acts on it, and only the bridge is told."),
    )  # fmt: skip


def _row(it: MajorIncident, names: Names, visit: Visit) -> tuple[ui.Cell, ...]:
    mark: list[ui.Cell] = [ui.Tag(*STATES[it.state])]
    if it.rehearsal is not None:
        points = f"{total(it.rehearsal.score)} of 100" if it.rehearsal.score else ""
        mark.append(ui.Tag(f"rehearsal {points}".strip(), "plum"))
    under = (it.id, names.service(it.service), f"case {it.number}" if it.number else "")
    return ui.What(ui.Link(it.title, f"/major/{it.id}"), under), tuple(mark), names.person(it.owner), _next(it, visit)


def _next(it: MajorIncident, visit: Visit) -> ui.Cell:
    """When news were promised for, and whether they are late."""
    if it.next_update_at is None:
        return None
    coming = ui.When(it.next_update_at)
    return (coming, ui.Tag("overdue", "bad")) if it.overdue(visit.now) else coming


def one(visit: Visit) -> Screen:
    it = visit.desk.practices.major.show(visit.path("id"))
    names = names_in(visit, [it.owner, it.communications, *it.specialists, *(told.by for told in it.story)])
    blocks: tuple[ui.Block, ...] = (
        *_rehearsed(it, names, visit), _news(it, names), *ui.paragraphs("Review", it.review),
        ui.story(it.story, names.person, title="Timeline"),
    )  # fmt: skip
    beside: tuple[ui.Block, ...] = (_facts(it, names, visit), *_beside(visit, it, names))
    title = f"Rehearsal: {it.title}" if it.rehearsal is not None else it.title
    crumb = ui.Link("Major incidents", "/major")
    return ui.screen(ui.Sheet(title, f"{it.id}: {PURPOSE}", blocks, beside, crumb=crumb))


def _rehearsed(it: MajorIncident, names: Names, visit: Visit) -> tuple[ui.Rows, ...]:
    played = it.rehearsal
    if played is None:
        return ()
    score = [(f"{part.points:.0f} of {part.of:.0f}", ui.What(part.words)) for part in played.score]
    scored = (ui.Rows(f"Score {total(played.score)} of 100", ("Points", "Why"), score),) if score else ()
    seen = [
        (ui.When(alert.at), ui.Tag(alert.severity, "bad" if alert.severity == "critical" else "warn"),
         ui.What(alert.text), names.service(alert.service))
        for alert in seen_by(played, visit.now)
    ]  # fmt: skip
    alerts = ui.Rows("Played alerts (a rehearsal: none of this is real)", ("When", "Severity", "Alert", "Service"), seen,
                     "Nothing has fired yet", "Load the page again in a minute.")  # fmt: skip
    return (*scored, alerts)


def _news(it: MajorIncident, names: Names) -> ui.Rows:
    rows = [
        (ui.When(told.at), names.person(told.by), ui.What(told.text),
         ui.Tag(f"{told.late / 60:.0f} min late", "warn") if told.late else ui.Tag("in time", "good"))
        for told in reversed(it.updates)
    ]  # fmt: skip
    return ui.Rows("News", ("When", "By", "What was told", "Promised"), rows, "Nothing was told yet")


def _facts(it: MajorIncident, names: Names, visit: Visit) -> ui.Facts:
    case = ui.Link(f"case {it.number}", f"/cases/{it.number}") if it.number else "a rehearsal"
    problem = ui.Link(it.problem, f"/problems/{it.problem}") if it.problem else None
    return ui.Facts("The bridge", ui.said((
        ("State", ui.Tag(*STATES[it.state])), ("About", case), ("Why", " ".join(it.criteria)),
        ("Commander", names.person(it.owner, "nobody")), ("Communications", names.person(it.communications, "nobody")),
        ("Specialists", names.people(it.specialists, "nobody")),
        ("Bridge", ui.Link(it.bridge, it.bridge) if it.bridge else "none is named"), ("Next news", _next(it, visit)),
        ("Cause", names.service(it.cause, "not named yet")),
        ("For everybody", ui.Link("the page with the news", f"/major/{it.id}/news")), ("Problem", problem),
    )))  # fmt: skip


def _beside(visit: Visit, it: MajorIncident, names: Names) -> tuple[ui.Block, ...]:
    if it.state == "rehearsing":
        return (ui.Words("Is it a major incident?", ("Look at the alerts as they come, and declare it once you think so.",)),
                *forms(visit, _declaring(it, names)))  # fmt: skip
    if it.state in {"stood_down", "reviewed"}:
        return forms(visit, _reviewing(visit, it))
    return forms(visit, *_leading(visit, it, names), *major_news.sharing(visit, it))


def _declaring(it: MajorIncident, names: Names) -> ui.Form:
    return ui.Form("Declare it", "/major", (
        ui.Field("rehearsal", "Rehearsal", "hidden", value=it.id),
        ui.Field("commander", "Incident commander", "select", names.pick_person(), required=True),
        ui.Field("communications", "Communications", "select", names.pick_person("nobody yet")),
        ui.Field("specialists", "Specialists", help="User names, divided by commas."), ui.Field("why", "Why"),
    ), "Declare it")  # fmt: skip


def _reviewing(visit: Visit, it: MajorIncident) -> ui.Form:
    draft = it.review or visit.desk.practices.major.draft_review(it.id)
    return ui.Form("Review", f"/major/{it.id}/review", (
        ui.Field("text", "What was learnt", "area", value=draft[:4_000], required=True,
                 help="Drafted from the timeline; answer its questions."),
        ui.Field("problem", "Problem that follows", value=it.problem or "", help="Such as prb-3."),
    ), "Keep it")  # fmt: skip


def _leading(visit: Visit, it: MajorIncident, names: Names) -> tuple[ui.Form, ...]:
    base, template = f"/major/{it.id}", visit.desk.practices.major.template(it.id)
    return (
        ui.Form("Tell everybody", f"{base}/update", (
            ui.Field("text", "News", "area", value=template, required=True),
            ui.Field("minutes", "Next news in minutes", "number", value=str(it.cadence)),
        ), "Tell them"),
        ui.Form("Note", f"{base}/note", (ui.Field("text", "For the timeline", "area", required=True),), "Note it"),
        ui.Form("Roles", f"{base}/roles", (
            ui.Field("commander", "Incident commander", "select", names.pick_person("as it is")),
            ui.Field("communications", "Communications", "select", names.pick_person("as it is")),
            ui.Field("specialists", "Specialists", help="User names, divided by commas; empty: as it is."),
        ), "Give them"),
        ui.Form("Cause", f"{base}/cause", (
            ui.Field("service", "It lies at", "select", names.pick_service("choose one"), required=True),
        ), "Name it"),
        ui.Form("Stand down", f"{base}/stand-down", (ui.Field("text", "Last news", "area"),), "It is over"),
    )  # fmt: skip


def declare(sent: Sent) -> str:
    draft = parsed(
        DeclareDraft, case=sent.maybe("case"), rehearsal=sent.maybe("rehearsal"), commander=sent.text("commander"),
        communications=sent.maybe("communications"), specialists=sent.listed("specialists"), bridge=sent.text("bridge"),
        why=sent.text("why"),
    )  # fmt: skip
    return f"/major/{sent.desk.major.declare(draft, by=sent.by).id}"


def rehearse(sent: Sent) -> str:
    draft = parsed(RehearsalDraft, title=sent.text("title", 200), service=sent.maybe("service"))
    return f"/major/{sent.desk.major.rehearse(draft, by=sent.by).id}"


def update(sent: Sent) -> str:
    draft = parsed(UpdateDraft, text=sent.text("text"), minutes=sent.maybe("minutes"))
    return f"/major/{sent.desk.major.update(sent.key, draft, by=sent.by).id}"


def roles(sent: Sent) -> str:
    draft = parsed(RolesDraft, commander=sent.maybe("commander"), communications=sent.maybe("communications"),
                   specialists=sent.listed("specialists") or None)  # fmt: skip
    return f"/major/{sent.desk.major.assign(sent.key, draft, by=sent.by).id}"


def note(sent: Sent) -> str:
    return f"/major/{sent.desk.major.note(sent.key, sent.text('text'), by=sent.by).id}"


def cause(sent: Sent) -> str:
    return f"/major/{sent.desk.major.name_cause(sent.key, sent.text('service'), by=sent.by).id}"


def stand_down(sent: Sent) -> str:
    return f"/major/{sent.desk.major.stand_down(sent.key, sent.text('text'), by=sent.by).id}"


def review(sent: Sent) -> str:
    done = sent.desk.major.review(sent.key, sent.text("text"), by=sent.by, problem=sent.maybe("problem"))
    return f"/major/{done.id}"
