"""Whether the audit record is signed, and whether every sealed account still is."""

from __future__ import annotations

from tickless.flow.desk.promise import Check
from tickless.flow.desk.record_keeping import RecordKeeping
from tickless.journal import Journal


def record_checks(record: RecordKeeping, journal: Journal) -> list[Check]:
    """The key, and the seals."""
    shown = record.keys()
    if shown.signs:
        signing = Check("audit signatures", ok=True, detail=f"signed by key {shown.own.id}")
    else:
        mend = "restore audit.key, or: tickless audit key --rotate --lost"
        signing = Check(
            "audit signatures", ok=False, detail="this process does not hold the key that counts", mend=mend
        )
    with journal.read() as tx:
        users = tx.access.users.where(limit=5_000)
    broken = [user.login for user in users if user.kind == "break_glass" and user.password is None]
    if not broken:
        return [signing]
    mend = f"find out who used it, then: tickless user seal {broken[0]}"
    return [
        signing,
        Check("break-glass account", ok=False, detail=f"the seal of {', '.join(broken)} is broken", mend=mend),
    ]
