"""Settings, read once from environment variables named `MENSHEN_...`."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from limits import parse
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    RedisDsn,
    SecretStr,
    StringConstraints,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import make_engine, parse_url
from domain.errors import InvalidError
from domain.randomness import Randomness
from domain.refusals import Refused
from domain.states import Mode
from service import key_encryption_keys, sealed_keys
from service.sealing import Seal
from verifiers.policy import PACKS
from verifiers.visit_code import check_origin


def _read_json(given: object) -> object:
    # Not left to the library, whose error names no setting and comes with a traceback.
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        message = 'must be JSON: a list as ["one", "other"], or what docs/operators.md shows'
        raise ValueError(message) from error


def _is_limit(text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        message = "must be a number and a time, such as 20/minute"
        raise ValueError(message) from error
    return text


_JSON: Final = (NoDecode, BeforeValidator(_read_json))
Limit = Annotated[str, AfterValidator(_is_limit)]
Retained = Annotated[timedelta, Field(ge=timedelta(days=1))]
"""How long something is kept: `730 days`, or ISO 8601. A day at least: a code is answered until
24 h after its token expired, and keys are removed by when the last token did."""
AppleApp = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{10}\.[A-Za-z0-9.-]{1,155}$")]
AndroidPackage = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+$")]
HostName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9-]{1,63}\.){1,10}[a-z][a-z0-9-]{0,62}$")
]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$")]
_CLAMD: Final = r"^(tcp://[A-Za-z0-9.-]{1,255}:[1-9][0-9]{0,4}|unix:///[\x21-\x7e]{1,100})$"
# A name that no page and no code can have, and a line of plain text.
_CHECK_FILE: Final = r"^[A-Za-z0-9_-]{1,64}\.txt:[\x20-\x7e]{1,200}$"


class Settings(BaseSettings):
    """What an operator may set; every member has a line in docs/operators.md."""

    model_config = SettingsConfigDict(
        env_prefix="MENSHEN_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a URL may hold a password
    )

    mode: Mode = Mode.PRODUCTION
    data_dir: Path = Path(".data")
    database_url: str | None = None
    redis_url: RedisDsn | None = None
    key_encryption_key: SecretStr | None = None
    key_encryption_key_file: Path | None = None
    public_url: str | None = None
    code_url: str | None = None
    policy: str = "baseline"
    time_zone: str = "Asia/Taipei"
    country: str = Field(default="TW", pattern=r"[A-Z]{2}")
    hotline: str = "0800-024-365"
    police: str = "110"
    contacts: Annotated[tuple[str, ...], *_JSON] = ()
    apple_apps: Annotated[tuple[AppleApp, ...], *_JSON] = ()
    android_apps: Annotated[dict[AndroidPackage, tuple[Fingerprint, ...]], *_JSON] = {}
    webhook_hosts: Annotated[tuple[HostName, ...], *_JSON] = ()
    mini_program_file: str | None = Field(default=None, pattern=_CHECK_FILE)
    trusted_proxies: Annotated[tuple[str, ...], *_JSON] = ()
    rate_limits: Literal["on", "off"] = "on"
    limit_lookups_address: Limit = "20/minute"
    limit_lookups_total: Limit = "50/second"
    limit_failed_codes_address: Limit = "60/minute"
    limit_reports_address: Limit = "10/hour"

    security_contact: str | None = Field(default=None, pattern=r"^(mailto:|https://)[\x21-\x7e]+$")
    clamd: str | None = Field(default=None, pattern=_CLAMD)
    exit_url: str = Field(default="about:blank", pattern=r"^(about:blank|https://[\x21-\x7e]+)$")
    map_file: Path | None = None
    retain_verifications: Retained = timedelta(days=730)
    retain_addresses: Retained = timedelta(days=30)
    retain_tokens: Retained = timedelta(days=730)
    retain_sightings: Retained = timedelta(days=730)
    retain_visits: Retained = timedelta(days=1826)
    retain_reports: Retained = timedelta(days=1826)

    @field_validator("public_url", "code_url")
    @classmethod
    def _is_origin(cls, url: str | None) -> str | None:
        if url is not None and isinstance(found := check_origin(url), Refused):
            message = f"must be a bare origin with a host of at most 55 characters: {found.reason}"
            raise ValueError(message)
        return url

    @field_validator("policy")
    @classmethod
    def _is_pack(cls, name: str) -> str:
        if name not in PACKS:
            message = f"must be one of {', '.join(PACKS)}"
            raise ValueError(message)
        return name

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:  # KeyError is not pydantic's to catch
            message = "must be a time zone such as Asia/Taipei"
            raise ValueError(message) from error
        return name

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, url: str | None) -> str | None:
        if url is not None:
            try:
                parse_url(url)
            except InvalidError as error:
                raise ValueError(str(error)) from error
        return url

    @property
    def database(self) -> str:
        """The database's URL; a SQLite file in the data folder unless set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'menshen.sqlite3'}"

    def make_data_dir(self) -> None:
        """Make the data folder, for its owner only, unless it is there."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    def make_engine(self) -> AsyncEngine:
        """Return an engine for this database."""
        return make_engine(self.database)

    async def open_seal(self, engine: AsyncEngine, randomness: Randomness) -> Seal:
        """Return the seal under a database's key-encryption key; raises UnsafeKeyError.

        From the environment, else from a secret file, else from the data folder's own file, which
        is made for a database without keys.
        """
        if self.key_encryption_key is not None:
            text = self.key_encryption_key.get_secret_value()
            return key_encryption_keys.from_text(text, randomness)
        if self.key_encryption_key_file is not None:
            text = self.key_encryption_key_file.read_text()
            return key_encryption_keys.from_text(text, randomness)
        is_new = not await sealed_keys.are_there(engine)
        return key_encryption_keys.from_data_folder(self.data_dir, randomness, may_make=is_new)
