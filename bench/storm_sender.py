"""Sends the storm of S2 by the clock, in a process of its own: each monitor over a few keep-alive connections.

`python -m bench.storm_sender PORT PACE` with the tokens of the sources in `STORM_TOKENS` (JSON) and the map on standard input
(JSON: service → what it needs). PACE 2 sends it in half the time. Prints {"posts", "alerts", "failed", "late", "answers"}:
`late` is by how many seconds posts left later than planned at worst, `answers` the seconds to the answer of every post.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Sequence

from bench.storm_load import BATCH, SHARES, Sent, body_of, make_storm

PATHS = {"alertmanager": "/api/v2/alerts", "zabbix": "/hooks/zabbix", "pagerduty": "/v2/enqueue"}
LINES = {"alertmanager": 2, "zabbix": 4, "pagerduty": 4}
"""Connections of each monitor."""


class Line:
    """One connection and what it is to send, in order of time."""

    def __init__(self, port: int, source: str, token: str, posts: Sequence[Sequence[Sent]]) -> None:
        self.source, self.token, self.posts = source, token, posts
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.failed: list[int] = []
        self.answers: list[float] = []
        self.late = 0.0

    def send(self, begun: float, began: dt.datetime, pace: float) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        for alerts in self.posts:
            body = body_of(self.source, alerts, began, key=self.token)
            wait = begun + alerts[-1].at / pace - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.late = max(self.late, -wait)
            sent = time.monotonic()
            self.connection.request("POST", PATHS[self.source], body, headers)
            answer = self.connection.getresponse()
            answer.read()
            self.answers.append(time.monotonic() - sent)
            if answer.status not in {200, 202}:
                self.failed.append(answer.status)
        self.connection.close()


def posts_of(storm: Sequence[Sent], source: str) -> list[list[Sent]]:
    """Prometheus sends what it has in batches, the others alert by alert."""
    mine = [one for one in storm if one.source == source]
    size = BATCH if source == "alertmanager" else 1
    return [mine[first : first + size] for first in range(0, len(mine), size)]


def main() -> None:
    port, pace = int(sys.argv[1]), float(sys.argv[2])
    tokens = json.loads(os.environ["STORM_TOKENS"])
    storm = make_storm(json.load(sys.stdin))
    lines = []
    for source in SHARES:
        posts = posts_of(storm, source)
        lines += [Line(port, source, tokens[source], posts[n :: LINES[source]]) for n in range(LINES[source])]
    began, begun = dt.datetime.now(dt.UTC), time.monotonic() + 0.5
    threads = [threading.Thread(target=line.send, args=(begun, began, pace)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {
        "posts": sum(len(line.posts) for line in lines),
        "alerts": len(storm),
        "failed": sum(len(line.failed) for line in lines),
        "late": max(line.late for line in lines),
        "answers": [one for line in lines for one in line.answers],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
