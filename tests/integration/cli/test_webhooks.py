"""`menshen webhooks`: receivers added, tried, listed, revived and removed from the command line."""

from pathlib import Path

import pytest

from service import opening
from service.outbound_requests import Outbound
from tests.integration.cli.test_fraud import ON_SQLITE, menshen
from tests.services import Service
from tests.webhooks import receiving, unsafe_outbound


@ON_SQLITE
async def test_the_life_of_a_receiver(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(*words: str) -> tuple[int, str]:
        done = await menshen(service, tmp_path, "webhooks", *words)
        return done.exit_code, done.output + str(done.exception or "")

    code, said = await run("add", "https://hooks.bank.example/")
    assert code == 1
    assert "not_on_the_allow_list" in said

    def make_outbound(_policy: object) -> Outbound:
        return unsafe_outbound()

    monkeypatch.setattr(opening, "Outbound", make_outbound)
    async with receiving() as receiver:
        code, said = await run("add", receiver.url, "--event", "webhook.test")
        assert (code, "no such event" in said) == (1, True)
        code, said = await run("add", receiver.url, "--event", "surge")
        webhook_id, secret = said.split()
        assert secret.startswith("whsec_")
        receiver.statuses = [410, 200]
        code, said = await run("test", webhook_id)
        assert (code, "menshen: answered 410" in said) == (1, True)
        assert "answered 410" in (await run("list"))[1]
        assert (await run("redeliver", webhook_id)) == (0, "due again: 1\n")
        assert (await run("deliver")) == (0, "pending: 0\ndelivered: 1\ndead: 0\n")
        assert (await run("test", webhook_id)) == (0, "1 of 1 due messages arrived\n")
        code, said = await run("list")
        assert webhook_id in said
        assert secret not in said
        assert "answered 410" not in said
        assert (await run("remove", webhook_id))[0] == 0
        assert webhook_id not in (await run("list"))[1]
        assert len(receiver.heard) == 3
