"""The read behind a scan: one statement that fetches just the facts about a reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from db import embedded, scan_queries
from db.batches import Batches
from db.embedded import Prepared

_MOST: Final = 200  # scans read together
_ONE: Final = scan_queries.one_scan()
_SCANS: Final = scan_queries.many_scans()
_EARLIER: Final = scan_queries.earlier_scans()
_prepared: Final = cache(Prepared)


class Scan(NamedTuple):
    """What the database says about a reference at this instant; nothing in it is judged.

    A tuple, as its row is one: a dataclass would set each of its members by itself.
    """

    token: str
    kid: str
    key_state: str | None
    token_revoked_at: datetime | None
    device_jwk: dict[str, str]
    device_status: str
    staff_id: str
    staff_number: str
    staff_name: str
    staff_status: str
    employer: str
    photo_sha256: str | None
    badge_number: str | None
    visit_id: str
    visit_status: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    jurisdiction: str | None
    place_hint: str
    address_sealed: bytes
    agency_id: str | None
    agency_label: str | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    others_seen: int
    also_checked_at: datetime | None
    watched_until: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierScan:
    """Where an earlier check of the same reference was made, if its customer told."""

    checked_at: datetime
    latitude: float
    longitude: float


_Asked = tuple[bytes, datetime, bytes | None]
"""A reference, since when its team counts, and who asks."""


class Scans:
    """The reads of a scan through the engine: what is asked at the same time is read together."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Bind an engine."""
        self._engine = engine
        self._batches = Batches(self._read, _MOST)

    async def find(self, ref: bytes, since: datetime, client_hash: bytes | None) -> Scan | None:
        """Return the facts about a reference (16 bytes), or None when it was never issued.

        `others_seen` counts active members of the same visit, others than this token's, of whose
        own devices a code was accepted since `since`. `also_checked_at` is when another client
        than `client_hash` last got this reference accepted, among the last 20 checks.
        """
        return await self._batches.ask((ref, since, client_hash))

    async def _read(self, asked: Sequence[_Asked]) -> Sequence[Scan | None]:
        refs, moments, clients = zip(*asked, strict=True)
        given = {"refs": refs, "sinces": moments, "clients": clients}
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_SCANS, given)).all()
        found = {row[0]: Scan._make(row[1:]) for row in rows}
        return [found.get(number) for number in range(1, len(asked) + 1)]

    async def earlier(self, ref: bytes) -> list[EarlierScan]:
        """Return the latest accepted checks of a reference that shared a place, last first."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_EARLIER, {"ref": ref})).all()
        return [EarlierScan(*row) for row in rows]

    def close(self) -> None:
        """Let go of what was opened; the engine is its owner's."""


class EmbeddedScans(Scans):
    """The same reads in the embedded database, without a thread hop."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Open a read-only connection to the engine's file."""
        super().__init__(engine)
        self._connection = embedded.connect(engine.url.database or "", writes=False)
        self._prepared_scan = _prepared(_ONE)
        self._prepared_earlier = _prepared(_EARLIER)

    @override
    async def find(self, ref: bytes, since: datetime, client_hash: bytes | None) -> Scan | None:
        given = {"ref": ref, "since": since, "client": client_hash}
        rows = self._prepared_scan.run(self._connection, given)
        return Scan._make(rows[0]) if rows else None

    @override
    async def earlier(self, ref: bytes) -> list[EarlierScan]:
        rows = self._prepared_earlier.run(self._connection, {"ref": ref})
        return [EarlierScan(*row) for row in rows]

    @override
    def close(self) -> None:
        self._connection.close()


def open_scans(engine: AsyncEngine) -> Scans:
    """Return the fastest reads that an engine's database allows; `close` them."""
    kind = EmbeddedScans if engine.dialect.name == "sqlite" else Scans
    return kind(engine)
