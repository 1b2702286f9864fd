"""Attacks by webhooks: where the service can be sent (row 22 of the threat list)."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlmodel import col, select, update

from db.units_of_work import reading, writing
from db.webhooks import Webhook, WebhookDelivery
from domain.callers import Caller, Role
from domain.clock import system_clock
from domain.refusals import Refused
from service import outbound_requests, webhooks
from service.outbound_requests import Outbound
from service.webhook_deliveries import deliver_due
from tests.services import Service
from tests.webhooks import (
    HOST,
    HOSTILE_URLS,
    receiving,
    resolving,
    unsafe_outbound,
)
from verifiers.outbound_target import OutboundPolicy

ADMIN = Caller("A-1", frozenset({Role.ADMIN}))
ANYTHING = webhooks.SUBSCRIBABLE


async def test_no_hostile_url_is_taken_on_or_asked(service: Service) -> None:
    async with receiving() as canary:
        hostile = [
            *HOSTILE_URLS,
            canary.url,
            f"https://127.0.0.1:{canary.port}/",
            f"https://localhost:{canary.port}/",
            f"https://{HOST}:{canary.port}/",
        ]
        assert len(hostile) >= 40
        # Even if names lead here, and even if an administrator writes it into the database.
        runtime, asked = resolving(service.runtime, ["127.0.0.1"])
        made = await webhooks.add(runtime, ADMIN, f"https://{HOST}/", ANYTHING)
        for url in hostile:
            refused = await service.call("POST", "/v1/webhooks", {"url": url}, role=Role.ADMIN)
            assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), url
            async with writing(runtime.engine) as session:
                written = update(Webhook).where(col(Webhook.id) == made.id)
                await session.exec(written.values(url=url[:2048]))
                await session.commit()
            await webhooks.send_test(runtime, made.id)
            await deliver_due(runtime)
        async with reading(runtime.engine) as session:
            sent = (await session.exec(select(WebhookDelivery))).all()
        assert {one.attempts for one in sent} == {1}
        assert len(sent) == len(hostile)
        known = {"not_a_url", "not_https", "not_a_plain_host", "another_port"}
        # The longest was cut by the column, and is then an ordinary URL whose name leads here.
        assert {one.problem for one in sent} - known == {
            "not_on_the_allow_list",
            "not_a_public_address",
        }
        assert asked == [HOST]
        assert canary.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["93.184.215.14", "10.0.0.1"],  # one bad among good ones
        [],
    ],
    ids=str,
)
async def test_a_listed_name_that_leads_inside_is_refused(addresses: Sequence[str]) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    outbound = Outbound(OutboundPolicy({HOST}), resolve)
    found = await outbound.post(f"https://{HOST}/", b"{}", {})
    reason = "not_a_public_address" if addresses else "unreachable"
    assert found == Refused(reason)


def authority(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's and a client's side of TLS, for a certificate of these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = system_clock()
    alternatives: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(one)) if one[0].isdigit() else x509.DNSName(one)
        for one in names
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, private)
    return server, ssl.create_default_context(cafile=str(chain))


async def test_a_name_that_changes_its_mind_changes_nothing(tmp_path: Path) -> None:
    """The name is asked for once; the connection goes there, and TLS still proves the name."""
    server, trust = authority(tmp_path, HOST)
    async with receiving(server) as receiver, receiving() as canary:
        asked: list[str] = []

        async def resolve(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        outbound = replace(unsafe_outbound(), resolve=resolve, trust=lambda: trust)
        url = f"https://{HOST}:{receiver.port}/hook?x=1"
        assert await outbound.post(url, b"{}", {}) == 204
        assert (asked, canary.connections) == ([HOST], 0)
        (heard,) = receiver.heard
        assert heard.line == "POST /hook?x=1 HTTP/1.1"
        assert heard.headers["host"] == f"{HOST}:{receiver.port}"


@pytest.mark.parametrize("names", [("127.0.0.1",), ("other.example",)], ids=str)
async def test_a_certificate_of_another_name_gets_nothing(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    server, trust = authority(tmp_path, *names)
    async with receiving(server) as receiver:

        async def resolve(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        outbound = replace(unsafe_outbound(), resolve=resolve, trust=lambda: trust)
        found = await outbound.post(f"https://{HOST}:{receiver.port}/", b"{}", {})
        assert found == Refused("unreachable")
        assert receiver.heard == []


async def test_a_redirect_leads_nowhere_and_an_endless_answer_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbound = unsafe_outbound()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nor does a proxy get it
    async with receiving() as receiver, receiving() as canary:
        receiver.statuses, receiver.more = [307], f"Location: {canary.url}\r\n"
        assert await outbound.post(receiver.url, b"{}", {}) == 307
        receiver.statuses, receiver.more, receiver.endless = [200], "", True
        assert await outbound.post(receiver.url, b"{}", {}) == 200
        assert canary.connections == 0
        receiver.more, receiver.endless = f"X: {'a' * 1_000_000}\r\n", False
        assert await outbound.post(receiver.url, b"{}", {}) == Refused("unreachable")


async def test_who_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound_requests, "PATIENCE", 0.2)
    async with receiving() as receiver:
        receiver.gate = asyncio.Event()

        async def never(_host: str, _port: int) -> Sequence[str]:
            await receiver.hears(99)
            return []

        outbound = unsafe_outbound()
        assert await outbound.post(receiver.url, b"{}", {}) == Refused("too_slow")
        silent = replace(outbound, resolve=never)
        assert await silent.post(receiver.url, b"{}", {}) == Refused("too_slow")
        receiver.gate.set()


async def test_a_service_with_its_own_settings_asks_nobody(service: Service) -> None:
    assert service.runtime.outbound.policy == OutboundPolicy(frozenset())
    for url in (f"https://{HOST}/", "https://bank.example/hook"):
        refused = await service.call("POST", "/v1/webhooks", {"url": url}, role=Role.ADMIN)
        assert refused.status_code == 422
        assert "not_on_the_allow_list" in refused.json()["detail"]
