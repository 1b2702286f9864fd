"""A real server on a real port, with a clock that tests can move."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from api.request_heads import BoundedHeads
from asgi import make_app
from domain.clock import system_clock
from domain.randomness import system_randomness
from domain.states import Mode
from service.runtime import Runtime
from service.settings import Settings


@dataclass
class Demo:
    """The running demo; `ahead` moves the server's clock."""

    url: str
    runtime: Runtime
    loop: asyncio.AbstractEventLoop
    ahead: timedelta = timedelta()

    def run(self, work: object) -> object:
        """Run a use case on the server's own loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)  # type: ignore[arg-type] # any coroutine


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with serving_demo(tmp_path_factory.mktemp("demo")) as made:
        yield made


@contextmanager
def serving_demo(folder: Path, *, with_reports: bool = False) -> Iterator[Demo]:
    """Serve the demo from a thread of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    moved: list[Demo] = []

    def clock() -> datetime:
        return system_clock() + (moved[0].ahead if moved else timedelta())

    settings = Settings(mode=Mode.DEMO, data_dir=folder, limit_reports_address="1000/hour")
    app = make_app(
        settings, url, clock, system_randomness, with_demo=True, with_reports=with_reports
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            http=BoundedHeads,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.05)  # a busy wait would take the interpreter from the server
    made = Demo(url, app.state.runtime, loop)
    moved.append(made)
    yield made
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive(), "the server does not end"
    # As `asyncio.run` does, let what was cancelled come to its end; nothing may wait for ever.
    with closing(loop):
        loop.run_until_complete(_end(asyncio.all_tasks(loop)))


async def _end(left: set[asyncio.Task[object]]) -> None:
    if left:
        _, left = await asyncio.wait(left, timeout=5)
    assert not left, "the service ended and left this pending"
