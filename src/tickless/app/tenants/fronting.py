"""The part of a proxy in front: a host name leads to its tenant's house, and an unknown one nowhere. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tickless.app.tenants.book import Tenant

Proxy = Literal["haproxy", "nginx"]


def front(tenants: Sequence[Tenant], *, proxy: Proxy, certificates: str, address: str = ":443") -> str:
    """Its configuration. `certificates`: a folder of PEM files (HAProxy) or of NAME.pem and NAME.key (nginx)."""
    return _haproxy(tenants, certificates, address) if proxy == "haproxy" else _nginx(tenants, certificates, address)


def _haproxy(tenants: Sequence[Tenant], certificates: str, address: str) -> str:
    tls = f" ssl crt {certificates} strict-sni alpn h2,http/1.1" if certificates else ""
    lines = [
        "defaults",
        "  mode http",
        "  timeout connect 5s",
        "  timeout client 60s",
        "  timeout server 60s",
        "  timeout tunnel 1h",
        "",
        "frontend tickless",
        f"  bind {address}{tls}",
        "  http-request del-header X-Forwarded-For",
        "  option forwardfor",
        *(f"  use_backend tenant-{one.name} if {{ req.hdr(host),field(1,:) -i {one.host} }}" for one in tenants),
        "  default_backend nobody",
        "",
        "backend nobody",
        '  http-request return status 404 content-type text/plain string "there is nobody here\\n"',
    ]
    for one in tenants:
        lines += ["", f"backend tenant-{one.name}", f"  server {one.name} 127.0.0.1:{one.port}"]
    return "\n".join(lines) + "\n"


def _nginx(tenants: Sequence[Tenant], certificates: str, address: str) -> str:
    listen = f"listen {address.removeprefix(':')}" + (" ssl" if certificates else "")
    unknown = "  ssl_reject_handshake on;\n" if certificates else ""
    parts = [f"server {{\n  {listen} default_server;\n{unknown}  return 404;\n}}\n"]
    for one in tenants:
        keys = (
            f"  ssl_certificate {certificates}/{one.name}.pem;\n  ssl_certificate_key {certificates}/{one.name}.key;\n"
            if certificates
            else ""
        )
        parts.append(
            f"server {{\n  {listen};\n  server_name {one.host};\n{keys}  location / {{\n"
            f"    proxy_pass http://127.0.0.1:{one.port};\n    proxy_set_header Host $host;\n"
            "    proxy_set_header X-Forwarded-For $remote_addr;\n    proxy_set_header X-Forwarded-Proto $scheme;\n"
            "    proxy_http_version 1.1;\n    proxy_buffering off;\n    proxy_read_timeout 1h;\n  }\n}\n"
        )
    return "\n".join(parts)
