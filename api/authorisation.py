"""Who may call what: one declared table; a route that is not in it answers nobody."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from api.runtimes import runtime_of
from domain.callers import Caller, Role
from domain.errors import CrossSiteError, ForbiddenError, UnauthenticatedError
from service import access_tokens, analysts
from service.runtime import Runtime

_VISIT_READERS: Final = {Role.DISPATCHER, Role.DESK, Role.AUDITOR}
_REPORT_READERS: Final = {Role.FRAUD, Role.AUDITOR}
_REPORT: Final = "/v1/fraud/reports/{report_id}"
_CASE: Final = "/v1/fraud/cases/{case_id}"
_WATCHLIST: Final = "/v1/fraud/watchlist"

ROLES: Final[Mapping[tuple[str, str], frozenset[Role]]] = MappingProxyType(
    {
        (method, path): frozenset(roles)
        for method, path, roles in (
            ("POST", "/v1/devices", {Role.STAFF}),
            ("GET", "/v1/devices/{device_id}", {Role.STAFF}),
            ("POST", "/v1/devices/{device_id}/approve", {Role.REGISTRY}),
            ("POST", "/v1/devices/{device_id}/revoke", {Role.STAFF, Role.DESK, Role.REGISTRY}),
            ("GET", "/v1/staff/visits", {Role.STAFF}),
            ("POST", "/v1/visits/{visit_id}/tokens", {Role.STAFF}),
            ("GET", "/v1/visits/{visit_id}/events", {Role.STAFF}),
            ("POST", "/v1/visits/{visit_id}/end", {Role.STAFF}),
            ("POST", "/v1/tokens/{ref}/revoke", {Role.REGISTRY, Role.DESK}),
            ("POST", "/v1/visits", {Role.DISPATCHER}),
            ("PATCH", "/v1/visits/{visit_id}", {Role.DISPATCHER}),
            ("POST", "/v1/visits/{visit_id}/cancel", {Role.DISPATCHER}),
            ("GET", "/v1/visits", _VISIT_READERS),
            ("GET", "/v1/visits/{visit_id}", _VISIT_READERS),
            ("GET", "/v1/desk/visits", {Role.DESK}),
            ("POST", "/v1/desk/reports", {Role.DESK}),
            ("GET", "/v1/customers/{customer_ref}/visits", {Role.CHANNEL}),
            ("POST", "/v1/registry/staff", {Role.REGISTRY}),
            ("GET", "/v1/registry/staff/{staff_number}", {Role.REGISTRY, Role.AUDITOR}),
            ("PATCH", "/v1/registry/staff/{staff_number}", {Role.REGISTRY}),
            ("PUT", "/v1/registry/staff/{staff_number}/photo", {Role.REGISTRY}),
            ("POST", "/v1/registry/badges", {Role.REGISTRY}),
            ("PATCH", "/v1/registry/badges/{number}", {Role.REGISTRY}),
            ("POST", "/v1/registry/agencies", {Role.REGISTRY}),
            ("PATCH", "/v1/registry/agencies/{agency_id}", {Role.REGISTRY}),
            ("POST", "/v1/registry/enrolment-codes", {Role.REGISTRY}),
            ("POST", "/v1/introspect", {Role.SERVICE}),
            ("POST", "/v1/revoke", {Role.SERVICE}),
            ("GET", "/v1/fraud/exports", _REPORT_READERS),
            ("GET", "/v1/fraud/export.csv", {Role.FRAUD}),
            ("GET", "/v1/fraud/export.stix.json", {Role.FRAUD}),
            ("GET", "/v1/fraud/export.misp.json", {Role.FRAUD}),
            ("GET", "/v1/fraud/reports", _REPORT_READERS),
            ("GET", _REPORT, _REPORT_READERS),
            ("GET", "/v1/fraud/cases", _REPORT_READERS),
            ("GET", _CASE, _REPORT_READERS),
            ("GET", f"{_CASE}/graph", _REPORT_READERS),
            ("POST", f"{_CASE}/merge", {Role.FRAUD}),
            ("POST", f"{_CASE}/split", {Role.FRAUD}),
            ("POST", f"{_CASE}/pin", {Role.FRAUD}),
            ("PATCH", _REPORT, {Role.FRAUD}),
            ("POST", f"{_REPORT}/contact", {Role.FRAUD}),
            ("GET", "/v1/fraud/statistics", _REPORT_READERS),
            ("GET", "/v1/fraud/surges", _REPORT_READERS),
            ("GET", f"{_REPORT}/evidence/{{evidence_id}}", {Role.FRAUD}),
            ("GET", "/v1/webhooks", {Role.ADMIN}),
            ("POST", "/v1/webhooks", {Role.ADMIN}),
            ("DELETE", "/v1/webhooks/{webhook_id}", {Role.ADMIN}),
            ("POST", "/v1/webhooks/{webhook_id}/test", {Role.ADMIN}),
            ("POST", "/v1/webhooks/{webhook_id}/redeliver", {Role.ADMIN}),
            ("GET", "/v1/fraud/sightings", _REPORT_READERS),
            ("GET", "/v1/fraud/events", {Role.FRAUD}),
            ("GET", _WATCHLIST, _REPORT_READERS),
            ("POST", _WATCHLIST, {Role.FRAUD}),
            ("DELETE", _WATCHLIST, {Role.FRAUD}),
            ("DELETE", f"{_WATCHLIST}/{{entry_id}}", {Role.FRAUD}),
            ("POST", f"{_WATCHLIST}/{{entry_id}}/approve", {Role.FRAUD}),
            ("POST", f"{_REPORT}/evidence/{{evidence_id}}/original", {Role.FRAUD}),
            ("POST", f"{_REPORT}/close-approvals", {Role.FRAUD}),
            ("PUT", f"{_REPORT}/hold", {Role.FRAUD}),
            ("POST", f"{_REPORT}/separate", {Role.FRAUD}),
            ("GET", f"{_REPORT}/police-pack.zip", {Role.FRAUD}),
            ("POST", "/v1/fraud/looks", {Role.FRAUD}),
        )
    },
)


# Reads nothing that `_authenticate` does not: it puts the scheme into the OpenAPI document.
_BEARER: Final = HTTPBearer(auto_error=False, description="an access token, or the page session")


async def authorise(request: Request, _token: Annotated[object, Security(_BEARER)]) -> Caller:
    """Return who calls, once the table allows it.

    Raises UnauthenticatedError, CrossSiteError and ForbiddenError.
    """
    runtime = runtime_of(request)
    caller = _authenticate(request, runtime)
    allowed = ROLES.get((request.method, request.scope["route"].path), frozenset())
    if caller.roles.isdisjoint(allowed):
        message = f"this call needs one of the roles {', '.join(sorted(allowed)) or '(none)'}"
        raise ForbiddenError(message)
    await analysts.see(runtime, caller)
    return caller


def _authenticate(request: Request, runtime: Runtime) -> Caller:
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            message = "a bearer token is needed"
            raise UnauthenticatedError(message)
        return access_tokens.verify(runtime, token.strip())
    session = request.cookies.get(session_cookie(runtime))
    if session is None:
        message = "a bearer token is needed"
        raise UnauthenticatedError(message)
    is_reading = request.method in {"GET", "HEAD"}
    if not (_may_read(request) if is_reading else _is_same_site(request, runtime)):
        message = "only this service's own pages may use the session"
        raise CrossSiteError(message)
    return access_tokens.verify(runtime, session)


def _may_read(request: Request) -> bool:
    # Opening evidence or an export is put on record: no other site's link does it in one's name.
    return request.headers.get("sec-fetch-site") not in {"cross-site", "same-site"}


def _is_same_site(request: Request, runtime: Runtime) -> bool:
    site = request.headers.get("sec-fetch-site")
    return site == "same-origin" or request.headers.get("origin") == runtime.public_url


def session_cookie(runtime: Runtime) -> str:
    """Return the page session's cookie name, which on https no subdomain can set."""
    return "__Host-session" if runtime.is_https else "session"


Authorised = Annotated[Caller, Depends(authorise)]
