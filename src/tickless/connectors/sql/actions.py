"""What can be done to a database: the statements of the settings, and freeing stuck connections."""

from __future__ import annotations

from tickless.connectors.sql.client import Database, transaction
from tickless.connectors.sql.parameters import Changed, Done
from tickless.connectors.sql.pools import count_stuck, end_stuck, pool_of, read_pool
from tickless.connectors.sql.probes import check_values
from tickless.connectors.sql.settings import Statement
from tickless.connectors.sql.text import placeholders
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.infrastructure import Pool, ServiceName


@action("execute", params=Done, output=Changed)
def execute(call: Call, params: Done) -> Result:
    """Run one of the settings' statements, unless its `done_when` says that the effect is there already."""
    known = call.settings.statements.get(params.statement)
    if known is None:
        names = ", ".join(sorted(call.settings.statements)) or "none"
        raise Rejected("no statement has this name", mend=f"add it to `statements`; there are: {names}")
    check_values(placeholders(known.sql) | placeholders(known.done_when), params.values)
    with transaction(call.settings, call.secret, timeout=call.timeout, write=not call.dry_run) as database:
        if call.dry_run or _is_done(database, known, params):
            return _result(call, params, known, rows=0, changed=not _is_done(database, known, params))
        rows = database.change(known.sql, _only(placeholders(known.sql), params))
        if not _is_done(database, known, params):
            raise Rejected(
                "the statement ran and its `done_when` is still not true: rolled back",
                mend=f"compare `sql` and `done_when` of the statement {params.statement}",
            )
    return _result(call, params, known, rows=rows, changed=True)


def _is_done(database: Database, known: Statement, params: Done) -> bool:
    rows = database.rows(known.done_when, _only(placeholders(known.done_when), params), most=1)
    return any(next(iter(row.values())) for row in rows)


def _only(names: frozenset[str], params: Done) -> dict[str, str | int | float | bool | None]:
    return {name: params.values[name] for name in names}


def _result(call: Call, params: Done, known: Statement, *, rows: int, changed: bool) -> Result:
    word = "there was nothing to do" if not changed else "would run" if call.dry_run else f"{rows} rows changed"
    return Result(
        output=Changed(rows=rows, done=not call.dry_run or not changed),
        changed=changed,
        summary=f"{params.statement}: {word}",
        undo=_undo(call, params, known),
    )


def _undo(call: Call, params: Done, known: Statement) -> UndoStep | None:
    if not known.undo:
        return None
    undo: Statement = call.settings.statements[known.undo]
    values = _only(placeholders(undo.sql) | placeholders(undo.done_when), params)
    return UndoStep(uses=f"{call.instance.name}.execute", with_={"statement": known.undo, "values": values})


@action("recycle_pool", params=ServiceName, output=Pool)
def recycle_pool(call: Call, params: ServiceName) -> Result:
    """End the connections of a service that sit idle inside a transaction. Answers how full the pool is afterwards."""
    known = pool_of(call.settings, params.service)
    with transaction(call.settings, call.secret, timeout=call.timeout) as database:
        stuck = count_stuck(database, known) if call.dry_run else end_stuck(database, known)
    with transaction(call.settings, call.secret, timeout=call.timeout) as database:
        state = read_pool(database, known)
    word = "would be ended" if call.dry_run else "were ended"
    return Result(output=state, changed=stuck > 0, summary=f"{stuck} stuck connections {word}")
