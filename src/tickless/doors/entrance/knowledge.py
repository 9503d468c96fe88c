"""Who may read an article, and who may change it."""

from __future__ import annotations

from tickless.domain.knowledge import Article
from tickless.doors.entrance.visitor import Visitor
from tickless.practices.knowledge.library import Reader, may_read


def may_see(visitor: Visitor, article: Article) -> bool:
    """Those who may edit it see it in every state; others what is published and for them."""
    if may_edit(visitor, article):
        return True
    if article.state != "published":
        return False
    everybody = not article.audience and visitor.user is not None
    return everybody or may_read(article, Reader(visitor.person))


def may_edit(visitor: Visitor, article: Article | None) -> bool:
    """Operators, and the owner of an article; a new one is for operators."""
    if visitor.may("act"):
        return True
    if article is None or visitor.person is None:
        return False
    return article.owner == visitor.person.id
