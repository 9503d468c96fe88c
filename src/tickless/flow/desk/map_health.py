"""How the service map is kept up to date: who cannot be asked, who is doubted, what waits to be mended. For the doctor."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.flow.desk.promise import Check
from tickless.flow.inventory import MapSource


def map_checks(sources: Sequence[MapSource]) -> list[Check]:
    """One line for all that is well, and one for each source that is not."""
    waiting = sum(one.waiting for one in sources)
    asked = sum(one.askable for one in sources)
    detail = f"{asked} sources are asked" + (f", {waiting} rows wait to be mended" if waiting else "")
    return [
        Check("service map", ok=True, detail=detail),
        *(_ill(one) for one in sources if one.problem or one.doubtful),
    ]


def _ill(one: MapSource) -> Check:
    if one.problem:
        return Check(
            f"map source {one.name}", ok=False, detail=one.problem, mend="look at its address, token and rights"
        )
    mend = f"look what is missing with `tickless map diff {one.name}`; if it is right, `tickless map sync {one.name} --sure`"
    return Check(f"map source {one.name}", ok=False, detail="lacks most of what it said before", mend=mend)
