"""What a new report is compared with: read from the database within bounds, and sorted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from db.link_queries import find_active, find_around, find_carriers, find_cases_of, find_traits
from domain.links import KeyKind
from service.linked_traits import read_kept
from service.profiles import read_profiles
from verifiers.active_cases import ACTIVE_DAYS, Active, likeliest
from verifiers.backgrounds import Background
from verifiers.cells import around
from verifiers.link_weights import GROWN
from verifiers.neighbourhoods import (
    CARRIERS,
    NEAR_DAYS,
    NEAR_METRES,
    NEIGHBOURS,
    NEIGHBOURS_LATER,
    PER_CELL,
    Carriers,
    Neighbourhood,
    usual_part,
)
from verifiers.profiles import profile_of
from verifiers.traits import Key, Traits


async def look_around(  # noqa: PLR0913 - each by its name
    session: AsyncSession,
    new: Traits,
    at: datetime,
    now: datetime,
    background: Background,
    *,
    is_later: bool,
) -> Neighbourhood:
    """Return the clusters that an index finds around a report; `at` is when it happened.

    A later look also brings the cases that were at work then; a first one shall cost little.
    """
    keys = [key for key in dict.fromkeys(new.found_by()) if key[0] is not KeyKind.CELL]
    having: dict[Key, list[tuple[str, float]]] = {key: [] for key in keys}
    for kind, value, one, moment in await find_carriers(session, keys, new.report_id, CARRIERS + 1):
        having[KeyKind(kind), value].append((one, moment.timestamp()))
    near, usual = [], None
    if new.place is not None:
        cells, within = around(new.place, NEAR_METRES)[1], timedelta(days=NEAR_DAYS)
        near = list(await find_around(session, cells, new.report_id, at, within, PER_CELL))
        moments: dict[str, list[float]] = {cell: [] for cell in cells}
        for cell, _, moment in near:
            moments[cell].append(moment.timestamp())
        usual = usual_part(new.place, moments, new.at, now.timestamp(), background.per_day)
        near.sort(key=lambda one: (abs(one[2] - at), one[1]))
    ids = {one for carriers in having.values() for one, _ in carriers[:CARRIERS]}
    ids.update(one for _, one, _ in near[: NEIGHBOURS_LATER if is_later else NEIGHBOURS])
    case_of = await find_cases_of(session, ids)
    alone = [one for one, case_id in case_of.items() if case_id is None]
    cases = {case_id for case_id in case_of.values() if case_id is not None}
    if is_later:
        cases.update(await _find_active(session, at))
    clusters = await read_profiles(session, cases, new)
    for one, traits in await find_traits(session, alone):
        clusters[one] = profile_of([read_kept(one, traits)])
    return Neighbourhood(
        clusters, {key: _carriers(found, case_of) for key, found in having.items()}, usual
    )


async def _find_active(session: AsyncSession, at: datetime) -> list[str]:
    found = await find_active(session, at, timedelta(days=ACTIVE_DAYS), GROWN)
    cases = (
        Active(one, size, first.timestamp(), last.timestamp()) for one, size, first, last in found
    )
    return likeliest(cases, at.timestamp())


def _carriers(found: Sequence[tuple[str, float]], case_of: Mapping[str, str | None]) -> Carriers:
    known = [(case_of[one] or one, at) for one, at in found[:CARRIERS] if one in case_of]
    return Carriers(
        [cluster for cluster, _ in known], [at for _, at in known], len(found) <= CARRIERS
    )
