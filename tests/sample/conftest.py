"""One sample company for the tests of this folder, closed again at the end."""

from collections.abc import Iterator

import pytest
from tests.sample.hands import Hands
from tests.sample.resting import kept

from tickless.sample.company import Company, make_company
from tickless.sample.estate.control import Estate


@pytest.fixture(scope="session")
def company() -> Company:
    return make_company()


@pytest.fixture(scope="session")
def running(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with Estate.start(company, tmp_path_factory.mktemp("larkmoor") / "estate", interval=0.3) as estate, kept(estate):
        yield estate


@pytest.fixture
def estate(running: Estate) -> Estate:
    """The shared company, with a fresh record of effects."""
    running.forget_effects()
    return running


@pytest.fixture
def hands(estate: Estate) -> Hands:
    return Hands(estate)
