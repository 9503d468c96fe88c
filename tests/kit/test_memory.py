"""What large bodies leave behind does not stay once for each thread."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import re, threading
from pathlib import Path
from tickless.kit.memory import keep_few_arenas
print(keep_few_arenas())
here = threading.Barrier(8)
def work():
    here.wait()
    kept.append([bytes(600) for _ in range(200)])
    here.wait()
kept = []
threads = [threading.Thread(target=work) for _ in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
arenas = [line for line in Path("/proc/self/maps").read_text().splitlines()
          if re.match(r"[0-9a-f]+(000000|4000000|8000000|c000000)-", line) and " rw-p 00000000 00:00 0" in line]
print(len(arenas))
"""


def printed(**env: str) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=kept | env, capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux'")
def test_threads_share_two_arenas_unless_the_operator_says_otherwise() -> None:
    told, few = printed()
    assert told == "True"
    left, many = printed(MALLOC_ARENA_MAX="64")
    assert left == "False"
    assert int(few) < int(many)
