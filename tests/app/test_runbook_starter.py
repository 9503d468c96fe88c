"""What `tickless runbook new` writes compiles as it stands, whatever it is about."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tickless.app.runbook_starter import text_of
from tickless.doors.cli.host import About
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_runbook


@pytest.mark.parametrize("about", get_args(About))
def test_a_new_runbook_compiles_and_its_probe_is_about_its_subject(about: About) -> None:
    text = text_of("queue.drain", about=about, path=Path("queue/drain.yaml"))
    runbook = compile_runbook(text, path="queue/drain.yaml", catalogue=shipped_catalogue())
    assert about in runbook.inputs
    assert f"inputs.{about}." in str([check.with_ for check in runbook.verify])
