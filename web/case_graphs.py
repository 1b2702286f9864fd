"""`/console/cases/{case_id}/graph`: what ties the reports of a case, drawn and as a table."""

from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.case_graphs import CaseGraph, read_graph
from web.console import Analyst, render_console
from web.fields import Id
from web.pages import runtime_of

router = APIRouter()


@router.get("/console/cases/{case_id}/graph")
async def show(request: Request, caller: Analyst, case_id: Id) -> HTMLResponse:
    """Show the reports of a case, the facts that they share, and why they are tied."""
    graph = await read_graph(runtime_of(request), case_id)
    return render_console(
        request,
        caller,
        "case_graph.html",
        case_id=case_id,
        graph=graph,
        ties=_count_ties(graph),
        labels={one.id: one.label for one in graph.nodes},
        kinds={one.id: str(one.kind) for one in graph.nodes},
    )


def _count_ties(graph: CaseGraph) -> Counter[str]:
    """Return how many ties each node has: what many reports hang on is drawn larger."""
    return Counter(end for link in graph.links for end in (link.source, link.target))
