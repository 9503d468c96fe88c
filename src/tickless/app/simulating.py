"""Plays a draft's own tests in the sample company: a process of its own, so that nothing of it touches this house."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tickless.domain.errors import BadInput, Unreachable
from tickless.flow.desk.architecting import Simulated

PATIENCE = 240.0
"""Seconds for a start, all tests of a file, and the end."""
TOLD = "tickless: "


def simulate(text: str) -> list[Simulated]:
    """Every test of the file. Raises `Unreachable` when the company cannot be started, `BadInput` when it cannot play it."""
    with tempfile.TemporaryDirectory(prefix="tickless-draft-") as folder:
        file = Path(folder, "draft.yaml")
        file.write_text(text, encoding="utf-8")
        command = [
            sys.executable,
            "-c",
            "from tickless.app.main import main; main()",
            "runbook",
            "test",
            str(file),
            "--json",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder)  # noqa: S603
            found = json.loads(done.stdout or "null")
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            raise Unreachable("the sample company could not be started for it", detail=type(error).__name__) from error
    if found is None:
        said = next((one for one in done.stderr.splitlines() if one.startswith(TOLD)), "it said nothing").removeprefix(
            TOLD
        )
        raise BadInput(
            f"the sample company cannot play it: {said}", mend="it knows the operations of its own systems only"
        )
    return [Simulated(one["test"], one["passed"], one["said"], one["seconds"]) for one in found]
