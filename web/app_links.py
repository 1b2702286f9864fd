"""Files by which phones let the bank's own app open `/v/...` itself; each only if configured."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from service.settings import Settings

_CODES: Final = "/v/"
_KEPT: Final = {"Cache-Control": "public, max-age=3600"}


def make_routes(settings: Settings) -> list[Route]:
    """Return the routes of the configured files; what is not configured has no route.

    They go before the pages: `/v/...` would take a check file's name for a code.
    """
    return [Route(path, _sending(file), methods=["GET"]) for path, file in _files(settings)]


def _sending(file: Response) -> Callable[[Request], Awaitable[Response]]:
    async def send(_request: Request) -> Response:
        return file

    return send


def _files(settings: Settings) -> Iterator[tuple[str, Response]]:
    if settings.apple_apps:
        yield "/.well-known/apple-app-site-association", _for_apple(settings.apple_apps)
    if settings.android_apps:
        links = [
            _for_android(package, fingerprints)
            for package, fingerprints in settings.android_apps.items()
        ]
        yield "/.well-known/assetlinks.json", JSONResponse(links, headers=_KEPT)
    if settings.mini_program_file is not None:
        name, _, content = settings.mini_program_file.partition(":")
        # A platform looks in the last folder of the rule's address: our codes' own, or the root.
        for folder in (_CODES, "/"):
            yield f"{folder}{name}", PlainTextResponse(content, headers=_KEPT)


def _for_apple(apps: tuple[str, ...]) -> Response:
    opened = {"appIDs": list(apps), "components": [{"/": f"{_CODES}*"}]}
    return JSONResponse({"applinks": {"details": [opened]}}, headers=_KEPT)


def _for_android(package: str, fingerprints: tuple[str, ...]) -> dict[str, object]:
    return {
        "relation": ["delegate_permission/common.handle_all_urls"],
        "target": {
            "namespace": "android_app",
            "package_name": package,
            "sha256_cert_fingerprints": list(fingerprints),
        },
    }
