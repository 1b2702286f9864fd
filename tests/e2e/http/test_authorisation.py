"""Who may call what: every route but the public ones is in the table, and the table holds."""

import pytest

from api.authorisation import ROLES
from api.routes import ROUTES
from domain.callers import Role
from tests.services import ORIGIN, Door, Service

PUBLIC = {
    ("POST", "/v1/verifications"),
    ("POST", "/v1/verifications/image"),
    ("GET", "/v1/agencies"),
    ("POST", "/v1/reports"),
    ("GET", "/v1/reports/{tracking_code}"),
    ("POST", "/v1/reports/{tracking_code}/additions"),
    ("POST", "/v1/reports/{tracking_code}/withdraw"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/.well-known/security.txt"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}


def all_calls() -> set[tuple[str, str]]:
    return {(method, route.path) for route in ROUTES for method in route.methods or ()}


def test_every_call_is_public_or_in_the_table() -> None:
    assert all_calls() == PUBLIC | ROLES.keys()


async def test_nobody_and_the_wrong_role_are_refused(service: Service) -> None:
    for call, allowed in sorted(ROLES.items()):
        method, template = call
        path = template.replace("{", "").replace("}", "")
        nobody = await service.call(method, path)
        assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated"), call
        assert nobody.headers["www-authenticate"].startswith("Bearer"), call
        for role in set(Role) - allowed:
            wrong = await service.call(method, path, role=role)
            assert (wrong.status_code, wrong.json()["code"]) == (403, "forbidden"), (call, role)


@pytest.mark.parametrize("header", ["Basic dGVzdA==", "Bearer", "Bearer a.b.c", "nonsense"])
async def test_only_a_valid_bearer_token_counts(service: Service, header: str) -> None:
    refused = await service.call("GET", "/v1/visits", headers={"Authorization": header})
    assert refused.status_code == 401


async def test_a_session_writes_only_from_our_own_pages(door: Door) -> None:
    service, path = door.service, f"/v1/visits/{door.visit['id']}/end"
    page = await service.call(
        "POST", "/login", data={"subject": "S-1001"}, headers={"Origin": ORIGIN}
    )
    assert page.status_code == 303
    cookie = page.headers["set-cookie"]
    for attribute in ("__Host-session=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert attribute in cookie
    session = {"Cookie": cookie.partition(";")[0]}
    assert (await service.call("GET", "/v1/staff/visits", headers=session)).status_code == 200
    for foreign in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = await service.call("POST", path, {}, headers={**session, **foreign})
        assert (refused.status_code, refused.json()["code"]) == (403, "cross_site")
    for site, status in (
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 200),
        ("none", 200),
    ):
        headers = {**session, "Sec-Fetch-Site": site}
        read = await service.call("GET", "/v1/staff/visits", headers=headers)
        assert read.status_code == status, site
    for own in ({"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}):
        allowed = await service.call("POST", path, {}, headers={**session, **own})
        assert allowed.status_code == 404  # not his visit


async def test_a_token_dies(service: Service) -> None:
    listed = await service.call("GET", "/v1/visits", role=Role.DESK)
    assert listed.status_code == 200
    token = listed.request.headers["Authorization"]
    service.wait(hours=13)
    late = await service.call("GET", "/v1/visits", headers={"Authorization": token})
    assert late.status_code == 401
