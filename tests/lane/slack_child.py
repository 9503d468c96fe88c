"""A house with nothing but Slack, in a process of its own that can be killed: `python slack_child.py FOLDER API`."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tickless.app.build import build
from tickless.app.settings import ConnectorUse, Settings
from tickless.sdk.testing.slack import APP_TOKEN, BOT_TOKEN


def main(folder: Path, api: str) -> None:
    (folder / "runbooks").mkdir(exist_ok=True)
    given = {"bot_token": "env:BOT", "app_token": "env:APP", "base_url": api}
    settings = Settings(
        data=folder / "data",
        runbooks=(folder / "runbooks",),
        connectors={"slack": ConnectorUse(use="slack", settings=given)},
    )
    build(settings, secret_values={"BOT": BOT_TOKEN, "APP": APP_TOKEN}).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
