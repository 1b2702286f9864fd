"""A year of the demo's reports, and the work of two analysts on them, so that there is much to see.

Made beside the requests after the first start, each act at the time that it has on record. A stop
in the midst leaves the rest undone: nothing of it is missing to anybody.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.reports import count_reports
from domain.callers import Caller
from domain.errors import MenshenError
from domain.reports import ReportStatus
from domain.states import Language
from domain.watchlist import WatchKind
from service import cases, demo_photos, fraud_reports, reports, simulations, watchlist
from service.demo import ANALYST, COLLEAGUE, SECOND_ANALYST
from service.events import Broker
from service.linking import link_due, link_forever
from service.report_changes import ReportChange
from service.report_drafts import ReportDraft
from service.runtime import Runtime
from service.simulated_reports import SimulatedReport, Simulation
from service.simulated_visitors import Mixture
from service.watchlist import WatchDraft

_SEED: Final = 378
"""Its wave is of the last weeks, so that the pages that begin with 90 days show it."""
_HOW_MANY: Final = 120
_MIXTURE: Final = Mixture(
    rings=0.2, waves=0.05, singles=0.1, staff=0.12, median_ring=6.0, ring_sigma=0.5
)
_PAUSE_SECONDS: Final = 0.005  # other writers of the embedded database get their turn
_IMPOSTORS: Final = frozenset({"ring", "wave", "single"})
_CLOSED: Final = 0.85  # of what is old enough
_STILL_OPEN: Final = timedelta(days=11)
_TEAM: Final = tuple(Caller(one.subject, one.roles) for one in (ANALYST, SECOND_ANALYST))

_LOG: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Act:
    at: datetime
    do: Callable[[Runtime], Awaitable[object]]


async def fill_and_link(runtime: Runtime) -> None:
    """Fill a demo, then link whatever comes in; ends by cancellation only.

    The reports are linked in the order of their year, so nothing else may link them meanwhile.
    """
    try:
        await fill(runtime)
    except (MenshenError, SQLAlchemyError, OSError) as error:  # half a year is better than none
        _LOG.warning("demo_not_filled", error=type(error).__name__)
    await link_forever(runtime)


async def fill(runtime: Runtime) -> None:
    """Fill a demo without reports; what is done is told to no open screen."""
    if await count_reports(runtime.engine):
        return
    quiet = replace(runtime, events=Broker(), news=Broker())
    simulation = await simulations.make(quiet, _SEED, _HOW_MANY, _MIXTURE)
    async for _ in simulations.write(quiet, simulation):
        pass
    now = runtime.clock()
    acts = sorted(_acts(simulation, now), key=lambda act: act.at)
    for act in [one for one in acts if one.at < now]:
        await act.do(_at(quiet, act.at))
        await asyncio.sleep(_PAUSE_SECONDS)
    await _sort_cases(quiet, simulation)


def _at(runtime: Runtime, moment: datetime) -> Runtime:
    return replace(runtime, clock=lambda: moment)


def _acts(simulation: Simulation, now: datetime) -> Iterator[_Act]:
    """Yield what two analysts did with the reports: link, look, then close by two."""
    dice = Random(_SEED)  # noqa: S311 - repeatable on purpose
    for one in simulation.reports:
        first, second = dice.sample(_TEAM, 2)
        yield _Act(one.received_at + timedelta(minutes=1), link_due)
        looked = one.received_at + timedelta(hours=dice.lognormvariate(1.0, 0.9))
        taken = ReportChange(status=ReportStatus.TRIAGED, assignee="me")
        yield _Act(looked, _changing(first, one, taken))
        asked = looked + timedelta(hours=dice.lognormvariate(3.2, 0.7))
        is_closed = one.received_at < now - _STILL_OPEN and dice.random() < _CLOSED
        if not is_closed:
            under_way = ReportChange(status=ReportStatus.INVESTIGATING, note="已回電,待補資料。")
            yield _Act(asked, _changing(first, one, under_way))
            continue
        is_true = one.kind in _IMPOSTORS
        end = ReportStatus.CONFIRMED if is_true else ReportStatus.DISMISSED
        yield _Act(asked, _changing(first, one, ReportChange(status=end)))
        agreed = asked + timedelta(hours=dice.uniform(0.5, 8))
        yield _Act(agreed, _changing(second, one, ReportChange(status=end)))
    wave = [one for one in simulation.reports if one.kind == "wave"]
    yield _Act(now - timedelta(hours=2), lambda at: _tell(at, wave))
    yield _Act(now - timedelta(minutes=110), link_due)
    yield _Act(now - timedelta(minutes=100), lambda at: _watch(at, wave))
    closing = ReportChange(status=ReportStatus.CONFIRMED, note="與同一夥人的其他舉報相符。")
    last = simulation.reports[-1]
    yield _Act(now - timedelta(minutes=90), _changing(_TEAM[0], last, closing))


def _changing(
    caller: Caller, one: SimulatedReport, change: ReportChange
) -> Callable[[Runtime], Awaitable[object]]:
    return lambda at: fraud_reports.change_report(at, caller, one.report_id, change)


async def _tell(runtime: Runtime, wave: list[SimulatedReport]) -> None:
    """Send a report with two images about the people of the wave."""
    seen = next(one.draft for one in reversed(wave) if one.draft.claimed.phone and one.draft.place)
    draft = ReportDraft.model_validate(
        {
            "occurred_at": (runtime.clock() - timedelta(hours=1)).isoformat(),
            "description": "兩個人自稱銀行委託,要我當場轉帳。我拍了掛牌和帳號。",
            "place": seen.place,
            "claimed": seen.claimed,
            "asked_for": ["transfer", "entry"],
            "payee": next((one.draft.payee for one in wave if one.draft.payee), None),
            "contact": {"name": "李小姐", "phone": "0933 444 555"},
        }
    )
    with tempfile.TemporaryFile() as card, tempfile.TemporaryFile() as slip:
        demo_photos.draw_card(card)
        demo_photos.draw_slip(slip)
        await reports.submit(runtime, draft, (card, slip), Language.TRADITIONAL)


async def _watch(runtime: Runtime, wave: list[SimulatedReport]) -> None:
    """Watch for the wave's phone; one of our own badges waits for a second person."""
    phone = Counter(filter(None, (one.draft.claimed.phone for one in wave))).most_common(1)[0][0]
    until = runtime.clock() + timedelta(days=90)
    seen = WatchDraft(WatchKind.PHONE, phone, "多起舉報提到這個號碼。", until)
    await watchlist.add(runtime, _TEAM[0], seen)
    number = COLLEAGUE.subject.replace("S-", "B-")
    copied = WatchDraft(WatchKind.BADGE, number, "有人出示這張員工證的影本?", until)
    await watchlist.add(runtime, _TEAM[1], copied)


async def _sort_cases(runtime: Runtime, simulation: Simulation) -> None:
    """Take out of each case what does not belong to it, and pin two that do."""
    truth = {one.report_id: one.entity for one in simulation.reports}
    for case in (await cases.list_cases(runtime)).items:
        members = [one.report.id for one in (await cases.read_case(runtime, case.id)).reports]
        ((entity, _),) = Counter(truth.get(one) for one in members).most_common(1)
        strangers = [one for one in members if truth.get(one, entity) != entity]
        if strangers:
            await cases.split(runtime, _TEAM[1], case.id, strangers)
        ours = [one for one in members if truth.get(one) == entity][:2]
        await cases.pin(runtime, _TEAM[0], case.id, ours, pinned=True)
