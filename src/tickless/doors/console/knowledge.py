"""Knowledge: the articles, how each fares, and what nobody could answer. Everybody reads what is for them; operators edit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from tickless.domain.errors import Forbidden, NotFound, TicklessError
from tickless.domain.knowledge import Article
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.console.markdown import draw
from tickless.doors.entrance.knowledge import may_edit, may_see
from tickless.journal.world import read_world
from tickless.practices.knowledge.core import Standing
from tickless.practices.knowledge.library import Found
from tickless.practices.knowledge.of_case import draft_of_case
from tickless.practices.knowledge.reading import (
    draft_from,
    need_editable,
    read_contradictions,
    read_standing,
    read_standings,
    read_unanswered,
)
from tickless.practices.knowledge.replaying import need_no_loss
from tickless.practices.knowledge.service import latest_version, save, versions_of

PER_PAGE = 60
SHOWN = 20_000
"""Signs of a text that a preview draws."""
STATES = {"published": "published", "draft": "draft", "retired": "retired"}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/knowledge", "chat", listing),
        frame.show("/knowledge/unanswered", "read", unanswered),
        frame.show("/knowledge/review", "read", review),
        frame.show("/knowledge/new", "act", new),
        frame.deed("/knowledge/save", "chat", keep),
        frame.deed("/knowledge/draft", "act", draft),
        frame.deed("/cases/{number:int}/article", "act", draft_case),
        frame.show("/knowledge/{id}", None, page),
        frame.show("/knowledge/{id}/edit", "chat", edit),
        frame.show("/knowledge/{id}/history", "read", history),
        frame.deed("/knowledge/{id}/state", "chat", set_state),
    ]


def listing(visit: Visit) -> Screen:
    """All that the visitor may read; those who look after articles see how each fares."""
    wanted, shown = visit.asked("q"), visit.asked("show") or "published"
    with visit.desk.journal.read() as tx:
        every = [one for one in read_standings(tx, now=visit.now) if may_see(visit.visitor, one.article)]
        people = names_of(tx, people={one.article.owner for one in every})
    if wanted:
        order = {found.article.id: place for place, found in reversed(list(enumerate(_search(visit, wanted))))}
        found = sorted((one for one in every if one.article.id in order), key=lambda one: order[one.article.id])
    else:
        found = [one for one in every if _belongs(one, shown)]
    page_number = max(visit.number("page") or 1, 1)
    start = (page_number - 1) * PER_PAGE
    return Screen(
        "knowledge.html",
        {
            "rows": found[start : start + PER_PAGE],
            "count": len(found),
            "counts": {
                name: sum(_belongs(one, name) for one in every) for name in ("published", "draft", "retired", "concern")
            },
            "q": wanted or "",
            "show": shown,
            "names": people,
            "next": page_number + 1 if len(found) > start + PER_PAGE else None,
        },
    )


def _belongs(one: Standing, shown: str) -> bool:
    if shown == "concern":
        return one.article.state == "published" and bool(one.concerns)
    return one.article.state == shown


def _search(visit: Visit, wanted: str) -> list[Found]:
    found = visit.desk.library().search(wanted, reader=None, limit=60)
    return [one for one in found if one.confidence >= 0.2]


def page(visit: Visit) -> Screen:
    """One article. What somebody may not read is not there for them."""
    with visit.desk.journal.read() as tx:
        article = tx.articles.get(visit.path("id"))
        if article is None or not may_see(visit.visitor, article):
            raise NotFound("there is no such article", mend="it may be for other readers, or have moved: search for it")
        standing = read_standing(tx, article.id, now=visit.now)
        names = names_of(tx, people=[article.owner], services=[article.service])
        number = latest_version(tx, article.id)
        asked = tx.asked.where(tx.asked.table.c.article == article.id, order=tx.asked.table.c.at.desc(), limit=8)
    return Screen(
        "article.html",
        {
            "standing": standing,
            "article": article,
            "html": draw(article.text),
            "names": names,
            "number": number,
            "asked": asked if visit.visitor.may("read") else [],
            "edits": may_edit(visit.visitor, article) and not article.source,
        },
    )


def history(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        article = tx.articles.need(visit.path("id"))
        if not may_see(visit.visitor, article):
            raise NotFound("there is no such article")
        found = versions_of(tx, article.id)
        names = names_of(tx, people=[one.by for one in found])
    return Screen("article_history.html", {"article": article, "versions": found, "names": names})


def unanswered(visit: Visit) -> Screen:
    """Questions that no article answers, the heaviest first."""
    library = visit.desk.library()
    with visit.desk.journal.read() as tx:
        found = read_unanswered(tx, now=visit.now, library=library)[:PER_PAGE]
        cases = {one.case: tx.cases.get(one.case) for cluster in found for one in cluster.asked[:3] if one.case}
    return Screen("knowledge_unanswered.html", {"clusters": found, "cases": cases})


def review(visit: Visit) -> Screen:
    """What somebody should look at: contradictions, overdue reviews, owners who left, articles that never help."""
    with visit.desk.journal.read() as tx:
        every = read_standings(tx, now=visit.now)
        pairs = read_contradictions(tx)
        names = names_of(tx, people={one.article.owner for one in every})
    concerned = [one for one in every if one.article.state == "published" and one.concerns]
    concerned.sort(key=lambda one: (-len(one.concerns), one.due_at))
    measured = visit.desk.library().measured
    titles = {one.article.id: one.article.title for one in every}
    return Screen(
        "knowledge_review.html",
        {"pairs": pairs, "rows": concerned, "titles": titles, "names": names, "measured": measured,
         "brain": visit.desk.library().brain},
    )  # fmt: skip


@dataclass(frozen=True)
class Fields:
    """What stands in the form."""

    id: str = ""
    title: str = ""
    owner: str = ""
    service: str = ""
    audience: str = ""
    tags: str = ""
    review_days: str = "365"
    questions: str = ""
    text: str = ""
    state: str = "draft"
    note: str = ""
    base: int = 0
    reviewed: bool = False
    anyway: bool = False


def new(visit: Visit) -> Screen:
    return _form(Fields(owner=visit.visitor.person.username if visit.visitor.person else ""))


def edit(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        article = tx.articles.need(visit.path("id"))
        _need_right(visit, article)
        need_editable(article)
        number = latest_version(tx, article.id)
        owner = tx.people.get(article.owner) if article.owner else None
    return _form(
        Fields(
            id=article.id,
            title=article.title,
            owner=owner.username if owner else article.owner or "",
            service=article.service or "",
            audience=", ".join(article.audience),
            tags=", ".join(article.tags),
            review_days=str(article.review_days),
            questions="\n".join(article.questions),
            text=article.text,
            state=article.state,
            base=number,
        )
    )


async def keep(visit: Visit, form: Form) -> str | Screen:
    """Show it as it would look, or keep it. What is wrong is said above the form, and nothing typed is lost."""
    names = ("id", "title", "owner", "service", "audience", "tags", "review_days", "questions", "text", "state", "note")
    typed = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in names}
    base = form.get("base", "0")
    fields = Fields(
        **typed,
        base=int(base) if base.isdecimal() and len(base) < 9 else 0,
        reviewed=form.get("reviewed") == "yes",
        anyway=form.get("anyway") == "yes",
    )
    if form.get("do") != "save":
        return _form(fields, html=await asyncio.to_thread(draw, fields.text[:SHOWN]))
    try:
        kept = await asyncio.to_thread(_keep, visit, fields)
    except TicklessError as error:
        return _form(fields, error=error)
    return f"/knowledge/{kept.id}?told={'published' if kept.state == 'published' else 'kept'}"


def _keep(visit: Visit, fields: Fields) -> Article:
    with visit.desk.journal.read() as tx:  # asked again before anything is written: it takes a moment
        known = tx.articles.get(fields.id)
        _need_right(visit, known)
        article = _written(fields, known, visit)
        if article.state == "published":
            need_no_loss(tx, article, visit.desk.library(), now=visit.now, anyway=fields.anyway)
    with visit.desk.journal.write() as tx:
        before = tx.articles.get(fields.id, lock=True)
        _need_right(visit, before)
        kept = save(tx, _written(fields, before, visit), world=read_world(tx), by=visit.visitor.actor, at=visit.now,
                    note=fields.note, base=fields.base)  # fmt: skip
    visit.desk.renew()
    return kept


def _written(fields: Fields, before: Article | None, visit: Visit) -> Article:
    """The article that stands in the form."""
    reviewed = before is None or fields.reviewed or before.state != "published"
    days = fields.review_days
    return Article(
        id=fields.id,
        title=fields.title,
        text=fields.text,
        owner=fields.owner or None,
        service=fields.service or None,
        reviewed_at=visit.now if reviewed or before is None else before.reviewed_at,
        review_days=int(days) if days.isdecimal() and int(days[:6]) > 0 else 365,
        state=fields.state if fields.state in STATES else "draft",
        questions=tuple(_parts(fields.questions, r"\n")),
        audience=tuple(_parts(fields.audience, r",")),
        tags=tuple(_parts(fields.tags, r",")),
    )


def _parts(text: str, joint: str) -> Sequence[str]:
    return [part.strip() for part in re.split(joint, text) if part.strip()]


async def draft(visit: Visit, form: Form) -> str:
    """A draft out of what nobody could answer, to be mended and published by a person."""

    def make() -> Article:
        library = visit.desk.library()
        owner = visit.visitor.person.id if visit.visitor.person else None
        with visit.desk.journal.write() as tx:
            made = draft_from(tx, form.get("cluster", "")[:100], owner=owner, now=visit.now, library=library)
            note = "drafted from an unanswered question"
            return save(tx, made, world=read_world(tx), by=visit.visitor.actor, at=visit.now, note=note, base=0)

    made = await asyncio.to_thread(make)
    return f"/knowledge/{made.id}/edit?told=drafted"


async def draft_case(visit: Visit, form: Form) -> str:
    """A draft out of a case that was solved, and of those like it."""

    def make() -> Article:
        owner = visit.visitor.person.id if visit.visitor.person else None
        with visit.desk.journal.write() as tx:
            case = tx.cases.by_number(int(visit.path("number")))
            if case is None:
                raise NotFound("there is no such case")
            made = draft_of_case(tx, case, owner=owner, now=visit.now)
            note = f"drafted from case {case.number}"
            return save(tx, made, world=read_world(tx), by=visit.visitor.actor, at=visit.now, note=note, base=0)

    made = await asyncio.to_thread(make)
    return f"/knowledge/{made.id}/edit?told=drafted"


async def set_state(visit: Visit, form: Form) -> str:
    """Publish, retire, take back into the drafts, or say that it is still right."""
    wanted = form.get("state", "")

    def change() -> Article:
        if wanted == "published":
            with visit.desk.journal.read() as tx:
                found = tx.articles.need(visit.path("id"))
                _need_right(visit, found)
                need_no_loss(tx, found, visit.desk.library(), now=visit.now, anyway=form.get("anyway") == "yes")
        with visit.desk.journal.write() as tx:
            article = tx.articles.need(visit.path("id"), lock=True)
            _need_right(visit, article)
            need_editable(article)
            change: dict[str, object] = {"state": wanted} if wanted in STATES else {}
            if wanted in {"published", "reviewed"}:
                change["reviewed_at"] = visit.now
            return save(tx, article.model_copy(update=change), world=read_world(tx), by=visit.visitor.actor, at=visit.now,
                        note=wanted)  # fmt: skip

    article = await asyncio.to_thread(change)
    await asyncio.to_thread(visit.desk.renew)
    told = {"published": "published", "reviewed": "reviewed", "retired": "retired"}.get(wanted, "kept")
    return f"/knowledge/{article.id}?told={told}"


def _need_right(visit: Visit, article: Article | None) -> None:
    if not may_edit(visit.visitor, article):
        raise Forbidden("this article is not yours to change", mend="ask its owner, or somebody with the right `act`")


def _form(fields: Fields, *, html: object = None, error: TicklessError | None = None) -> Screen:
    return Screen("article_edit.html", {"fields": fields, "html": html, "error": error}, error.status if error else 200)
