"""Reports for others, as CSV, STIX 2.1 and MISP; each export is on record."""

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from api.authorisation import Authorised
from api.report_filters import Filtered
from api.runtimes import Running
from api.wire import Shown
from domain.exports import ExportFormat, Tlp
from service import fraud_exports
from service.fraud_exports import WRITERS, Export
from service.runtime import Runtime

router = APIRouter(tags=["fraud"])


class RecordedExportResponse(Shown):
    """An export on record; without `finished_at` it was cut off, and `reports` may have left."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    actor: str
    format: ExportFormat
    tlp: Tlp
    filters: dict[str, str]
    reports: int


class RecordedExportListResponse(Shown):
    """A page of exports, the last first."""

    items: list[RecordedExportResponse]
    next_cursor: str | None


@router.get("/v1/fraud/exports")
async def list_exports(
    runtime: Running,
    _caller: Authorised,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> RecordedExportListResponse:
    """List who exported what, the last first."""
    page = await fraud_exports.list_exports(runtime, limit, cursor)
    return RecordedExportListResponse.model_validate(page)


def _as_meant(level: object) -> object:
    # A plus sign that nobody encoded arrives as a space.
    return level.replace(" ", "+") if isinstance(level, str) else level


Level = Annotated[Tlp, BeforeValidator(_as_meant), Query()]
Answer = Callable[..., Coroutine[Any, Any, StreamingResponse]]


def _make_route(kind: ExportFormat) -> Answer:
    async def export_reports(
        runtime: Running, caller: Authorised, filters: Filtered, tlp: Level = Tlp.AMBER
    ) -> StreamingResponse:
        """Export the reports that the list's filters choose, as far as the TLP level carries them.

        A file that was cut off ends without its last line (CSV: `end`) or is no JSON.
        """
        export = await fraud_exports.begin(runtime, caller, filters, kind, tlp)
        name = f"menshen-{export.issue.at:%Y%m%d-%H%M%S}-{tlp}.{export.writer.SUFFIX}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
        content = _content(runtime, export)
        return StreamingResponse(content, 200, headers, export.writer.MEDIA_TYPE)

    return export_reports


async def _content(runtime: Runtime, export: Export) -> AsyncIterator[bytes]:
    async for chunk in fraud_exports.write(runtime, export):
        yield chunk.content


_PATHS: Final = {kind: f"/v1/fraud/export.{writer.SUFFIX}" for kind, writer in WRITERS.items()}
for _kind, _path in _PATHS.items():
    router.get(
        _path,
        name=f"export_{_kind}",
        response_class=StreamingResponse,
        responses={200: {"content": {WRITERS[_kind].MEDIA_TYPE.partition(";")[0]: {}}}},
    )(_make_route(_kind))
