"""The generated pages say what the code says."""

from collections.abc import Callable

import pytest
from tests.docs.reference import GENERATED, PAGES


@pytest.mark.parametrize(("name", "write"), GENERATED.items(), ids=GENERATED)
def test_a_generated_page_is_current(name: str, write: Callable[[], str]) -> None:
    kept = (PAGES / name).read_text(encoding="utf-8")
    assert kept == write(), (
        f"run `python -m tests.docs.reference`, read what changed in docs/reference/{name}, commit it"
    )
