"""Visits as the bank's own side sees them, with the texts of their notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.staff import Staff
from db.teams import find_teams
from db.visits import Notice, Visit, find_notices
from domain.states import CustomerKind, Language, Purpose, VisitStatus
from service.customers import read_ref
from service.notice_texts import NoticeFacts, notice_texts
from service.own_visits import open_code, open_phrase
from service.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Assigned:
    """A member of the team."""

    staff_number: str
    name: str


@dataclass(frozen=True, slots=True)
class SentNotice:
    """What the bank sends the customer; texts by language."""

    code: str
    phrase: str
    texts: dict[Language, str]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit; `notice` only for those who send it."""

    id: str
    status: VisitStatus
    customer_ref: str
    customer_kind: CustomerKind
    place_hint: str
    purpose: Purpose
    documents: list[str]
    starts_at: datetime
    ends_at: datetime
    staff: list[Assigned]
    agency_id: str | None
    language: Language
    notice: SentNotice | None = None


async def read_planned(
    session: AsyncSession, runtime: Runtime, visits: Sequence[Visit], *, with_notice: bool
) -> list[PlannedVisit]:
    """Return visits with their teams, in the order given."""
    ids = [visit.id for visit in visits]
    teams: dict[str, list[Staff]] = {one: [] for one in ids}
    for visit_id, member in await find_teams(session, ids):
        teams[visit_id].append(member)
    notices = await find_notices(session, ids) if with_notice else {}
    agencies = {
        one: await session.get(Agency, one)
        for one in {visit.agency_id for visit in visits if with_notice}
        if one is not None
    }
    return [
        _planned(
            runtime,
            visit,
            teams[visit.id],
            notices.get(visit.id),
            agencies.get(visit.agency_id or ""),
        )
        for visit in visits
    ]


def _planned(
    runtime: Runtime,
    visit: Visit,
    team: Sequence[Staff],
    notice: Notice | None,
    agency: Agency | None,
) -> PlannedVisit:
    return PlannedVisit(
        id=visit.id,
        status=VisitStatus(visit.status),
        customer_ref=read_ref(runtime.seal, visit.id, visit.customer_ref_sealed),
        customer_kind=CustomerKind(visit.customer_kind),
        place_hint=visit.place_hint,
        purpose=Purpose(visit.purpose),
        documents=list(visit.documents),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        staff=[Assigned(member.staff_number, member.name) for member in team],
        agency_id=visit.agency_id,
        language=Language(visit.language),
        notice=None if notice is None else _sent(runtime, visit, team, notice, agency),
    )


def _sent(
    runtime: Runtime, visit: Visit, team: Sequence[Staff], notice: Notice, agency: Agency | None
) -> SentNotice:
    code, phrase = open_code(runtime.seal, notice), open_phrase(runtime.seal, notice)
    facts = NoticeFacts(
        code=code,
        phrase=phrase,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        time_zone=ZoneInfo(visit.time_zone),
        visitors=tuple(member.name for member in team),
        # The neutral label: a text message is read over shoulders, and a name can tell of a debt.
        agency=None if agency is None else agency.public_label,
        hotline=runtime.hotline,
        start_url=runtime.public_url,
        documents=tuple(visit.documents),
    )
    return SentNotice(code, phrase, notice_texts(facts))
