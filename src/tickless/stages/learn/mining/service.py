"""Mines what the journal holds: tickets of the past and live cases, and keeps what was found."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from tickless.ai.encoder import Encoder
from tickless.domain.errors import BadInput
from tickless.domain.opportunity import Mining
from tickless.journal import Journal
from tickless.journal.cases import CaseFilter
from tickless.kit.ids import new_id
from tickless.stages.learn.mining.agreement import adjusted_rand
from tickless.stages.learn.mining.core import Found, Matching, span_of, weigh
from tickless.stages.learn.mining.grouping import Groups, group_items
from tickless.stages.learn.mining.items import Item, item_of_case, item_of_ticket

MOST_TICKETS, MOST_CASES = 200_000, 50_000
"""The newest of them are mined: what came again years ago and no more is no opportunity."""
FEWEST = 20
CHECKED = 6_000
"""Up to so many items the grouping is made a second time on a half, to say how well it stands."""
_PAGE = 500


class MiningRoom:
    """`encoder`: asked for when it is needed."""

    def __init__(self, journal: Journal, *, encoder: Callable[[], Encoder | None]) -> None:
        self._journal = journal
        self._encoder = encoder

    def mine(self, *, by: str, now: dt.datetime, matching: Matching) -> Mining:
        """Group, name, weigh and keep. Blocks, for minutes where there is much. Raises `BadInput` where there is too little."""
        began = time.monotonic()
        tickets, cases = self._items()
        items = [*tickets, *cases]
        if len(items) < FEWEST:
            raise BadInput(f"there are {len(items)} tickets and cases: too few to find what comes again",
                           mend=f"bring tickets of the past in (`tickless history import`): {FEWEST} at least")  # fmt: skip
        with self._journal.read() as tx:
            before = tx.all_members()
            known = {one.id: one for one in tx.opportunities.where(limit=10_000)}
        encoder = self._encoder()
        groups = group_items(items, encoder=encoder, before=before)
        identity = new_id("mine")
        found = weigh(items, groups, mining=identity, before=before, known=known, matching=matching, now=now)
        since, until = span_of(items)
        mining = Mining(
            id=identity, at=now, by=by, tickets=len(tickets), cases=len(cases), clusters=len(found.opportunities),
            grouped=len(found.of) / len(items), method=groups.method, stability=adjusted_rand(found.of, before),
            agreement=_agreement(items, groups, encoder), seconds=round(time.monotonic() - began, 1),
            since=since, until=until,
        )  # fmt: skip
        self._keep(mining, found, items, set(known) - {one.id for one in found.opportunities})
        return mining

    def _items(self) -> tuple[list[Item], list[Item]]:
        with self._journal.read() as tx:
            tickets = deque((item_of_ticket(ticket) for ticket in tx.histories()), maxlen=MOST_TICKETS)
            cases: list[Item] = []
            last: int | None = None
            while len(cases) < MOST_CASES:
                page = tx.cases.page(CaseFilter(), before=last, limit=_PAGE)
                cases += [item_of_case(case) for case in page if case.state != "merged"]
                if len(page) < _PAGE:
                    break
                last = page[-1].number
        return list(tickets), cases

    def _keep(self, mining: Mining, found: Found, items: Iterable[Item], gone: set[str]) -> None:
        at = {item.id: item.at for item in items}
        with self._journal.write() as tx:
            tx.minings.put(mining)
            tx.drop_members()
            for one in gone:
                earlier = tx.opportunities.get(one)
                if earlier is not None and earlier.state in {"found", "gone"}:
                    tx.opportunities.delete(one)
                elif earlier is not None:
                    tx.opportunities.put(earlier.model_copy(update={"rank": 1_000_000 + earlier.rank % 1_000_000}))
            tx.opportunities.put_all(found.opportunities)
            for part in _parts(found.of.items()):
                tx.put_members({"item": item, "opportunity": one, "at": at[item]} for item, one in part)
            tx.audit.append(at=mining.at, actor=mining.by, action="opportunities.mined", subject=f"mining:{mining.id}",
                            detail={"tickets": mining.tickets, "cases": mining.cases, "found": mining.clusters})  # fmt: skip


def _parts(pairs: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    source = iter(pairs)
    while part := list(itertools.islice(source, 2_000)):
        yield part


def _agreement(items: list[Item], groups: Groups, encoder: Encoder | None) -> float | None:
    """How much of the grouping stands when every second item is missing: nothing of the first is known to the second."""
    if len(items) > CHECKED:
        return None
    half = sorted(items, key=lambda item: item.id)[::2]
    count = len({group for item, group in groups.of.items()})
    again = group_items(half, encoder=encoder, count=max(count, 1), seed=1)
    return adjusted_rand(groups.of, again.of)
