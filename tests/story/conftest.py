"""The sample company, opened once, and a house in it for each module: the durable engine is one in a process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.sample.resting import kept
from tests.story.stage import Stage

from tickless.app.sample_house import MONITOR, open_sample_house
from tickless.app.serving import local_user, serving
from tickless.app.settings import PaceSettings
from tickless.sample.company import Company, make_company
from tickless.sample.estate.control import Estate

PACE = PaceSettings(answer=4.0, approval=20.0, first_look=2.0, gather=1.5)
"""Nobody waits long in these stories."""


@pytest.fixture(scope="session")
def company() -> Company:
    return make_company()


@pytest.fixture(scope="session")
def estate(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with Estate.start(company, tmp_path_factory.mktemp("larkmoor") / "estate", interval=0.25) as running, kept(running):
        yield running


@contextmanager
def _house(estate: Estate, company: Company, folder: Path, **given: Any) -> Iterator[Stage]:
    estate.reset()
    with ExitStack() as stack:
        sample = open_sample_house(estate, company, folder, **{"pace": PACE, **given})
        sample.house.start()
        stack.callback(sample.house.stop)
        stack.callback(estate.point_monitor, "", "")
        url = stack.enter_context(serving(sample.house))
        user = local_user(sample.house)
        token = sample.house.entrance.create_token(MONITOR, user=user, scopes=["signals:write"], source=MONITOR)
        estate.point_monitor(f"{url}/hooks/{MONITOR}", token.token)
        yield Stage(sample, url, token.token)


@pytest.fixture(scope="module")
def stage(estate: Estate, company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A house that serves the company, with the runbooks that ship and the monitor as its source."""
    with _house(estate, company, tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def make_stage(estate: Estate, company: Company, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """For a house with settings of its own: `with make_stage(runbooks=...) as stage`."""
    return lambda **given: _house(estate, company, tmp_path_factory.mktemp("house"), **given)
