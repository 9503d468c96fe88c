"""PDFs from pages of ours: real paper, and nothing loaded."""

from __future__ import annotations

import http.server
import threading

from tickless.kit.pdf import as_pdf, can_make_pdf


def test_a_page_becomes_paper() -> None:
    assert can_make_pdf()
    paper = as_pdf("<h1>The week</h1><svg width='10' height='10'><rect width='5' height='5'/></svg>")
    assert paper.startswith(b"%PDF-")
    assert len(paper) > 1_000


def test_nothing_is_loaded_from_anywhere() -> None:
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}/"
        page = f"<link rel='stylesheet' href='{place}x.css'><img src='{place}x.png'><img src='file:///etc/hostname'>"
        assert as_pdf(page).startswith(b"%PDF-")
        server.shutdown()
    assert asked == []
