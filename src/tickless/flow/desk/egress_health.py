"""Where the configured connectors may call: for the doctor."""

from __future__ import annotations

from collections.abc import Iterable

from tickless.flow.desk.promise import Check
from tickless.sdk.connector import Instance

MOST_SHOWN = 4


def egress_checks(instances: Iterable[Instance]) -> list[Check]:
    """One line for each connector that calls out; not well where one may call anybody."""
    found = []
    for one in sorted(instances, key=lambda instance: instance.name):
        if not one.connector.manifest.egress:
            continue
        places = [str(place) for place in one.egress.places]
        more = f" and {len(places) - MOST_SHOWN} more" if len(places) > MOST_SHOWN else ""
        told = f"may call {', '.join(places[:MOST_SHOWN])}{more}" if places else "may call nobody"
        if one.egress.anywhere:
            mend = 'set `egress.mode = "configured"`, and name further hosts in `egress.allow`'
            found.append(Check(f"egress {one.name}", ok=False, detail="may call any host", mend=mend))
        else:
            found.append(Check(f"egress {one.name}", ok=True, detail=told))
    return found
