"""One life of an engine that runs the workflow `w.live`: `python engine_life.py MAIN LOG FOLDER`. It is killed from outside."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tickless.flow.dbos_engine import DbosEngine
from tickless.journal import Journal

main, log, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
engine = DbosEngine(Journal(main_url=main, log_url=log), executor="life")


def note(word: str) -> None:
    with (folder / "diary").open("a") as diary:
        diary.write(word + "\n")


async def live() -> None:
    await engine.step("note", note, "woke")
    heard = await engine.receive(seconds=120)
    await engine.step("note", note, heard["word"])
    await engine.sleep(1.0)
    await engine.step("note", note, "slept")
    heard = await engine.receive(seconds=120)
    await engine.step("note", note, heard["word"])
    await engine.step("note", note, "end")


count = folder / "lives"
count.write_text(json.dumps(1 + (json.loads(count.read_text()) if count.exists() else 0)))
engine.register("w.live", live)
engine.launch()
time.sleep(120)
