"""The process that all others stand on: `python -m tickless.sample.estate.ground BLUEPRINT` runs the keeper.

When its parent is gone it kills its whole process group, itself included.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
from pathlib import Path

from tickless.sample.estate.blueprint import PORTS_TAKEN, read_blueprint
from tickless.sample.estate.keeper import Keeper
from tickless.sample.estate.keeper_doors import open_doors
from tickless.sample.estate.lifeline import hold_on_to_parent


def _take_everyone_along() -> None:
    os.killpg(os.getpgid(0), signal.SIGKILL)


async def _main(file: Path) -> None:
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)  # the group that dies with us is ours alone, whoever started us and how
    hold_on_to_parent(_take_everyone_along)
    blueprint = read_blueprint(file)
    keeper = Keeper(blueprint, file)
    try:
        await open_doors(keeper)
    except OSError as error:
        raise SystemExit(PORTS_TAKEN if error.errno == errno.EADDRINUSE else str(error)) from error
    await keeper.start()
    state = blueprint.folder / "estate.json"
    state.touch(mode=0o600)
    state.with_suffix(".new").write_text(json.dumps({"blueprint": str(file), "pid": os.getpid()}))
    state.with_suffix(".new").replace(state)
    await keeper.pour()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(Path(sys.argv[1])))
