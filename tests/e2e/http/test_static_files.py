"""Static files: kept by browsers, never stale, compressed; pages are neither."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.services import Service
from web.static_files import StaticFiles

TEMPLATES: Final = Path(__file__).parents[3] / "web" / "templates"
STYLE: Final = "/static/style.css"
PLAIN: Final = {"Accept-Encoding": "identity"}
GZIP: Final = {"Accept-Encoding": "br, gzip"}


@asynccontextmanager
async def of(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(StaticFiles(directory=folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://static") as client:
        yield client


@pytest.mark.parametrize("accepts", [PLAIN, GZIP])
async def test_a_kept_file_is_asked_about_and_not_sent_again(
    service: Service, accepts: dict[str, str]
) -> None:
    first = await service.call("GET", STYLE, headers=accepts)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    asked = {**accepts, "If-None-Match": first.headers["etag"]}
    second = await service.call("GET", STYLE, headers=asked)
    assert (second.status_code, second.content) == (304, b"")
    for one in (first, second):
        assert one.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in one.headers["content-security-policy"]
        assert one.headers["vary"] == "Accept-Encoding"
        assert one.headers["etag"] == first.headers["etag"]
    other = await service.call("GET", STYLE, headers={**accepts, "If-None-Match": '"another"'})
    assert other.content == first.content


async def test_what_tells_versions_apart_is_the_content(tmp_path: Path) -> None:
    tags = {}
    for name, text, at in (("old", "a{}", 9), ("new", "b{}", 9), ("replica", "b{}", 5)):
        file = tmp_path / name / "x.css"
        file.parent.mkdir()
        file.write_text(text)
        os.utime(file, (at, at))
        async with of(file.parent) as client:
            got = await client.get("/x.css")
            tags[name] = got.headers["etag"]
            since = {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:09 GMT"}
            assert (await client.get("/x.css", headers=since)).status_code == 200
    assert tags["old"] != tags["new"] == tags["replica"]


async def test_a_file_that_changes_is_sent_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "x.css"
    async with of(tmp_path) as client:
        for text in ("a{}" * 100, "b{}" * 200):
            file.write_text(text)
            for accepts in (PLAIN, GZIP):
                assert (await client.get("/x.css", headers=accepts)).text == text


async def test_text_comes_compressed_and_the_same(service: Service) -> None:
    plain = await service.call("GET", "/static/charts.js", headers=PLAIN)
    packed = await service.call("GET", "/static/charts.js", headers=GZIP)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("refuses", ["", "br", "gzip;q=0", "gzip; q=0.00, br", "xgzip"])
async def test_who_takes_no_gzip_gets_none(service: Service, refuses: str) -> None:
    got = await service.call("GET", STYLE, headers={"Accept-Encoding": refuses})
    assert "content-encoding" not in got.headers


async def test_what_gzip_makes_no_smaller_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(os.urandom(2_000))
    async with of(tmp_path) as client:
        got = await client.get("/x.png", headers=GZIP)
    assert (got.headers["content-type"], got.headers["content-length"]) == ("image/png", "2000")
    assert "content-encoding" not in got.headers


@pytest.mark.parametrize("accepts", [PLAIN, GZIP])
async def test_a_head_is_the_answer_without_its_body(
    service: Service, accepts: dict[str, str]
) -> None:
    got = await service.call("GET", STYLE, headers=accepts)
    head = await service.call("HEAD", STYLE, headers=accepts)
    assert (head.status_code, head.content) == (200, b"")
    for own in (got, head):
        own.headers.pop("x-request-id")
    assert head.headers == got.headers


async def test_a_part_is_a_part_of_the_plain_file(service: Service) -> None:
    plain = await service.call("GET", STYLE, headers=PLAIN)
    asked = {**GZIP, "Range": "bytes=5-9"}
    part = await service.call("GET", STYLE, headers=asked)
    assert (part.status_code, part.content) == (206, plain.content[5:10])
    assert part.headers["etag"] == plain.headers["etag"]
    packed = await service.call("GET", STYLE, headers=GZIP)
    resumed = {**asked, "If-Range": packed.headers["etag"]}
    assert (await service.call("GET", STYLE, headers=resumed)).content == plain.content
    beyond = await service.call("GET", STYLE, headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["cache-control"]) == (416, "no-store")


@pytest.mark.parametrize(
    "outside", ["../security.py", "..%2fsecurity.py", "%2fetc%2fpasswd", "vendor/", "none.css"]
)
async def test_nothing_else_is_served_nor_kept(service: Service, outside: str) -> None:
    got = await service.call("GET", f"/static/{outside}", headers=GZIP)
    assert (got.status_code, got.headers["cache-control"]) == (404, "no-store")
    assert (await service.call("POST", STYLE)).status_code == 405


async def test_pages_and_answers_are_neither_kept_nor_compressed(service: Service) -> None:
    # Compressed, the length of a page would tell what it has in common with what a stranger put in.
    for path in ("/", "/report", "/r", "/openapi.json", "/v1/contacts"):
        got = await service.call("GET", path, headers=GZIP)
        assert got.headers["cache-control"] == "no-store", path
        assert "content-encoding" not in got.headers, path


async def test_the_service_worker_is_asked_about_at_each_update(service: Service) -> None:
    for path in ("/sw.js", "/sw.js?v=1"):
        got = await service.call("GET", path, headers=GZIP)
        assert (got.status_code, got.headers["cache-control"]) == (200, "no-cache")
