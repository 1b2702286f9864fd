"""The edges of HTTP: broken bodies, wrong methods, faults, and what is published to everybody."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog

from domain.callers import Role
from tests.services import Service, draft


async def test_the_published_keys_are_public(service: Service) -> None:
    published = await service.call("GET", "/.well-known/jwks.json")
    assert published.headers["cache-control"] == "public, max-age=300"
    (key,) = published.json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 422, "invalid"),
        (b"\xff\xfe", "application/json", 422, "invalid"),
        (b'{"visit_code": "x"}', "text/plain", 415, "unsupported_media"),
        (b'{"visit_code": "' + b"x" * 70_000 + b'"}', "application/json", 413, "too_large"),
        (b"[" * 60_000, "application/json", 422, "invalid"),
        (b'{"visit_code": NaN}', "application/json", 422, "invalid"),
    ],
    ids=["cut", "bytes", "text", "large", "deep", "nan"],
)
async def test_a_broken_body_is_a_clear_error(
    service: Service, content: bytes, media_type: str, status: int, code: str
) -> None:
    headers = {"Content-Type": media_type}
    refused = await service.call("POST", "/v1/verifications", headers=headers, content=content)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_names_the_right_ones(service: Service) -> None:
    wrong = await service.call("DELETE", "/v1/registry/staff/S-1")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, PATCH")
    missing = await service.call("GET", "/v1/none")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/v1/agencies", "/agencies"])
async def test_a_fault_says_nothing_and_is_logged_without_values(
    service: Service, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    async def fail(_runtime: object) -> None:
        message = "0912345678"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("service.agencies.published", fail)
    monkeypatch.setattr("web.agencies.published", fail)
    with structlog.testing.capture_logs() as lines:
        failed = await service.call("GET", path)
    assert failed.status_code == 500
    assert "0912345678" not in failed.text + json.dumps(lines)
    assert lines[0]["kind"] == "ZeroDivisionError"
    assert lines[0]["where"].split("/")[-1].startswith("test_edges.py")


async def test_the_same_request_twice_at_once_plans_once(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    body, headers = draft(service.now), {"Idempotency-Key": "twice"}
    made = await asyncio.gather(
        *(
            service.call("POST", "/v1/visits", body, role=Role.DISPATCHER, headers=headers)
            for _ in range(4)
        )
    )
    assert {one.status_code for one in made} == {201}
    assert len({one.json()["id"] for one in made}) == 1
    listed = await service.call("GET", "/v1/visits", role=Role.DISPATCHER)
    assert len(listed.json()["items"]) == 1


async def test_a_body_of_unknown_length_is_counted(service: Service) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b"x" * 1000

    refused = await service.client.post(
        "/v1/verifications", content=chunks(), headers={"Content-Type": "application/json"}
    )
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert refused.headers["x-request-id"] == refused.json()["request_id"]
    assert "content-security-policy" in refused.headers


@pytest.mark.parametrize(
    "path",
    ["/v1/visits/%00", "/v1/visits?staff=%00", "/v1/registry/staff/a%00b", "/v1/visits/x%00/end"],
)
async def test_an_address_with_a_nul_is_refused_before_any_database(
    service: Service, path: str
) -> None:
    for role in (Role.DISPATCHER, Role.REGISTRY):
        refused = await service.call("GET", path, role=role)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_two_content_types_or_a_strange_charset_are_refused_unread(service: Service) -> None:
    form = b'--B\r\nContent-Disposition: form-data; name="report"\r\n\r\nx\r\n--B--\r\n'
    mixed = "multipart/form-data; boundary=B"
    for path in ("/v1/reports", "/v1/verifications/image", "/report", "/v1/verifications"):
        for types in (
            [b"application/json", mixed.encode()],
            [f"{mixed}; charset=unicode_escape".encode()],
            [f"{mixed}; charset=undefined".encode()],
            [f"{mixed};charset='utf-8'".encode()],
            [b"application/json; charset=utf-16"],
        ):
            headers = httpx.Headers([(b"content-type", one) for one in types])
            refused = await service.client.post(path, content=form, headers=headers)
            assert refused.status_code == 415, (path, types)
    headers = httpx.Headers({"content-type": "application/json; charset=UTF-8"})
    body = b'{"visit_code": "x"}'
    taken = await service.client.post("/v1/verifications", content=body, headers=headers)
    assert taken.status_code == 200


async def test_a_refusal_is_short_and_says_nothing_back(service: Service) -> None:
    body = {"visit_code": "x", **{f"secret{at}": 0 for at in range(2000)}}
    refused = await service.call("POST", "/v1/verifications", body)
    assert refused.status_code == 422
    assert len(refused.content) < 2000
    assert "secret" not in refused.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_at_the_end_of_time_is_an_answer(service: Service, day: str) -> None:
    listed = await service.call("GET", f"/v1/visits?date={day}", role=Role.DISPATCHER)
    assert listed.status_code in {200, 422}


async def test_no_redirect_believes_the_host(service: Service) -> None:
    slashed = await service.call("GET", "/agencies/", headers={"Host": "evil.example"})
    assert (slashed.status_code, "location" in slashed.headers) == (404, False)
