"""What everybody tells, as the linker of this process knows it: a sample that is read anew."""

from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.link_queries import find_cases_of, find_latest
from service.linked_traits import read_kept
from verifiers.backgrounds import SAMPLE, Background, background_of

_LOOKS: Final = 20
"""The part of the sample's reports, one in so many, after which many looks it is read anew."""


class Backgrounds:
    """The background of this process; reading it costs as much as linking some reports."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: Background | None = None
        self._looks = 0

    async def read(self, session: AsyncSession, but: str) -> Background:
        """Return what the latest reports tell, or told some looks ago.

        A report that is just being linked, `but`, is not among them: of a few it would make what it
        tells itself usual. Once it is looked at later it may be, as where the weights were fitted.
        """
        self._looks += 1
        if self._kept is None or self._looks * _LOOKS > self._kept.reports:
            latest = [one for one in await find_latest(session, SAMPLE) if one[0] != but]
            cases = await find_cases_of(session, [report_id for report_id, _ in latest])
            case_of = {one: case_id for one, case_id in cases.items() if case_id is not None}
            self._kept, self._looks = background_of([read_kept(*one) for one in latest], case_of), 0
        return self._kept
