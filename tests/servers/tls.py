"""https before a server that speaks http, as a proxy stands before a house: for clients that speak https only."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.servers.processes import HOST


@contextmanager
def tls_before(url: str) -> Iterator[tuple[str, ssl.SSLContext]]:
    """Passes what is posted on to `url`; yields the https address and what a client has to trust."""
    import trustme

    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(server_side)
    client_side = ssl.create_default_context()
    authority.configure_trust(client_side)
    behind = urlsplit(url).netloc

    class PassOn(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            with closing(http.client.HTTPConnection(behind, timeout=30)) as connection:
                connection.request("POST", self.path, body, dict(self.headers))
                answer = connection.getresponse()
                told = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *words: object) -> None:
            return

    with ThreadingHTTPServer((HOST, 0), PassOn) as server:
        server.socket = server_side.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, name="https", daemon=True)
        thread.start()
        try:
            yield f"https://{HOST}:{server.server_address[1]}", client_side
        finally:
            server.shutdown()
            thread.join(timeout=10)
