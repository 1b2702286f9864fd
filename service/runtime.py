"""Everything that the use cases need, composed once at the start and never changed."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from db.scans import Scans
from domain.clock import Clock
from domain.randomness import Randomness
from domain.states import Mode
from service.antivirus import Antivirus
from service.backgrounds import Backgrounds
from service.development_issuer import DevelopmentIssuer
from service.events import Broker, Event, TeamNews
from service.image_decoder import ImageDecoder
from service.key_rings import KeyRings
from service.limits import Limits
from service.outbound_requests import Outbound
from service.recorders import Recorder
from service.regions import Region
from service.sealing import Seal
from service.stored_files import StoredFiles
from verifiers.policy import PACKS, Pack


@dataclass(frozen=True, slots=True)
class Runtime:
    """Arguments of every use case; `seal` is the data key's, `keys` sign visit tokens."""

    mode: Mode
    engine: AsyncEngine
    recorder: Recorder
    scans: Scans
    keys: KeyRings
    seal: Seal
    clock: Clock
    randomness: Randomness
    public_url: str
    code_url: str
    pack: Pack
    time_zone: ZoneInfo
    country: str
    hotline: str
    police: str
    contacts: Collection[str]
    photos: StoredFiles
    evidence: StoredFiles
    originals: StoredFiles
    limits: Limits | None
    security_contact: str | None = None
    antivirus: Antivirus | None = None
    exit_url: str = "about:blank"
    issuer: DevelopmentIssuer | None = None
    region: Region = field(default_factory=Region)
    events: Broker[Event] = field(default_factory=Broker[Event])
    news: Broker[TeamNews] = field(default_factory=Broker[TeamNews])
    to_link: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a report waits to be linked."""
    backgrounds: Backgrounds = field(default_factory=Backgrounds)
    """What everybody tells, for the linker."""
    analysts: dict[str, datetime] = field(default_factory=dict)
    """When this process last wrote down that an analyst is here."""
    decoder: ImageDecoder = field(default_factory=ImageDecoder)
    outbound: Outbound = field(default_factory=Outbound)
    failing: set[str] = field(default_factory=set)
    """The work beside the requests that fails now, by name."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that codes of ours may have."""
        return (self.code_url, self.public_url)

    @property
    def is_https(self) -> bool:
        """Tell whether browsers reach us over https, so that cookies can be `Secure`."""
        return self.public_url.startswith("https://")

    def end_screens(self) -> None:
        """Let every live screen end, as the service stops; browsers and apps ask again."""
        self.events.end()
        self.news.end()

    def pack_of(self, jurisdiction: str | None) -> Pack:
        """Return the rules in force for a visit: its jurisdiction's, else the configured ones."""
        return PACKS.get((jurisdiction or "").lower(), self.pack)
