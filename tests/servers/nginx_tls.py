"""A real nginx that serves a certificate of an authority of its own, and a command that renews it."""

from __future__ import annotations

import datetime as dt
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared

CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map "" $where {{ default {folder}; }}
    server {{
        listen {host}:{port} ssl;
        ssl_certificate $where/served.pem;
        ssl_certificate_key $where/served.key;
        location / {{ return 200 "ok\\n"; }}
    }}
}}
"""
RENEW = """#!/bin/sh
set -e
cp {folder}/next.pem {folder}/served.pem
cp {folder}/next.key {folder}/served.key
"""


@dataclass(frozen=True)
class NginxTls:
    """`ca_file` is what to trust; `renew` the command that puts a certificate of 90 days in force."""

    port: int
    folder: Path
    authority: trustme.CA

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def renew(self) -> str:
        return str(self.folder / "renew")

    def issue(self, name: str, *, days: float, host: str = HOST) -> None:
        """Write a certificate and its key."""
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        issued = self.authority.issue_cert(host, not_before=until - dt.timedelta(days=100), not_after=until)
        (self.folder / f"{name}.pem").write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        (self.folder / f"{name}.key").write_bytes(issued.private_key_pem.bytes())

    def serve(self, *, days: float, host: str = HOST) -> None:
        """Serve a certificate that ends in so many days; `next` is one of 90."""
        self.issue("next", days=days, host=host)
        subprocess.run([self.renew], check=True, capture_output=True, timeout=30)
        self.issue("next", days=90)

    def serial(self) -> str:
        """Of what is served now, as OpenSSL sees it."""
        shown = subprocess.run(
            ["openssl", "s_client", "-connect", f"{HOST}:{self.port}"], input=b"", capture_output=True, timeout=20, check=False
        )  # fmt: skip
        told = subprocess.run(
            ["openssl", "x509", "-noout", "-serial"], input=shown.stdout, capture_output=True, check=True
        )
        return told.stdout.decode().strip().partition("=")[2].lower().lstrip("0")


@contextmanager
def run_nginx_tls() -> Iterator[NginxTls]:
    """Start it."""
    with own_folder("nginx-tls") as folder:
        port = free_port()
        server = NginxTls(port, folder, trustme.CA())
        server.authority.cert_pem.write_to_path(folder / "ca.pem")
        server.issue("served", days=10)
        (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, host=HOST, port=port))
        script = folder / "renew"
        script.write_text(RENEW.format(folder=folder))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        argv = [
            program("nginx") or "nginx",
            "-p",
            str(folder),
            "-e",
            str(folder / "error.log"),
            "-c",
            str(folder / "nginx.conf"),
        ]
        daemon = Program(argv, log=folder / "log")
        daemon.start(lambda: listens(port) and (folder / "nginx.pid").exists())
        try:
            yield server
        finally:
            daemon.stop()


def fresh_nginx_tls(*, days: float = 10, host: str = HOST) -> NginxTls:
    """The server that this process shares, with a certificate that ends in so many days."""
    server = shared("nginx-tls", run_nginx_tls)
    server.serve(days=days, host=host)
    return server


@pytest.fixture
def nginx_tls() -> NginxTls:
    """A server whose certificate ends in ten days."""
    return fresh_nginx_tls()
