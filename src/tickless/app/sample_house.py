"""A house that lives in the sample company: the estate's connector behind every capability, its records in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickless.app.build import House, Role, build
from tickless.app.settings import ConnectorUse, PaceSettings, Settings
from tickless.domain.world import World
from tickless.flow.engine import Engine
from tickless.journal.world import write_world
from tickless.kit.clock import Clock
from tickless.practices.knowledge.folder import ArticleFile, read_batch
from tickless.practices.knowledge.service import import_batch
from tickless.sample.articles import make_articles
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate
from tickless.sdk.capabilities import CAPABILITIES

COMPANY = "company"
MONITOR = "monitor"
ARTICLES = "larkmoor"
"""The folder that the sample's articles seem to come from."""
QUICK = PaceSettings(answer=60.0, approval=60.0, first_look=20.0, gather=3.0)
"""The sample company's day is short: people answer in seconds."""


@dataclass
class SampleHouse:
    """A house, and the estate it looks after."""

    house: House
    estate: Estate
    company: Company


def sample_settings(estate: Estate, data: Path, **given: Any) -> Settings:
    """Settings with the estate's connector, the monitor as a source, and every capability bound."""
    own, _ = estate.connector_settings()
    connectors = {
        COMPANY: ConnectorUse(use="sample", settings=own),
        MONITOR: ConnectorUse(use="alertmanager", settings={}),
    }
    capabilities = {name.partition(".")[0] for name in CAPABILITIES}
    chosen: dict[str, Any] = {
        "data": data,
        "connectors": connectors,
        "bindings": dict.fromkeys(sorted(capabilities), COMPANY),
        "default_rung": "auto",
        "pace": QUICK,
    }
    return Settings(**{**chosen, **given})


def open_sample_house(estate: Estate, company: Company, data: Path, *, role: Role = "all", clock: Clock | None = None,
                      engine: Engine | None = None, settings: Settings | None = None, **given: Any) -> SampleHouse:  # fmt: skip
    """Build (not start) a house in that estate and put the company's records into its journal. `clock` and `engine`: of a
    simulation."""
    _, secret_values = estate.connector_settings()
    settings = settings or sample_settings(estate, data, **given)
    house = build(settings, role=role, clock=clock, secret_values=secret_values, engine=engine)
    with house.journal.write() as tx:
        write_world(tx, world_of(company))
        now = house.rooms.clock.now()
        files = [ArticleFile(name, text) for name, text in make_articles(company.people, now.date())]
        import_batch(tx, read_batch(files, root=ARTICLES), world=world_of(company), by="sample", at=now)
    house.world.renew()
    house.library.renew()
    house.world.understanding()
    return SampleHouse(house, estate, company)


def world_of(company: Company) -> World:
    """The company's records as the house knows them."""
    return World.of(
        people=company.people,
        apps=company.apps,
        devices=company.devices,
        services=company.services,
        items=company.items,
        dependencies=company.dependencies,
        catalogue=company.catalogue,
    )
