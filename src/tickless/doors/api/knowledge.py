"""Knowledge articles: what there is, how each fares, what is found for a question, and what nobody could answer."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from tickless.domain.errors import Forbidden, NotFound
from tickless.domain.knowledge import Article
from tickless.doors.api.guards import Actor, DeskHere, Known, Reader, new_router
from tickless.doors.api.paging import Limit
from tickless.doors.api.problems import MOST_TOLD, ProblemShown, show_problems
from tickless.doors.api.schemas import Page, Shown
from tickless.doors.api.sight import find_case
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.knowledge import may_edit, may_see
from tickless.doors.entrance.problems import error_body, request_id_of
from tickless.journal.world import read_world
from tickless.practices.knowledge.answering import bar_of, find
from tickless.practices.knowledge.core import Standing
from tickless.practices.knowledge.folder import ArticleFile, read_batch
from tickless.practices.knowledge.library import Reader as ArticleReader
from tickless.practices.knowledge.of_case import draft_of_case as drafted
from tickless.practices.knowledge.reading import (
    draft_from,
    read_contradictions,
    read_standing,
    read_standings,
    read_unanswered,
)
from tickless.practices.knowledge.replaying import need_no_loss
from tickless.practices.knowledge.service import Taken, import_batch, latest_version, save, versions_of

router = new_router("knowledge")
State = Literal["draft", "published", "retired"]
Line = Annotated[str, Field(max_length=300)]


class ArticleGiven(Shown):
    """An article as it is written."""

    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=100_000, description="Markdown")
    owner: str | None = Field(default=None, description="Id, user name or address of a person")
    service: str | None = None
    state: State = "draft"
    questions: list[Line] = Field(default=[], max_length=50, description="How people ask for it")
    audience: list[Line] = Field(
        default=[], max_length=50, description="Departments or groups; empty: everybody; public: guests"
    )
    tags: list[Line] = Field(default=[], max_length=50)
    review_days: int = Field(default=365, ge=1, le=3_650)
    note: str = Field(default="", max_length=500, description="What was changed; goes into the history")
    anyway: bool = Field(
        default=False, description="Publish it though it would answer questions in the place of an article that helped"
    )
    base: int | None = Field(
        default=None, description="The version that was read: a later change by others is then not lost"
    )


class ArticleShown(Shown):
    id: str
    title: str
    state: State
    owner: str | None
    service: str | None
    audience: list[str]
    tags: list[str]
    reviewed_at: dt.datetime
    review_by: dt.datetime
    source: str = Field(description="The file that it lies in; empty: it is kept in the console")
    shown: int = Field(description="Answers given from it in the last 180 days")
    helped: int
    not_helped: int
    last_used: dt.datetime | None
    concerns: list[str]


class ArticleWhole(ArticleShown):
    text: str
    questions: list[str]
    review_days: int
    version: int


class VersionShown(Shown):
    number: int
    by: str
    at: dt.datetime
    note: str
    state: State
    text: str


class SectionFound(Shown):
    article: str
    title: str
    section: str
    href: str
    confidence: float


class KnowledgeFound(Shown):
    """What a question leads to. `answer` is what a person would be told, null where no article is likely enough."""

    answer: str | None
    bar: float = Field(description="How likely an article must be to be quoted")
    found: list[SectionFound]


class UnansweredShown(Shown):
    id: str
    question: str
    count: int
    people: int
    weight: float = Field(description="The count, in which a question of 14 days ago counts half")
    last_at: dt.datetime
    in_other_words: list[str]
    cases: list[str]


class ContradictionShown(Shown):
    what: Literal["number", "address", "name", "not"]
    first: str = Field(description="The article that was reviewed later")
    first_says: str
    second: str
    second_says: str


class ReviewShown(Shown):
    contradictions: list[ContradictionShown]
    concerns: list[ArticleShown]
    bar: float
    measured_on: int = Field(description="Questions of the articles that the bar was measured on")
    right: float | None
    wrong: float | None
    invented: float | None = Field(description="Share of questions without an article that get an answer all the same")


class FileGiven(Shown):
    path: str = Field(min_length=1, max_length=500)
    text: str = Field(max_length=120_000)


class FolderGiven(Shown):
    """The files of one folder of articles."""

    root: str = Field(
        min_length=1, max_length=300, description="What stands before each path; names the folder for good"
    )
    files: list[FileGiven] = Field(max_length=20_000)


class TakenShown(Shown):
    """What an import did; with problems, or `dry_run`, nothing was written."""

    root: str
    written: bool
    added: list[str]
    changed: list[str]
    retired: list[str]
    same: int
    problems: list[ProblemShown]


@router.get("/knowledge", summary="List articles")
def list_articles(desk: DeskHere, visitor: Known, state: State | None = None) -> Page[ArticleShown]:
    """Those that the caller may read."""
    with desk.journal.read() as tx:
        rows = read_standings(tx, now=desk.clock.now())
    seen = [one for one in rows if may_see(visitor, one.article) and state in {None, one.article.state}]
    return Page(items=[_shown(one) for one in seen])


@router.get("/knowledge/search", summary="Search and answer")
def search_knowledge(
    desk: DeskHere, visitor: Known, q: Annotated[str, Query(min_length=1, max_length=500)], limit: Limit = 10
) -> KnowledgeFound:
    """The sections that may answer, as for the caller, and what a person would be told."""
    library = desk.library()
    reader = None if visitor.may("act") else ArticleReader(visitor.person)
    with desk.journal.read() as tx:
        world = read_world(tx)
    answer = find(library, q, reader=reader, world=world)
    found = library.search(q, reader=reader, limit=limit)
    return KnowledgeFound(
        answer=answer.text if answer else None,
        bar=bar_of(library),
        found=[
            SectionFound(article=one.article.id, title=one.article.title, section=one.section.heading,
                         href=f"/knowledge/{one.key}".rstrip("#"), confidence=round(one.confidence, 4))
            for one in found
        ],
    )  # fmt: skip


@router.get("/knowledge/unanswered", summary="List unanswered questions")
def list_unanswered(desk: DeskHere, visitor: Reader, limit: Limit = 50) -> Page[UnansweredShown]:
    """What no article answers, the same question in other words counted together, heaviest first."""
    with desk.journal.read() as tx:
        found = read_unanswered(tx, now=desk.clock.now(), library=desk.library())[:limit]
    return Page(
        items=[
            UnansweredShown(
                id=one.id,
                question=one.question,
                count=len(one.asked),
                people=one.people,
                weight=one.weight,
                last_at=one.last_at,
                in_other_words=list(dict.fromkeys(asked.question for asked in one.asked))[:20],
                cases=list(dict.fromkeys(asked.case for asked in one.asked if asked.case))[:20],
            )
            for one in found
        ]
    )


@router.post(
    "/knowledge/unanswered/{cluster}/draft", summary="Draft an article from an unanswered question", status_code=201
)
async def draft_article(desk: DeskHere, visitor: Actor, cluster: str) -> ArticleWhole:
    """With what colleagues answered in its cases. A draft answers nobody before a person publishes it."""

    def make() -> ArticleWhole:
        now, owner = desk.clock.now(), visitor.person.id if visitor.person else None
        with desk.journal.write() as tx:
            made = draft_from(tx, cluster, owner=owner, now=now, library=desk.library())
            save(
                tx,
                made,
                world=read_world(tx),
                by=visitor.actor,
                at=now,
                note="drafted from an unanswered question",
                base=0,
            )
            return _whole(read_standing(tx, made.id, now=now), 1)

    return await run_in_threadpool(make)


@router.post("/cases/{case}/article", summary="Draft an article from a solved case", status_code=201)
async def draft_of_case(desk: DeskHere, visitor: Actor, case: str) -> ArticleWhole:
    """With what was asked and what helped, in it and in cases like it. A draft answers nobody before a person publishes it."""

    def make() -> ArticleWhole:
        now, owner = desk.clock.now(), visitor.person.id if visitor.person else None
        with desk.journal.write() as tx:
            found = find_case(tx, case, visitor)
            made = drafted(tx, found, owner=owner, now=now)
            note = f"drafted from case {found.number}"
            save(tx, made, world=read_world(tx), by=visitor.actor, at=now, note=note, base=0)
            return _whole(read_standing(tx, made.id, now=now), 1)

    return await run_in_threadpool(make)


@router.get("/knowledge/review", summary="What articles need somebody")
def review_knowledge(desk: DeskHere, visitor: Reader) -> ReviewShown:
    """Articles that contradict each other, are overdue, have no owner, or never helped; and how the bar was measured."""
    with desk.journal.read() as tx:
        rows = read_standings(tx, now=desk.clock.now())
        pairs = read_contradictions(tx)
    measured = desk.library().measured
    return ReviewShown(
        contradictions=[
            ContradictionShown(what=one.what, first=one.first, first_says=one.first_says, second=one.second,
                               second_says=one.second_says)
            for one in pairs
        ],
        concerns=[_shown(one) for one in rows if one.article.state == "published" and one.concerns],
        bar=measured.bar,
        measured_on=measured.asked,
        right=measured.right,
        wrong=measured.wrong,
        invented=measured.invented,
    )  # fmt: skip


@router.post("/knowledge/import", summary="Bring in the files of a folder", response_model=TakenShown)
async def import_articles(
    *,
    request: Request,
    desk: DeskHere,
    visitor: Actor,
    given: FolderGiven,
    dry_run: Annotated[bool, Query()] = False,
) -> TakenShown | JSONResponse:
    """All of them or none: with a problem in one file nothing is written, and the answer is a 422 that names file, line and
    mend. What came from this folder before and is no longer in it is retired."""

    def take() -> Taken:
        batch = read_batch([ArticleFile(one.path, one.text) for one in given.files], root=given.root)
        with desk.journal.write() as tx:
            done = import_batch(tx, batch, world=read_world(tx), by=visitor.actor, at=desk.clock.now(), dry_run=dry_run)
        desk.renew()
        return done

    done = await asyncio.to_thread(take)
    return JSONResponse(_refused(done, request_id_of(request.scope)), 422) if done.problems else _taken(done)


@router.post("/knowledge/sync", summary="Read the configured folders again")
async def sync_knowledge(
    *, desk: DeskHere, visitor: Actor, dry_run: Annotated[bool, Query()] = False
) -> Page[TakenShown]:
    """Those of the setting `knowledge`. They are read by themselves when a file changes."""
    taken = await asyncio.to_thread(lambda: desk.sync_knowledge(by=visitor.actor, dry_run=dry_run))
    return Page(items=[_taken(one) for one in taken])


@router.get("/knowledge/{article}", summary="An article whole")
def get_article(desk: DeskHere, visitor: Known, article: str) -> ArticleWhole:
    with desk.journal.read() as tx:
        record = _seen(visitor, tx.articles.get(article))
        return _whole(read_standing(tx, record.id, now=desk.clock.now()), latest_version(tx, article))


@router.get("/knowledge/{article}/history", summary="Its versions")
def get_history(desk: DeskHere, visitor: Reader, article: str) -> Page[VersionShown]:
    """Newest first."""
    with desk.journal.read() as tx:
        _seen(visitor, tx.articles.get(article))
        found = versions_of(tx, article)
    return Page(
        items=[
            VersionShown(
                number=one.number, by=one.by, at=one.at, note=one.note, state=one.article.state, text=one.article.text
            )
            for one in found
        ]
    )


@router.put("/knowledge/{article}", summary="Write or change an article")
async def put_article(desk: DeskHere, visitor: Known, article: str, given: ArticleGiven) -> ArticleWhole:
    """For operators, and for its owner. Keeping it counts as a review. An article that lies in a file is edited there (409).
    What is published is asked everything once more that was asked in 180 days: it takes no question from an article that
    helped (409), unless `anyway`."""

    def write() -> ArticleWhole:
        now = desk.clock.now()
        fields = given.model_dump(exclude={"note", "base", "anyway"})
        record = Article.model_validate({"id": article, "reviewed_at": now, **fields})
        with desk.journal.read() as tx:  # asked again before anything is written: it takes a moment
            _may_edit(visitor, tx.articles.get(article))
            if record.state == "published":
                need_no_loss(tx, record, desk.library(), now=now, anyway=given.anyway)
        with desk.journal.write() as tx:
            _may_edit(visitor, tx.articles.get(article, lock=True))
            save(tx, record, world=read_world(tx), by=visitor.actor, at=now, note=given.note, base=given.base)
            whole = _whole(read_standing(tx, article, now=now), latest_version(tx, article))
        desk.renew()
        return whole

    return await run_in_threadpool(write)


def _may_edit(visitor: Visitor, article: Article | None) -> None:
    if not may_edit(visitor, article):
        raise Forbidden("this article is not yours to change", mend="ask its owner, or somebody with the right `act`")


def _seen(visitor: Visitor, article: Article | None) -> Article:
    if article is None or not may_see(visitor, article):
        raise NotFound("there is no such article", mend="search for it: `tickless knowledge search`")
    return article


def _shown(one: Standing) -> ArticleShown:
    return ArticleShown.model_validate(_facts(one))


def _facts(one: Standing) -> dict[str, object]:
    article = one.article
    return {
        **{
            name: getattr(article, name)
            for name in ("id", "title", "state", "owner", "service", "reviewed_at", "source")
        },
        "audience": list(article.audience),
        "tags": list(article.tags),
        "review_by": one.due_at,
        **{name: getattr(one, name) for name in ("shown", "helped", "not_helped", "last_used")},
        "concerns": list(one.concerns),
    }


def _whole(one: Standing, version: int) -> ArticleWhole:
    article = one.article
    more = {"text": article.text, "questions": list(article.questions), "review_days": article.review_days}
    return ArticleWhole.model_validate({**_facts(one), **more, "version": version})


def _taken(one: Taken) -> TakenShown:
    return TakenShown(
        root=one.root,
        written=one.written,
        added=list(one.added),
        changed=list(one.changed),
        retired=list(one.retired),
        same=one.same,
        problems=show_problems(one.problems),
    )


def _refused(taken: Taken, request_id: str) -> dict[str, Any]:
    files = len({one.path for one in taken.problems})
    return error_body(
        "knowledge_refused",
        f"{files} {'file is' if files == 1 else 'files are'} not right, and so nothing was written",
        mend="mend what is named, and import the folder again",
        request_id=request_id,
        fields=[
            {"field": f"{one.path}:{one.line}: {one.where}", "reason": f"{one.reason}; {one.mend}"}
            for one in taken.problems[:MOST_TOLD]
        ],
    )
