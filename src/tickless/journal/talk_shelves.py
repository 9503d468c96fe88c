"""The shelves of what is known, learnt and said: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.channel import Binding, Delivery, Thread
from tickless.domain.knowledge import Article, ArticleVersion, Asked
from tickless.domain.lesson import Lesson
from tickless.journal import tables
from tickless.journal.shelf import Shelf


class TalkShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def articles(self) -> Shelf[Article]:
        return Shelf(self.connection, tables.articles, Article, lambda a: {"id": a.id, "title": a.title})

    @cached_property
    def article_versions(self) -> Shelf[ArticleVersion]:
        return Shelf(
            self.connection,
            tables.article_versions,
            ArticleVersion,
            lambda v: {"id": v.id, "article": v.article.id, "at": v.at},
        )

    @cached_property
    def asked(self) -> Shelf[Asked]:
        return Shelf(
            self.connection,
            tables.asked,
            Asked,
            lambda x: {"id": x.id, "conversation": x.conversation, "article": x.article, "at": x.at},
        )

    @cached_property
    def lessons(self) -> Shelf[Lesson]:
        return Shelf(
            self.connection,
            tables.lessons,
            Lesson,
            lambda x: {"id": x.id, "state": x.state, "conversation": x.conversation, "need": x.need, "at": x.at},
        )

    @cached_property
    def bindings(self) -> Shelf[Binding]:
        return Shelf(
            self.connection,
            tables.bindings,
            Binding,
            lambda x: {"id": x.id, "channel": x.channel, "account": x.account, "person": x.person, "active": x.active},
        )

    @cached_property
    def threads(self) -> Shelf[Thread]:
        return Shelf(
            self.connection,
            tables.threads,
            Thread,
            lambda x: {
                "id": x.id,
                "channel": x.channel,
                "account": x.account,
                "person": x.person,
                "last_heard_at": x.last_heard_at,
            },
        )

    @cached_property
    def deliveries(self) -> Shelf[Delivery]:
        return Shelf(
            self.connection,
            tables.deliveries,
            Delivery,
            lambda x: {
                "id": x.id,
                "thread": x.thread,
                "state": x.state,
                "due_at": x.due_at,
                "tries": x.tries,
                "spoken_at": x.sent_at if x.proactive else None,
            },
        )
