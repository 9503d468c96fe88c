"""The load of S1, in a process of its own: posts batches over keep-alive connections and counts the answers.

`python -m bench.sender PORT PATH POSTS FIRST_SERIAL` with `SENDER_TOKEN` in the environment. FIRST_SERIAL 0: all posts
the same; otherwise the first of POSTS distinct ones. Prints {"posts", "failed", "seconds"}.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Iterator

from bench.alerts import body, numbered

CONNECTIONS = 16


def main() -> None:
    port, path, posts, first = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    failed: list[int] = []
    begun = time.monotonic()
    threads = [
        threading.Thread(target=_send, args=(port, path, _bodies(first, range(n, posts, CONNECTIONS)), failed))
        for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"posts": posts, "failed": len(failed), "seconds": time.monotonic() - begun}))


def _bodies(first: int, turns: range) -> Iterator[bytes]:
    template = body()
    return (numbered(template, first + turn if first else 0) for turn in turns)


def _send(port: int, path: str, bodies: Iterator[bytes], failed: list[int]) -> None:
    headers = {"Content-Type": "application/json"}
    if token := os.environ.get("SENDER_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for content in bodies:
        connection.request("POST", path, content, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {200, 202}:
            failed.append(answer.status)
    connection.close()


if __name__ == "__main__":
    main()
