"""What SCIM is answered, and who may use it."""

from __future__ import annotations

from functools import cache

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    Filter,
    Group,
    Patch,
    ResourceType,
    SCIMException,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation
from scim2_server.service import ScimService
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tickless.domain.errors import Forbidden, TicklessError, Unauthenticated
from tickless.doors.entrance import Entrance
from tickless.doors.scim.storage import JournalStorage
from tickless.flow.desk.promise import Desk

MEDIA = "application/scim+json"
MOST_RESULTS = 200
_OPEN = frozenset({Operation.service_provider_config})
"""What may be asked without a token (RFC 7643, 5)."""


@cache
def service() -> ScimService:
    """The protocol: schemas of the RFC, PATCH, filters, sorting, ETags; no bulk, no passwords."""
    bearer = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="API token",
        description="A token of the scope `provision`: Authorization: Bearer tkl_…",
    )
    config = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[bearer],
    )
    kinds = [ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group)]
    return ScimService(ScimProvider(models=[User, EnterpriseUser, Group], resource_types=kinds, config=config))


def answer(desk: Desk, entrance: Entrance, request: Request, body: bytes, *, prefix: str) -> Response:
    """Do what is asked, in a thread of its own. `prefix`: where the door is mounted."""
    asked = ScimRequest(
        method=request.method,
        base_url=str(request.base_url).rstrip("/") + prefix,
        path="/" + str(request.path_params["path"]).removesuffix(".scim").strip("/"),
        query=dict(request.query_params),
        headers=request.headers.items(),
        body=body,
    )
    protocol = service()
    try:
        with protocol.provider:
            known = protocol.match(asked).operation in _OPEN
        by = "anonymous" if known else _who(entrance, request)
        now = entrance.clock.now()
        with entrance.journal.write() as tx:
            storage = JournalStorage(tx, by=by, at=now, groups=entrance.settings.scim_groups)
            found = ScimHandler(protocol, storage).handle(asked)
        if storage.changed_people:
            desk.renew()
    except SCIMException as error:
        found = protocol.error_response(error)
    except TicklessError as error:
        found = _refused(error)
    return _http(found)


def _who(entrance: Entrance, request: Request) -> str:
    """Whose token it is. A browser's session is not enough: its cookie comes by itself."""
    visitor = entrance.visitor(request)
    if visitor.kind == "session":
        raise Forbidden("provisioning takes a token", mend="tickless token create NAME --scope provision")
    entrance.require(visitor, "provision")
    return visitor.actor


def _refused(error: TicklessError) -> ScimResponse:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(error.status),
        "detail": error.public,
    }
    challenge = {"WWW-Authenticate": 'Bearer realm="SCIM"'} if isinstance(error, Unauthenticated) else {}
    return ScimResponse(error.status, body, challenge)  # type: ignore[arg-type]


def _http(found: ScimResponse) -> Response:
    headers = {**found.headers, "Cache-Control": "no-store"}
    headers.pop("Content-Type", None)
    if found.body is None:
        return Response(status_code=int(found.status), headers=headers)
    return JSONResponse(found.body, int(found.status), headers=headers, media_type=MEDIA)
