"""Google's token endpoint and Directory API on loopback (a stand-in, after its reference). The JWT's signature is checked."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.servers.idp import Someone, Town

from tickless.sdk.testing import Answer, serve
from tickless.sdk.testing.fakes import Asked

ROBOT, ADMIN, TOKEN = "tickless@project.iam.gserviceaccount.com", "admin@example.com", "google-token-3fd2"
PAGE = 2


@lru_cache(maxsize=2)
def key_file(number: int = 0) -> str:
    """The JSON of a service account's key; 0 is the one that is known, any other is somebody else's."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()  # fmt: skip
    return json.dumps(
        {"type": "service_account", "client_email": ROBOT, "private_key_id": f"k{number}", "private_key": text}
    )


def problem(status: int, reason: str, text: str) -> Answer:
    return Answer(
        status, {"error": {"code": status, "message": text, "errors": [{"domain": "global", "reason": reason}]}}
    )


class Admin:
    """Answers requests about a town."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            return self._token(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "authError", "Invalid Credentials")
        path = unquote(asked.path.removeprefix("/admin/directory/v1"))
        if path == "/groups":
            return self._groups_of(asked)
        if found := re.fullmatch(r"/groups/([^/]+)", path):
            name = found[1].removeprefix("gid-")
            return Answer(body=_group(name)) if name in self.town.groups else problem(404, "notFound", "groupKey")
        if found := re.fullmatch(r"/groups/([^/]+)/members(?:/([^/]+))?", path):
            return self._members(asked, found[1].removeprefix("gid-"), found[2])
        if found := re.fullmatch(r"/users/([^/]+)(/signOut)?", path):
            one = self.town.someone(found[1])
            if one is None:
                return problem(404, "notFound", "Resource Not Found: userKey")
            return self._user(asked, one, sign_out=bool(found[2]))
        return problem(404, "notFound", "Not Found")

    @staticmethod
    def _token(asked: Asked) -> Answer:
        form = parse_qs(asked.body.decode())
        signed, _, signature = form.get("assertion", [""])[0].rpartition(".")
        head, _, claims = signed.partition(".")
        public = serialization.load_pem_private_key(json.loads(key_file())["private_key"].encode(), None).public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        try:
            public.verify(_bytes(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return Answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        told = json.loads(_bytes(claims))
        fits = told["iss"] == ROBOT and told["sub"] == ADMIN and 0 < told["exp"] - told["iat"] <= 3600 and told["scope"]
        if not fits or json.loads(_bytes(head))["alg"] != "RS256":
            return Answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT."})
        return Answer(body={"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    def _user(self, asked: Asked, one: Someone, *, sign_out: bool) -> Answer:
        if sign_out:
            self.town.end_sessions(one)
            return Answer(204)
        if asked.method == "PATCH":
            body = asked.json()
            one.enabled = not body.get("suspended", not one.enabled)
            if "password" in body:
                if len(body["password"]) < 8:
                    return problem(400, "invalid", f"Invalid Password {body['password']}")
                self.town.set_password(one, body["password"])
                one.must_change = body["changePasswordAtNextLogin"]
        return Answer(body={
            "kind": "admin#directory#user", "id": one.id, "primaryEmail": one.username, "suspended": not one.enabled,
            "changePasswordAtNextLogin": one.must_change, "name": {"fullName": one.username.title()},
        })  # fmt: skip

    def _groups_of(self, asked: Asked) -> Answer:
        names = sorted(name for name, members in self.town.groups.items() if asked.query["userKey"][0] in members)
        start = int(asked.query.get("pageToken", ["0"])[0])
        rows = [_group(name) for name in names[start : start + PAGE]]
        more = {"nextPageToken": str(start + PAGE)} if start + PAGE < len(names) else {}
        return Answer(body={"kind": "admin#directory#groups", **({"groups": rows} if rows else {}), **more})

    def _members(self, asked: Asked, group: str, member: str | None) -> Answer:
        members = self.town.groups.get(group)
        if members is None:
            return problem(404, "notFound", "groupKey")
        if member is None:
            if asked.json()["id"] in members:
                return problem(409, "duplicate", "Member already exists.")
            members.add(asked.json()["id"])
            return Answer(body={"role": "MEMBER"})
        if member not in members:
            return problem(404, "notFound", "memberKey")
        if asked.method == "DELETE":
            members.discard(member)
            return Answer(204)
        return Answer(body={"id": member, "role": "MEMBER"})


def _group(name: str) -> dict[str, Any]:
    return {"id": f"gid-{name}", "email": name, "name": name.partition("@")[0]}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextmanager
def serve_google(town: Town) -> Iterator[str]:
    """Run one; gives its base URL."""
    with serve(Admin(town).answer) as server:
        yield server.url
