"""The link by which people without an account read the news of a major incident. Only its hash is stored."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from tickless.domain.errors import Conflict, Forbidden, NotFound
from tickless.domain.major import MajorIncident, MajorSettings
from tickless.flow.desk.practices.major_parts import allow_major
from tickless.flow.keeping import Keeper, Keeping
from tickless.journal.access import token_hash

AFTERWARDS = dt.timedelta(days=7)
"""So long after it is over the link works."""
MOST = 200


class MajorNews:
    """Methods block. Off unless the house allows it (`major.public_news`); each link is made and withdrawn by hand."""

    def __init__(self, keeping: Keeping, rules: MajorSettings) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal
        self.allowed = rules.public_news

    def share(self, identity: str, *, by: Keeper) -> str:
        """A new link's token; one that was made before works no more. Raises `NotFound`, `Conflict`, `Forbidden`."""
        if not self.allowed:
            raise Forbidden("this house does not share news outside", mend="an administrator may set major.public_news")
        token = secrets.token_urlsafe(32)
        self._keep(identity, by, "share", token_hash(token))
        return token

    def unshare(self, identity: str, *, by: Keeper) -> MajorIncident:
        """Its link works no more. Raises `NotFound`, `Forbidden`."""
        return self._keep(identity, by, "unshare", "")

    def _keep(self, identity: str, by: Keeper, deed: str, key: str) -> MajorIncident:
        with self._journal.write() as tx:
            major = tx.major_incidents.need(identity, lock=True)
            allow_major(self._keeping, major, by, deed)
            if key and (major.rehearsal is not None or major.state != "declared"):
                raise Conflict("only what goes on, in earnest, is shared")
            self._keeping.record(tx, by.by, f"major_incident.{deed}d", identity, {}, case=major.case)
            return tx.major_incidents.put(major.model_copy(update={"news_key": key}))

    def look(self, token: str) -> MajorIncident:
        """What a link leads to. Raises `NotFound`, whatever the reason."""
        wanted, now = token_hash(token), self._keeping.now
        with self._journal.read() as tx:
            latest = (
                tx.major_incidents.where(order=tx.major_incidents.table.c.due.desc(), limit=MOST)
                if self.allowed
                else []
            )
        for major in latest:
            fresh = major.stood_down_at is None or now - major.stood_down_at < AFTERWARDS
            if major.news_key and hmac.compare_digest(major.news_key, wanted) and fresh:
                return major
        raise NotFound("there is no such page, or it is not shared any more")
