"""Every check that was ever answered."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, Required, TypedDict

from sqlalchemy import (
    CheckConstraint,
    Index,
    Table,
    Text,
    TextClause,
    bindparam,
    cast,
    exists,
    insert,
    text,
)
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from typing_extensions import override

from db import base, embedded
from db.base import one_of
from db.embedded import PreparedInsert, PreparedStatement
from db.engine import WRITES
from db.sightings import Sighting, SightingRow
from db.webhooks import DeliveryRow, Webhook, WebhookDelivery
from domain.disclosure import ACCEPTED
from domain.verdicts import Reason

_ASKED: Final = text("receipt_hash IS NOT NULL")  # by a browser; API clients keep none
WAS_ACCEPTED: Final[TextClause] = text(
    f"coalesce(reason IN ({', '.join(repr(one.value) for one in sorted(ACCEPTED))}), FALSE)"
)
"""As text, for a partial index serves only where its own condition is asked for, word for word.

`coalesce` changes nothing but what PostgreSQL expects: half of all rows, where it would guess that
there are hardly any, gather them all and sort them, flood or not.
"""


class Verification(base.Table, table=True):
    """One check and its answer; client and receipt are keyed hashes, places degrees (WGS 84).

    `asked_by` is a logged-in asker; `answer_sealed` is kept for the browser that asked, as long
    as its receipt lives.
    """

    __table_args__ = (
        CheckConstraint(one_of("reason", Reason), "reason"),
        # A scan reads the last accepted checks of its reference: forged ones, of which there may
        # be a flood, are not to stand between them.
        Index(None, "ref", "checked_at", sqlite_where=WAS_ACCEPTED, postgresql_where=WAS_ACCEPTED),
        Index(None, "receipt_hash", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: str = Field(primary_key=True, max_length=32)
    checked_at: datetime = Field(index=True)
    kind: str = Field(max_length=16)
    reason: str = Field(max_length=32)
    ref: bytes | None = None
    visit_id: str | None = Field(default=None, max_length=32)
    match_number: str | None = Field(default=None, max_length=2)
    photo_sha256: str | None = Field(default=None, max_length=64)
    receipt_hash: bytes | None = None
    client_hash: bytes | None = None
    latitude: float | None = None
    longitude: float | None = None
    shown_at: datetime | None = None
    answer_sealed: bytes | None = None
    asked_by: str | None = Field(default=None, max_length=200)


class Row(TypedDict, total=False):
    """A verification as it is inserted; a missing member is NULL.

    A plain dict, because building a `Verification` costs more than both of a scan's reads.
    """

    id: Required[str]
    checked_at: Required[datetime]
    kind: Required[str]
    reason: Required[str]
    ref: bytes | None
    visit_id: str | None
    match_number: str | None
    photo_sha256: str | None
    receipt_hash: bytes | None
    client_hash: bytes | None
    latitude: float | None
    longitude: float | None
    shown_at: datetime | None
    answer_sealed: bytes | None
    asked_by: str | None


_NULLS: Final = dict.fromkeys(Row.__optional_keys__)
PROVEN: Final = "visit_code"
"""The kind of a check whose code was read and proven at that moment."""
_SIGHTING: Final[Table] = Sighting.__table__  # type: ignore[attr-defined] # SQLModel adds it
_SIGHTINGS: Final = postgresql.insert(_SIGHTING).on_conflict_do_nothing()
_DELIVERY: Final[Table] = WebhookDelivery.__table__  # type: ignore[attr-defined] # as above
_WEBHOOK: Final[Table] = Webhook.__table__  # type: ignore[attr-defined] # as above
_TOLD: Final = tuple(_DELIVERY.columns[name] for name in DeliveryRow.__annotations__)
_MESSAGES: Final = insert(_DELIVERY).from_select(
    [one.name for one in _TOLD],
    select_columns(
        *(
            _WEBHOOK.c.id
            if one.name == "webhook_id"
            else bindparam("id", type_=one.type).concat(_WEBHOOK.c.id)
            if one.name == "id"
            else bindparam(one.name, type_=one.type)
            for one in _TOLD
        )
    ).where(
        _WEBHOOK.c.removed_at.is_(None),
        cast(_WEBHOOK.c.events, Text).contains(bindparam("wanted")),
        exists().where(_SIGHTING.c.id == bindparam("sighting_id")),
    ),
    include_defaults=False,
)
"""A message about a sighting goes to who wants it if the sighting was news: else it was left out.

Receivers are found here, so that a look-up of what is watched reads no more than any other.
"""
MOST: Final = 500
"""Rows at a time: SQLite takes 32,766 parameters a statement."""


class SightingMessage(DeliveryRow):
    """A message about a sighting, for every receiver of its event: `id` begins each one's id.

    `wanted` is the event as it stands among a receiver's (JSON).
    """

    sighting_id: str
    wanted: str


class Inserts:
    """Writes verifications, and what was odd about them, through the engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Bind an engine."""
        self._engine = engine.execution_options(**{WRITES: True})

    async def insert(
        self,
        rows: Sequence[Row],
        sightings: Sequence[SightingRow] = (),
        messages: Sequence[SightingMessage] = (),
    ) -> None:
        """Commit rows in one transaction; raises DBAPIError and OSError.

        Sightings that are there already are left out, with the messages about them. They come in
        one order everywhere, so that two writers of the same ones do not wait for each other.
        """
        async with self._engine.begin() as connection:
            await connection.execute(insert(Verification), [{**_NULLS, **row} for row in rows])
            if sightings:
                await connection.execute(_SIGHTINGS, list(sightings))
            if messages:
                await connection.execute(_MESSAGES, list(messages))

    def close(self) -> None:
        """Let go of what was opened; the engine is its owner's."""


class EmbeddedInserts(Inserts):
    """The same in the embedded database, in a thread of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Open a connection to the engine's file."""
        super().__init__(engine)
        self._connection = embedded.connect(engine.url.database or "", writes=True)
        table: Table = Verification.__table__  # type: ignore[attr-defined] # SQLModel adds it
        self._prepared = PreparedInsert(table, [column.name for column in table.columns])
        self._sightings = PreparedInsert(
            _SIGHTING, [column.name for column in _SIGHTING.columns], ignoring=True
        )
        self._messages = PreparedStatement(_MESSAGES)
        self._thread = ThreadPoolExecutor(1, "verifications")

    @override
    async def insert(
        self,
        rows: Sequence[Row],
        sightings: Sequence[SightingRow] = (),
        messages: Sequence[SightingMessage] = (),
    ) -> None:
        loop = asyncio.get_running_loop()
        inserts: tuple[embedded.Rows, ...] = ((self._prepared, rows), (self._sightings, sightings))
        if messages:
            inserts += ((self._messages, messages),)
        await loop.run_in_executor(self._thread, embedded.commit, self._connection, *inserts)

    @override
    def close(self) -> None:
        self._thread.shutdown()
        self._connection.close()


def open_inserts(engine: AsyncEngine) -> Inserts:
    """Return the fastest writes that an engine's database allows; `close` them."""
    return (EmbeddedInserts if engine.dialect.name == "sqlite" else Inserts)(engine)


async def find_by_receipt(
    session: AsyncSession, receipt_hash: bytes, since: datetime
) -> Sequence[Verification]:
    """Return a browser's checks since a moment, last first."""
    query = select(Verification).where(
        Verification.receipt_hash == receipt_hash, Verification.checked_at > since
    )
    return (await session.exec(query.order_by(col(Verification.checked_at).desc()))).all()


async def find_proven(session: AsyncSession, receipt_hash: bytes, since: datetime) -> bytes | None:
    """Return the reference of the last code that a browser proved since a moment."""
    query = (
        select(Verification.ref)
        .where(
            Verification.receipt_hash == receipt_hash,
            Verification.checked_at > since,
            Verification.kind == PROVEN,
            WAS_ACCEPTED,
            col(Verification.ref).is_not(None),
        )
        .order_by(col(Verification.checked_at).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def find_photo(session: AsyncSession, answer_id: str, since: datetime) -> str | None:
    """Return the SHA-256 of the photo that an answer since a moment showed."""
    query = select(Verification.photo_sha256).where(
        Verification.id == answer_id, Verification.checked_at > since
    )
    return (await session.exec(query)).first()
