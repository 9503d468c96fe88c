"""A house that is killed and started again: `python -m bench.survivor DATA TRACE`.

Runs one durable workflow of slow steps; each step writes a line with its number and the time (seconds since 1970) to TRACE.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tickless.app.build import build
from tickless.app.settings import Settings
from tickless.kit.log import configure_logging

STEPS = 100
PACE = 0.1
NAME = "bench.survive"


def main() -> None:
    data, trace = Path(sys.argv[1]), Path(sys.argv[2])
    configure_logging(level="ERROR")
    house = build(Settings(data=data))

    def step(number: int) -> int:
        with trace.open("a", encoding="ascii") as file:
            file.write(f"{number} {time.time()}\n")
        time.sleep(PACE)
        return number

    async def survive() -> int:
        for number in range(STEPS):
            await house.engine.step("bench.step", step, number)
        return STEPS

    house.engine.register(NAME, survive)
    house.start()
    with house.journal.write() as tx:
        house.engine.enqueue(tx, NAME, workflow=NAME, args=())
    time.sleep(60.0)  # the bench ends it long before


if __name__ == "__main__":
    main()
