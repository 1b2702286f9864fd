"""Cases over HTTP: reports that belong together, why, and what people decide about it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.authorisation import Authorised
from api.case_wire import CaseActResponse, CaseSummaryResponse, ReportLinkResponse
from api.fraud_reports import ReportSummaryResponse
from api.runtimes import Running
from api.wire import Shown, Wire, Word
from domain.links import Ground
from service import case_graphs, cases, merges

router = APIRouter(tags=["fraud"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class CaseListResponse(Shown):
    """A page of open cases, the last changed first."""

    items: list[CaseSummaryResponse]
    next_cursor: str | None


class CaseMemberResponse(Shown):
    """A report of a case."""

    report: ReportSummaryResponse
    is_pinned: bool
    score: int


class CaseDetailResponse(CaseSummaryResponse):
    """A case with its latest reports, why they are in it, and what was done; 500 of each."""

    reports: list[CaseMemberResponse]
    links: list[ReportLinkResponse]
    history: list[CaseActResponse]
    kept_apart: list[str]


class GraphNodeResponse(Shown):
    """A report, or a fact that reports share."""

    id: str
    kind: str
    label: str


class GraphLinkResponse(Shown):
    """A tie between two nodes."""

    source: str
    target: str
    grounds: list[Ground]
    bits: float


class CaseGraphResponse(Shown):
    """A case as nodes and links."""

    nodes: list[GraphNodeResponse]
    links: list[GraphLinkResponse]


class MergeRequest(Wire):
    """Which case comes into this one."""

    case_id: Word


class SplitRequest(Wire):
    """Which reports go into a case of their own."""

    report_ids: Annotated[list[Word], Field(min_length=1, max_length=200)]


class PinRequest(Wire):
    """Which reports are held in this case, or let go of."""

    report_ids: Annotated[list[Word], Field(min_length=1, max_length=200)]
    pinned: bool = True


@router.get("/v1/fraud/cases")
async def list_cases(
    runtime: Running,
    _caller: Authorised,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> CaseListResponse:
    """List open cases, the last changed first."""
    return CaseListResponse.model_validate(await cases.list_cases(runtime, limit, cursor))


@router.get("/v1/fraud/cases/{case_id}")
async def read(runtime: Running, _caller: Authorised, case_id: Id) -> CaseDetailResponse:
    """Read a case; one that was merged says into which."""
    return CaseDetailResponse.model_validate(await cases.read_case(runtime, case_id))


@router.get("/v1/fraud/cases/{case_id}/graph")
async def graph(runtime: Running, _caller: Authorised, case_id: Id) -> CaseGraphResponse:
    """Read a case as nodes and links."""
    return CaseGraphResponse.model_validate(await case_graphs.read_graph(runtime, case_id))


@router.post("/v1/fraud/cases/{case_id}/merge")
async def merge(
    runtime: Running, caller: Authorised, case_id: Id, asked: MergeRequest
) -> CaseDetailResponse:
    """Bring another case into this one; goes on record."""
    merged = await merges.merge(runtime, caller, case_id, asked.case_id)
    return CaseDetailResponse.model_validate(merged)


@router.post("/v1/fraud/cases/{case_id}/split")
async def split(
    runtime: Running, caller: Authorised, case_id: Id, asked: SplitRequest
) -> CaseDetailResponse:
    """Take reports into a new case, which the linker keeps apart from this one; returns it."""
    made = await cases.split(runtime, caller, case_id, asked.report_ids)
    return CaseDetailResponse.model_validate(made)


@router.post("/v1/fraud/cases/{case_id}/pin")
async def pin(
    runtime: Running, caller: Authorised, case_id: Id, asked: PinRequest
) -> CaseDetailResponse:
    """Hold reports in this case, wherever they are now, or let go of them; goes on record."""
    held = await cases.pin(runtime, caller, case_id, asked.report_ids, pinned=asked.pinned)
    return CaseDetailResponse.model_validate(held)
