"""Runbooks that were proposed and signed in the house: they hold beside those of the folders; the higher revision counts."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.domain.errors import RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.flow.desk.architecting import holding
from tickless.journal import Journal
from tickless.kit.log import get_logger
from tickless.sdk.registry import Registry
from tickless.stages.act.catalogue import catalogue_of
from tickless.stages.act.compiler import compile_runbook
from tickless.stages.act.linking import link

log = get_logger("app")


def with_kept(found: Mapping[str, Runbook], journal: Journal, registry: Registry) -> dict[str, Runbook]:
    """The folders' runbooks and the signed ones. One that does not compile any more is left out, and said so in the log: a
    house must not fail to start because a system was disconnected."""
    whole = dict(found)
    catalogue = catalogue_of(registry)
    with journal.read() as tx:
        signed = tx.runbook_drafts.where(tx.runbook_drafts.table.c.state == "published", limit=1_000)
    for one in signed:
        try:
            runbook = compile_runbook(one.text, path=f"signed/{one.runbook}.yaml", catalogue=catalogue)
        except RunbookInvalid as error:
            log.error(
                "a signed runbook does not compile any more",
                runbook=one.runbook,
                problems=[str(p) for p in error.problems[:5]],
            )
            continue
        if not holding(runbook, found.get(runbook.runbook)):
            continue
        linked, faults = link({**whole, runbook.runbook: runbook})
        if any(fault.runbook == runbook.runbook for fault in faults):
            log.error("a signed runbook calls what is not there", runbook=one.runbook)
            continue
        whole[runbook.runbook] = linked[runbook.runbook]
    return whole


def kept_signature(journal: Journal) -> str:
    """Changes whenever a proposal is signed or replaced."""
    with journal.read() as tx:
        table = tx.runbook_drafts.table.c
        last = tx.runbook_drafts.where(table.state == "published", order=table.id.desc(), limit=1)
        count = tx.runbook_drafts.count(table.state == "published")
    return f"{count}:{last[0].id if last else ''}:{last[0].decided_at if last else ''}"
