"""The server as a process of its own: modes, tokens, live events, and what survives kill -9."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.cli.test_cli import HOME, menshen

DEMO = {"MENSHEN_MODE": "demo", "MENSHEN_RATE_LIMITS": "off"}


@dataclass
class Server:
    """A server process and its address."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    def token(self, role: str, subject: str = "tester") -> dict[str, str]:
        """Return the header of a development token made beside the running server."""
        made = menshen(self.folder, "access-token", "--role", role, "--subject", subject, **DEMO)
        assert made.returncode == 0, made.stderr
        return {"Authorization": f"Bearer {made.stdout.strip()}"}


@contextlib.contextmanager
def serving(folder: Path, *words: str, **environment: str) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENSHEN_")}
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", *words, "--port", str(port)],
        cwd=HOME,
        env=kept | {"MENSHEN_DATA_DIR": str(folder)} | environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        url = f"http://127.0.0.1:{port}"
        drain = threading.Thread(target=lambda: process.stderr and process.stderr.read())
        try:
            for _ in range(200):
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{url}/readyz").status_code == 200:
                        break
                time.sleep(0.1)
            drain.start()
            yield Server(process, url, folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            drain.join(5)


def test_the_demo_fills_itself_and_the_operator_sees_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder, "demo") as server:
        assert httpx.get(f"{server.url}/demo").status_code == 200
        keys = httpx.get(f"{server.url}/.well-known/jwks.json")
        assert keys.headers["cache-control"] == "public, max-age=300"
        assert [sorted(key) for key in keys.json()["keys"]] == [
            ["alg", "crv", "kid", "kty", "use", "x", "y"]
        ]
        listed = httpx.get(f"{server.url}/v1/visits", headers=server.token("dispatcher")).json()
        assert len(listed["items"]) == 2
    seen = menshen(folder, "visits", **DEMO)
    assert "S-1001" in seen.stdout
    checked = menshen(folder, "verify", "http://127.0.0.1:8000/v/1", **DEMO)
    assert (checked.returncode, checked.stdout.split()[0]) == (1, "not_genuine:")
    refused = menshen(folder, "serve")
    assert "holds a development key" in refused.stderr
    (folder / "development-issuer.pem").unlink()
    refused = menshen(folder, "serve")
    assert "this database is for demo, not for production" in refused.stderr


def test_a_living_code_verifies_on_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder, "serve", **DEMO) as server:
        phone = open_door(server)
        checked = menshen(folder, "verify", phone.code(), MENSHEN_PUBLIC_URL=server.url, **DEMO)
        assert (checked.returncode, checked.stdout.split()[0]) == (0, "genuine:")


def test_production_serves_nobody_s_development_token(tmp_path: Path) -> None:
    refused = menshen(tmp_path / "data", "access-token", "--role", "desk", "--subject", "x")
    assert refused.returncode == 1
    with serving(tmp_path / "data", "serve") as server:
        assert httpx.get(f"{server.url}/demo").status_code == 404
        assert httpx.get(f"{server.url}/v1/visits").status_code == 401
    refused = menshen(tmp_path / "data", "serve", MENSHEN_RATE_LIMITS="off")
    assert "demo mode only" in refused.stderr
    refused = menshen(tmp_path / "data", "serve", "--host", "0.0.0.0", MENSHEN_MODE="demo")  # noqa: S104 - refused
    assert "loopback only" in refused.stderr


@dataclass
class Phone:
    """A phone that the API enrolled."""

    door: Any

    def code(self) -> str:
        """Return what it shows now."""
        private, ref, url = self.door
        return living_code(private, ref, url)


def living_code(private: Any, ref: str, url: str) -> str:  # noqa: ANN401 - a key
    from verifiers import device_proof, jose_gate, visit_code  # noqa: PLC0415 - only here

    step = device_proof.step_at(time.time())
    signed = jose_gate.sign_bytes(device_proof.proof_input(ref, step), private)
    return visit_code.build(url, jose_gate.decode(ref) or b"", step, signed)


def open_door(server: Server) -> Phone:
    """Register, enrol, plan and fetch, by the contract alone."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only here

    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - only here

    from tests.services import draft  # noqa: PLC0415 - only here
    from verifiers import jose_gate  # noqa: PLC0415 - only here

    registry, mine = server.token("registry"), server.token("staff", "S-1")
    client = httpx.Client(base_url=server.url, timeout=20)

    def post(path: str, body: object, headers: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
        made = client.post(path, json=body, headers=headers)
        assert made.status_code == 201, made.text
        return made.json()

    member = {"staff_number": "S-1", "name": "林志明", "employer": "Bank", "status": "active"}
    post("/v1/registry/staff", member, registry)
    code = post("/v1/registry/enrolment-codes", {"staff_number": "S-1"}, registry)["code"]
    private = ec.generate_private_key(ec.SECP256R1())
    key = {"jwk": jose_gate.public_jwk(private), "label": "phone", "enrolment_code": code}
    device = post("/v1/devices", key, mine)
    visit = post("/v1/visits", draft(datetime.now(UTC)), server.token("dispatcher"))  # noqa: TID251 - the server's own clock
    path = f"/v1/visits/{visit['id']}/tokens"
    token = post(path, {"device_id": device["id"]}, mine)
    client.close()
    return Phone((private, token["ref"], server.url))


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    folder, answered = tmp_path / "data", []
    with serving(folder, "serve", **DEMO) as server:
        phone = open_door(server)
        until = time.monotonic() + 1.5

        def ask() -> None:
            with contextlib.suppress(httpx.TransportError), httpx.Client() as client:
                while True:
                    sent = {"visit_code": phone.code()}
                    answer = client.post(f"{server.url}/v1/verifications", json=sent)
                    answered.append((answer.json()["id"], answer.json()["reason"]))

        askers = [threading.Thread(target=ask) for _ in range(8)]
        for asker in askers:
            asker.start()
        time.sleep(max(0, until - time.monotonic()))
        server.process.kill()
        for asker in askers:
            asker.join()
    database = sqlite3.connect(folder / "menshen.sqlite3")
    kept = set(database.execute("SELECT id, reason FROM verification"))
    database.close()
    assert len(answered) > 50
    assert {reason for _, reason in answered} == {"authorised"}
    assert set(answered) <= kept


def test_the_staff_screen_hears_live_events(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "serve", **DEMO) as server:
        phone = open_door(server)
        headers = server.token("staff", "S-1")
        visit = httpx.get(f"{server.url}/v1/staff/visits", headers=headers).json()["items"][0]
        device = sqlite3.connect(server.folder / "menshen.sqlite3")
        (device_id,) = device.execute("SELECT id FROM device").fetchone()
        device.close()
        url = f"{server.url}/v1/visits/{visit['id']}/events?device_id={device_id}"
        with httpx.stream("GET", url, headers=headers, timeout=20) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            sent = {"visit_code": phone.code()}
            answer = httpx.post(f"{server.url}/v1/verifications", json=sent).json()
            lines = stream.iter_lines()
            assert next(line for line in lines if line.startswith("event")) == "event: checked"
            data = json.loads(next(lines).removeprefix("data: "))
            assert data["match_number"] == answer["match_number"]
            httpx.post(
                f"{server.url}/v1/visits/{visit['id']}/cancel",
                json={"reason": "ill"},
                headers=server.token("dispatcher"),
            )
            assert next(line for line in lines if line.startswith("event")) == "event: cancelled"
            assert not [line for line in lines if line.startswith("event")]


def test_open_screens_do_not_hold_up_a_stop(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "serve", **DEMO) as server:
        open_door(server)
        mine, team = server.token("staff", "S-1"), server.token("fraud")
        visit = httpx.get(f"{server.url}/v1/staff/visits", headers=mine).json()["items"][0]
        database = sqlite3.connect(server.folder / "menshen.sqlite3")
        (device_id,) = database.execute("SELECT id FROM device").fetchone()
        database.close()
        own = f"{server.url}/v1/visits/{visit['id']}/events?device_id={device_id}"
        with (
            httpx.stream("GET", own, headers=mine, timeout=20) as screen,
            httpx.stream("GET", f"{server.url}/v1/fraud/events", headers=team, timeout=20) as news,
        ):
            server.process.terminate()
            began = time.monotonic()
            for stream in (screen, news):
                assert not [line for line in stream.iter_lines() if line.startswith("event")]
            server.process.wait(20)
            assert time.monotonic() - began < 10
