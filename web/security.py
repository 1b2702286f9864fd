"""Headers that keep other sites, scripts and histories out of every response."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; manifest-src 'self'; worker-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types menshen"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "geolocation=(self), screen-wake-lock=(self), camera=(self), microphone=()"
    ),
}
_TRANSPORT: Final = "max-age=63072000; includeSubDomains"


_ALWAYS: Final = [
    (name.lower().encode(), value.encode())
    # Answers name people: nothing is kept unless a route says that it may be.
    for name, value in {**HEADERS, "Cache-Control": "no-store"}.items()
]
_ON_HTTPS: Final = [*_ALWAYS, (b"strict-transport-security", _TRANSPORT.encode())]


class SecurityHeaders:
    """Plain ASGI middleware; what a route set itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and add the headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = _ON_HTTPS if scope["scheme"] == "https" else _ALWAYS

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                names = {name for name, _ in own}
                message["headers"] = own + [one for one in added if one[0] not in names]
            await send(message)

        await self._app(scope, receive, secured)
