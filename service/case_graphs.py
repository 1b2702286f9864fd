"""A case as nodes and links, for whoever draws it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from domain.links import Ground
from service.cases import CaseDetail, read_case
from service.link_views import LinkReason, told_as
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
    """A report, or a fact that reports share, as most tell it; `kind` of a fact is its ground."""

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
    nodes = {
        one.report.id: GraphNode(one.report.id, "report", f"{one.report.occurred_at:%F}")
        for one in case.reports
    }
    nodes |= _facts(case)
    links: dict[tuple[str, str], GraphLink] = {}

    def tie(source: str, target: str, ground: Ground, bits: float) -> None:
        before = links.get((source, target))
        grounds = (ground,) if before is None else (*before.grounds, ground)
        total = bits + (0.0 if before is None else before.bits)
        links[source, target] = GraphLink(source, target, grounds, round(total, 2))

    for report_id, reason in _ties(case):
        fact = _fact_of(reason)
        if fact is None:
            tie(report_id, reason.report_id, reason.ground, reason.bits)
            continue
        tie(report_id, fact, reason.ground, reason.bits)
        if (reason.report_id, fact) not in links:
            tie(reason.report_id, fact, reason.ground, reason.bits)
    return CaseGraph(tuple(nodes.values()), tuple(links.values()))


def _ties(case: CaseDetail) -> Iterator[tuple[str, LinkReason]]:
    """Yield what speaks for each link, with the report that it ties to the reason's."""
    shown = {one.report.id for one in case.reports}
    for link in case.links:
        if not link.is_possible and link.report_id in shown:
            for reason in link.reasons:
                if reason.bits > 0 and reason.report_id in shown:
                    yield link.report_id, reason


def _fact_of(reason: LinkReason) -> str | None:
    is_fact = reason.ground in _FACTS and reason.value is not None
    return f"{reason.ground}:{reason.value}" if is_fact else None


def _facts(case: CaseDetail) -> dict[str, GraphNode]:
    """Return the facts that reports share, in the words that most of them have for it."""
    claimed = {one.report.id: one.report.claimed for one in case.reports}
    grounds: dict[str, Ground] = {}
    words: dict[str, dict[str, str]] = {}
    for report_id, reason in _ties(case):
        fact = _fact_of(reason)
        if fact is not None:
            grounds[fact] = reason.ground
            for one in (report_id, reason.report_id):
                told = told_as(reason.ground, claimed[one].name, claimed[one].badge_number)
                words.setdefault(fact, {})[one] = told or str(reason.value)
    return {
        fact: GraphNode(fact, grounds[fact], Counter(told.values()).most_common(1)[0][0])
        for fact, told in words.items()
    }
