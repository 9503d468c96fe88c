"""Problems: what is worth looking into, one of them with what is known, its actions and its review."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.problem import AnalysisDraft, Candidate, CaseLink, Problem, ProblemDraft
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.improvements import HEAD, propose_form, rows_of
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, pages, parsed
from tickless.doors.console.wording import Tone, plain
from tickless.flow.desk.practices.problems import ProblemShown

PURPOSE = "Causes behind incidents: which are worth finding, what is known of them, and what is done about them."
STATES: dict[str, tuple[str, Tone]] = {
    "open": ("being looked into", "warn"), "known_error": ("known error", "info"), "closed": ("removed", "good"),
    "dropped": ("dropped", "info"),
}  # fmt: skip


def routes(frame: Frame) -> list[BaseRoute]:
    return pages(frame, "/problems", page, one=one, add=add, deeds={"analysis": analyse, "close": close, "cases": link})


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.problems
    listed = desk.listed()
    names = names_in(visit, [it.owner for it in listed])
    rows = [
        (ui.What(ui.Link(it.title, f"/problems/{it.id}"), (it.id, names.service(it.service))), names.person(it.owner),
         ui.Tag(*STATES[it.state]), ui.When(it.made_at))
        for it in listed
    ]  # fmt: skip
    found = [_candidate(it, names) for it in desk.candidates()[:30]]
    why = f"At least {desk.rules.least} incidents of a kind in {desk.rules.days} days, by what removing the cause would save."
    blocks: tuple[ui.Block, ...] = (
        ui.Rows("Problems", ("Problem", "Owner", "State", "Since"), rows, "There is no problem",
                "Open one of the candidates below."),
        ui.Rows("Worth looking into", ("Kind", "Times", f"A year, {visit.desk.steering.currency()}", "Worth", ""), found,
                "Nothing comes again often enough", why),
    )  # fmt: skip
    form = ui.Form("Open a problem", "/problems", (
        ui.Field("title", "What is behind it", required=True),
        ui.Field("service", "Service", "select", names.pick_service("none in particular")),
        ui.Field("why", "Why", "area"),
    ), "Open it")  # fmt: skip
    return ui.screen(ui.Sheet("Problems", PURPOSE, blocks, forms(visit, form)))


def _candidate(it: Candidate, names: Names) -> tuple[ui.Cell, ...]:
    name = f"{plain(it.need) if it.need else 'Trouble'} at {names.service(it.service, 'no one service')}"
    cost = f"{it.cost:,.0f} ({it.cost_low:,.0f} to {it.cost_high:,.0f})"
    worth = ui.Tag("pays", "good") if it.worth > 0 else ui.Tag("does not pay", "info")
    button = ui.Deed("Open", "/problems", (("title", name[:200]), ("candidate", it.key)), name)
    return ui.What(name, (it.words,)), str(it.count), cost, worth, button


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.problems.show(visit.path("id"))
    it = shown.problem
    names = names_in(visit, [it.owner, *(event.by for event in it.story)])
    blocks: tuple[ui.Block, ...] = (
        ui.Rows("Actions", HEAD, rows_of(list(shown.actions), names), "No action follows yet"),
        *ui.paragraphs("Cause", it.cause), *ui.paragraphs("Workaround", it.workaround),
        *ui.paragraphs("Review", it.review), ui.story(it.story, names.person),
    )  # fmt: skip
    beside: tuple[ui.Block, ...] = (_facts(shown, names), *forms(visit, *_forms(visit, it, names)))
    crumb = ui.Link("Problems", "/problems")
    return ui.screen(ui.Sheet(it.title, f"{it.id}: {PURPOSE}", blocks, beside, crumb=crumb))


def _facts(shown: ProblemShown, names: Names) -> ui.Facts:
    it = shown.problem
    cases = tuple(ui.Link(f"#{number}", f"/cases/{number}") for number in it.cases[:20])
    return ui.Facts("Facts", ui.said((
        ("State", ui.Tag(*STATES[it.state])), ("Service", names.service(it.service, "none in particular")),
        ("Owner", names.person(it.owner)), ("Cases", cases), ("Not behind", tuple(
            ui.Link(f"#{number}", f"/cases/{number}") for number in it.apart[:20])), ("Came since", str(shown.since)),
        ("Chosen by", it.selected.words if it.selected else None), ("Review", it.depth),
        ("Known error", ui.Link(it.known_error, "/known") if it.known_error else None),
    )))  # fmt: skip


def _forms(visit: Visit, it: Problem, names: Names) -> tuple[ui.Form, ...]:
    if it.state not in {"open", "known_error"}:
        return ()
    base = f"/problems/{it.id}"
    return (
        ui.Form("What is known", f"{base}/analysis", (
            ui.Field("cause", "Cause", "area", value=it.cause),
            ui.Field("workaround", "Workaround", "area", value=it.workaround),
            ui.Field("symptoms", "As people describe it, one a line", "area"),
            ui.Field("review", "Review", "area", value=it.review),
        ), "Keep it", "With a workaround it is a known error, which people who describe it are offered."),
        ui.Form("Which cases", f"{base}/cases", (
            ui.Field("case", "Number of the case", required=True), ui.Field("why", "Why", required=True),
            ui.Field("part", "It is not behind this one", "check"),
        ), "Say so", "Incidents of its kind are joined by themselves; say here which others it is behind, and which not."),
        propose_form(visit, names, origin=it.id, service=it.service or ""),
        ui.Form("It is over", f"{base}/close", (
            ui.Field("reason", "Why", required=True), ui.Field("drop", "Not worth it any more", "check"),
        ), "Close it"),
    )  # fmt: skip


def add(sent: Sent) -> str:
    draft = parsed(ProblemDraft, title=sent.text("title", 200), candidate=sent.text("candidate"),
                   service=sent.maybe("service"), why=sent.text("why"))  # fmt: skip
    return f"/problems/{sent.desk.problems.open_problem(draft, by=sent.by).id}"


def analyse(sent: Sent) -> str:
    draft = parsed(AnalysisDraft, cause=sent.text("cause"), workaround=sent.text("workaround"),
                   symptoms=sent.lines("symptoms"), review=sent.text("review"))  # fmt: skip
    sent.desk.problems.analyse(sent.key, draft, by=sent.by)
    return f"/problems/{sent.key}"


def link(sent: Sent) -> str:
    given = parsed(CaseLink, case=sent.text("case", 60), why=sent.text("why", 1_000))
    say = sent.desk.problems.unlink if sent.ticked("part") else sent.desk.problems.link
    say(sent.key, given, by=sent.by)
    return f"/problems/{sent.key}"


def close(sent: Sent) -> str:
    sent.desk.problems.close(sent.key, by=sent.by, reason=sent.text("reason", 1_000), drop=sent.ticked("drop"))
    return f"/problems/{sent.key}"
