"""`menshen serve`, `demo` and `access-token`: the running service and who may call it."""

import contextlib
import gc
import socket
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from fastapi import FastAPI
from typing_extensions import override

from api import request_log
from api.request_heads import BoundedHeads
from asgi import make_app
from cli.warnings import warn
from domain.callers import Caller, Role
from domain.clock import system_clock
from domain.randomness import system_randomness
from domain.states import Mode
from service import development_issuer
from service.development_issuer import DevelopmentIssuer
from service.setting_warnings import find_short
from service.settings import Settings

_LOOPBACK: Final = "127.0.0.1"
_GRACE: Final = 30  # seconds that requests under way get at a stop, images above all
_DEMO_FOLDER: Final = Path(".data/demo")
Port = Annotated[int, typer.Option(help="where to listen", min=0, max=65535)]


def serve(
    port: Port = 8000,
    host: Annotated[str, typer.Option(help="production only; demo is loopback only")] = _LOOPBACK,
) -> None:
    """Serve without demo data; MENSHEN_MODE defaults to production."""
    settings = Settings()
    if settings.mode is Mode.DEMO and host not in {_LOOPBACK, "localhost", "::1"}:
        sys.exit("menshen: demo mode binds loopback only")
    _run(settings, host, port)


def demo(port: Port = 8000) -> None:
    """Serve the demo: a filled registry and a visit under way."""
    given = Settings()
    folder = given.data_dir if "data_dir" in given.model_fields_set else _DEMO_FOLDER
    settings = Settings(mode=Mode.DEMO, data_dir=folder)
    typer.echo(f"Menshen demo: open http://{_LOOPBACK}:{port}/demo", err=True)
    _run(settings, _LOOPBACK, port, with_demo=True)


def access_token(
    role: Annotated[list[Role], typer.Option(help="may be repeated")],
    subject: Annotated[str, typer.Option(help="who; for staff, the staff number")],
) -> None:
    """Print a bearer token of the development issuer, valid for 12 hours."""
    settings = Settings()
    folder = settings.data_dir
    if settings.mode is not Mode.DEMO and not development_issuer.has_key(folder):
        sys.exit("menshen: only demo mode has a development issuer (MENSHEN_MODE=demo)")
    caller = Caller(subject, frozenset(role))
    typer.echo(DevelopmentIssuer.of(folder).issue(caller, system_clock(), system_randomness))


def _run(settings: Settings, host: str, port: int, *, with_demo: bool = False) -> None:
    warn(find_short(settings))
    request_log.configure()
    app = make_app(settings, f"http://{host}:{port}", with_demo=with_demo, with_reports=with_demo)
    collect_rarely()
    config = uvicorn.Config(
        app,
        lifespan="off",  # ours: a refused start is an error here, not a traceback in uvicorn's log
        host=host,
        port=port,
        http=BoundedHeads,
        access_log=False,  # ours names routes, never paths
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_GRACE,
    )
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config, app).run()


class _Server(uvicorn.Server):
    """Opens the service before the port and closes it after; what refuses to start raises."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        """Bind what is served."""
        super().__init__(config)
        self._app = app

    @override
    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        # Signals are held from here on: one that ended the process would leave the service open.
        with self.capture_signals():
            async with self._app.router.lifespan_context(self._app):
                await super().serve(sockets)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.runtime.end_screens()  # one would hold the stop up for up to an hour
        await super().shutdown(sockets)


def collect_rarely() -> None:
    """Have Python look for cycles more seldom, and not in what lives as long as the process.

    It costs 8 % of a scan, and some 200 ms at a time once a process holds much.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
