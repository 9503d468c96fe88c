"""A small server that leaks from SIGUSR1 on, until it is started anew: `python fault_worker.py HOST PORT`. Its memory is
bounded by the kernel; it goes on answering when it has come there, as a process does that swaps its caches for its leak."""

from __future__ import annotations

import resource
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

MB = 1_000_000
LIMIT = 150 * MB
"""Above what the process maps at its start."""
RESERVE = 8 * MB
"""Set aside, and given back when there is no more: what answering takes."""
PIECE = 4 * MB


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_told: object) -> None:
        """Nothing is logged."""


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + LIMIT, mapped + LIMIT))
    leaks: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _frame: leaks.append(number))
    kept, reserve = list[bytes](), [b"\1" * RESERVE]
    with HTTPServer((host, port), Answer) as server:
        server.timeout = 0.05
        while True:
            server.handle_request()
            if leaks and reserve:
                try:
                    kept.append(b"\1" * PIECE)
                except MemoryError:
                    reserve.clear()


if __name__ == "__main__":
    main()
