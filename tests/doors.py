"""A door with everything in order: registry, visit, team of two, enrolled phones, tokens."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.base import Table
from db.scans import open_scans
from db.tables import Agency, Badge, Device, Photo, Staff, Visit, VisitStaff, VisitToken
from db.units_of_work import writing
from db.verifications import Inserts
from domain.randomness import system_randomness
from domain.states import Mode
from service import signing_keys
from service.customers import Address, seal_address
from service.key_rings import KeyRings
from service.recorders import Recorder
from service.runtime import Runtime
from service.sealing import Seal
from service.stored_files import StoredFiles
from verifiers import device_proof, jose_gate, visit_code, visit_token
from verifiers.policy import PACKS
from verifiers.risk import Place

ORIGIN: Final = "https://verify.bank.example"
STARTS: Final = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Taipei
ENDS: Final = STARTS + timedelta(hours=1)
HOME: Final = Place(25.0330, 121.5654)
SEAL: Final = Seal.under(bytes(32), system_randomness)
PHOTO: Final = "ab" * 32


@dataclass
class Door:
    """The runtime under test, its clock, and the phones of both team members."""

    runtime: Runtime
    now: datetime
    phones: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    refs: dict[str, bytes] = field(default_factory=dict)

    def code(self, staff: str = "st_1", *, at: datetime | None = None, ref: bytes = b"") -> str:
        """Return the text that this member's screen shows at an instant."""
        step = device_proof.step_at((at or self.now).timestamp())
        shown = ref or self.refs[staff]
        proof = device_proof.proof_input(jose_gate.encode(shown), step)
        signature = jose_gate.sign_bytes(proof, self.phones[staff])
        return visit_code.build(ORIGIN, shown, step, signature)

    async def change(self, table: type[Table], **values: Any) -> None:  # noqa: ANN401 - any column
        """Write values into every row of a table, as an operator or an intruder would."""
        async with writing(self.runtime.engine) as session:
            await session.exec(update(table).values(**values))
            await session.commit()


async def open_door(
    engine: AsyncEngine, *, pack: str = "baseline", photos: Path | None = None
) -> Door:
    """Fill a migrated database with one visit under way and return its door."""
    await signing_keys.ensure_active(engine, SEAL, STARTS)
    keys = KeyRings(engine, SEAL, await signing_keys.load(engine, SEAL))
    scans = open_scans(engine)
    event.listen(engine.sync_engine, "engine_disposed", lambda _: scans.close())
    door: Door
    runtime = Runtime(
        mode=Mode.DEMO,
        engine=engine,
        recorder=Recorder(Inserts(engine)),
        scans=scans,
        keys=keys,
        seal=SEAL,
        clock=lambda: door.now,
        randomness=system_randomness,
        public_url=ORIGIN,
        code_url=ORIGIN,
        pack=PACKS[pack],
        time_zone=ZoneInfo("Asia/Taipei"),
        country="TW",
        hotline="0800-024-365",
        police="110",
        contacts=("DemoBank",),
        photos=StoredFiles(photos or Path("no-photos-here")),
        originals=StoredFiles(Path("none")),
        evidence=StoredFiles(Path("no-evidence-here")),
        limits=None,
    )
    door = Door(runtime, STARTS + timedelta(minutes=10))
    await _fill(door)
    return door


async def _fill(door: Door) -> None:
    today = date(2026, 11, 24)
    async with writing(door.runtime.engine) as session:
        agency = Agency(
            id="ag_1",
            name="Harbour Debt Recovery",
            public_label="Harbour Services",
            licence="L-1",
            contract_starts_on=today,
            contract_ends_on=today,
            assessed_on=today,
            phones=[],
            regions=[],
        )
        photo = Photo(sha256=PHOTO, media_type="image/webp", stored_at=STARTS)
        visit = Visit(
            id="vi_1",
            status="planned",
            customer_kind="individual",
            customer_ref_sealed=b"",
            customer_ref_hash=b"",
            customer_phone_sealed=b"",
            customer_phone_hash=b"",
            address_sealed=seal_address(SEAL, "vi_1", Address("1 Harbour Road", HOME)),
            time_zone="Asia/Taipei",
            place_hint="the blue gate",
            purpose="overdue",
            documents=[],
            starts_at=STARTS,
            ends_at=ENDS,
            language="en",
            planned_by="case system",
            planned_at=STARTS,
        )
        session.add_all([agency, photo])
        await session.flush()
        session.add(visit)
        await session.flush()
        for number, name in ((1, "林志明"), (2, "陳美玲")):
            await _join(door, session, f"st_{number}", name)
        await session.commit()


async def _join(door: Door, session: Any, staff_id: str, name: str) -> None:  # noqa: ANN401 - a session
    phone = ec.generate_private_key(ec.SECP256R1())
    jwk = jose_gate.public_jwk(phone)
    jkt, ref = jose_gate.thumbprint(jwk), system_randomness(16)
    door.phones[staff_id], door.refs[staff_id] = phone, ref
    session.add(
        Staff(
            id=staff_id,
            staff_number=f"S-{staff_id}",
            name=name,
            employer="Harbour Bank",
            agency_id="ag_1",
            status="active",
            photo_sha256=PHOTO,
        )
    )
    await session.flush()
    session.add_all(
        [
            Badge(
                number=f"B-{staff_id}",
                staff_id=staff_id,
                expires_on=date(2027, 1, 1),
                status="active",
            ),
            Device(
                id=f"de_{staff_id}",
                staff_id=staff_id,
                jkt=jkt,
                jwk=jwk,
                label="phone",
                status="active",
                enrolled_at=STARTS,
            ),
            VisitStaff(visit_id="vi_1", staff_id=staff_id),
        ]
    )
    await session.flush()
    session.add(
        VisitToken(
            ref=ref,
            token=make_token(door, ref, staff_id, name, jkt),
            kid=door.runtime.keys.keys.kid or "",
            visit_id="vi_1",
            staff_id=staff_id,
            device_id=f"de_{staff_id}",
            issued_at=STARTS,
            expires_at=ENDS,
        )
    )


def make_token(  # noqa: PLR0913, PLR0917 - what a token binds together
    door: Door, ref: bytes, staff_id: str, name: str, jkt: str, photo: str | None = PHOTO
) -> str:
    """Sign a token as the service would."""
    kid, private_key = door.runtime.keys.keys.kid, door.runtime.keys.keys.private_key
    assert kid is not None
    assert private_key is not None
    claims = visit_token.build_claims(
        issuer=ORIGIN,
        staff=staff_id,
        ref=ref,
        issued_at=int(STARTS.timestamp()) - 3600,
        not_before=int(STARTS.timestamp()) - 1800,
        expires_at=int(ENDS.timestamp()) + 1800,
        visit="vi_1",
        purpose="visit",
        employer="ag_1",
        photo=visit_token.photo_digest(f"S-{staff_id}", name, photo),
        jkt=jkt,
    )
    return jose_gate.sign(claims, kid, private_key, jose_gate.VISIT_TOKEN)
