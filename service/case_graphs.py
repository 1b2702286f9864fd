"""A case as nodes and links, for whoever draws it."""

from dataclasses import dataclass
from typing import Literal

from domain.links import Ground
from service.cases import CaseDetail, read_case
from service.runtime import Runtime

_FACTS = {
    Ground.SAME_PHONE,
    Ground.SAME_PLATE,
    Ground.SAME_BADGE,
    Ground.SAME_PAYEE,
    Ground.SAME_CODE_ORIGIN,
    Ground.SAME_NAME,
}


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A report, or a fact that reports share; `kind` of a fact is its ground."""

    id: str
    kind: Ground | Literal["report"]
    label: str


@dataclass(frozen=True, slots=True)
class GraphLink:
    """Two nodes that are tied, and why; `bits` say how strongly."""

    source: str
    target: str
    grounds: tuple[Ground, ...]
    bits: float


@dataclass(frozen=True, slots=True)
class CaseGraph:
    """What a case looks like."""

    nodes: tuple[GraphNode, ...]
    links: tuple[GraphLink, ...]


async def read_graph(runtime: Runtime, case_id: str) -> CaseGraph:
    """Return a case's reports, the facts that they share, and their ties; raises NotFoundError."""
    return draw(await read_case(runtime, case_id))


def draw(case: CaseDetail) -> CaseGraph:
    """Return a case as a graph: a report hangs on shared facts, else on the reports it is like."""
    shown = {one.report.id for one in case.reports}
    nodes = {
        one.report.id: GraphNode(one.report.id, "report", f"{one.report.occurred_at:%F}")
        for one in case.reports
    }
    links: dict[tuple[str, str], GraphLink] = {}

    def tie(source: str, target: str, ground: Ground, bits: float) -> None:
        before = links.get((source, target))
        grounds = (ground,) if before is None else (*before.grounds, ground)
        total = bits + (0.0 if before is None else before.bits)
        links[source, target] = GraphLink(source, target, grounds, round(total, 2))

    for link in case.links:
        if link.is_possible or link.report_id not in shown:
            continue
        for reason in link.reasons:
            if reason.bits <= 0 or reason.report_id not in shown:
                continue
            if reason.ground in _FACTS and reason.value is not None:
                fact = f"{reason.ground}:{reason.value}"
                nodes[fact] = GraphNode(fact, reason.ground, reason.value)
                tie(link.report_id, fact, reason.ground, reason.bits)
                if (reason.report_id, fact) not in links:
                    tie(reason.report_id, fact, reason.ground, reason.bits)
            else:
                tie(link.report_id, reason.report_id, reason.ground, reason.bits)
    return CaseGraph(tuple(nodes.values()), tuple(links.values()))
