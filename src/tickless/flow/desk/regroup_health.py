"""Whether merges and splits left everything somewhere that stands: a law that must hold at every moment."""

from __future__ import annotations

from tickless.flow.desk.promise import Check
from tickless.journal import Tx


def regroup_check(tx: Tx) -> Check:
    """No alert stands in a case that went into another one: nobody would see it there."""
    stranded = tx.regroups.stranded()
    if stranded:
        return Check("merged cases", ok=False, detail=f"alerts are left in {', '.join(stranded[:5])}",
                     mend="merge those cases again: what is left there follows")  # fmt: skip
    return Check("merged cases", ok=True, detail="every alert is in a case that stands for itself")
