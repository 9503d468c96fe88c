"""A part of the facts: those about some services. For a review with their owner. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from tickless.domain.world import World
from tickless.stages.measure.week.facts import Facts


def services_of(world: World, owner: str) -> frozenset[str]:
    """Ids of the services that a person answers for."""
    return frozenset(one.id for one in world.services.values() if owner and one.owner == owner)


def about(facts: Facts, services: Collection[str]) -> Facts:
    """What concerns these services: their cases, ends and alerts, and what was held back or foreseen of those."""
    alerts = {key: alert for key, alert in facts.alerts.items() if alert.service in services}
    cases = [one for one in facts.cases if one.service in services]
    known = {one.id for one in cases}
    keys = {fingerprint for _, fingerprint in alerts}
    return dataclasses.replace(
        facts,
        alerts=alerts,
        transitions=[one for one in facts.transitions if one.key in alerts],
        cases=cases,
        resolutions=[one for one in facts.resolutions if one.service in services or one.case in known],
        holds=[one for one in facts.holds if one.service in services or (one.source, one.fingerprint) in alerts],
        forecasts=[one for one in facts.forecasts if one.fingerprint in keys],
        foretold=[one for one in facts.foretold if one.fingerprint in keys],
        doubts=0,
        quarantined={},
        world=_around(facts.world, services),
    )


def _around(world: World, services: Collection[str]) -> World:
    """The same records, with the edges that begin or end there."""
    edges = tuple(one for one in world.dependencies if one.service in services or one.needs in services)
    return dataclasses.replace(world, dependencies=edges)
