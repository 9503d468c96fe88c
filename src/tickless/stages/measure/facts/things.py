"""What a figure is made of where that is no case: its name, what it is about, and where it can be looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.stages.measure.metrics.material import Material


@dataclass(frozen=True)
class Thing:
    """`service`: an id. `link`: its page in the console; empty where there is none."""

    name: str
    about: str = ""
    service: str = ""
    link: str = ""


def things_of(material: Material) -> dict[str, Thing]:
    """Every thing that a row of a figure may name (`change:…`, `service:…`, `limit:…`, `item:…`, `asked:…`), by that name."""
    found = {f"change:{one.id}": Thing(one.title, f"{one.kind} change", one.service, one.link)
             for one in material.changes or ()}  # fmt: skip
    for service in material.services or ():
        found[f"service:{service.id}"] = Thing(service.name, "service", service.id, f"/portfolio/{service.id}")
    for limit in material.limits or ():
        found[f"limit:{limit.id}"] = Thing(limit.text, "limit", link="/telemetry/limits")
    for one in material.exposures or ():
        found[f"item:{one.id}"] = Thing(one.name, "known weakness", one.service, one.link)
    for asked in material.asked or ():
        where = f"/knowledge/{asked.article}" if asked.article else ""
        found[f"asked:{asked.id}"] = Thing(f"a question on {asked.at:%Y-%m-%d %H:%M}", "asked of knowledge", link=where)
    return found
