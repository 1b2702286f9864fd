"""What only somebody who holds the visit's notice, or the bank itself, may read of a visit."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.teams import find_teams
from db.visits import Notice, Visit
from domain.states import Purpose, StaffStatus
from service.answers import Member
from service.sealing import Seal


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """The members that `authorised_for_you` adds to an answer."""

    purpose: Purpose
    phrase: str
    team: tuple[Member, ...]
    documents: tuple[str, ...]
    agency_name: str | None


async def read_own(session: AsyncSession, seal: Seal, visit: Visit, notice: Notice) -> OwnVisit:
    """Read what a visit's customer may know of it."""
    team = await find_teams(session, [visit.id])
    agency = None if visit.agency_id is None else await session.get(Agency, visit.agency_id)
    return OwnVisit(
        purpose=Purpose(visit.purpose),
        phrase=open_phrase(seal, notice),
        team=tuple(
            Member(one.name, one.status == StaffStatus.ACTIVE, one.photo_sha256) for _, one in team
        ),
        documents=tuple(visit.documents),
        agency_name=None if agency is None else agency.name,
    )


def open_phrase(seal: Seal, notice: Notice) -> str:
    """Return a notice's visit phrase."""
    return seal.unseal(notice.phrase_sealed, f"notice.phrase {notice.visit_id}").decode()


def open_code(seal: Seal, notice: Notice) -> str:
    """Return a notice's code."""
    return seal.unseal(notice.code_sealed, f"notice.code {notice.visit_id}").decode()
