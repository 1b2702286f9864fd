"""Settings, read once from environment variables named `MENSHEN_...`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, RedisDsn, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import make_engine, parse_url
from domain.errors import InvalidError
from domain.randomness import Randomness
from domain.refusals import Refused
from domain.states import Mode
from service import key_encryption_keys, sealed_keys
from service.sealing import Seal
from service.setting_types import (
    CHECK_FILE,
    CLAMD,
    JSON,
    AndroidPackage,
    AppleApp,
    Fingerprint,
    HostName,
    Limit,
    Proxy,
    Retained,
)
from verifiers.policy import PACKS
from verifiers.visit_code import check_origin


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
    contacts: Annotated[tuple[str, ...], *JSON] = ()
    apple_apps: Annotated[tuple[AppleApp, ...], *JSON] = ()
    android_apps: Annotated[dict[AndroidPackage, tuple[Fingerprint, ...]], *JSON] = {}
    webhook_hosts: Annotated[tuple[HostName, ...], *JSON] = ()
    mini_program_file: str | None = Field(default=None, pattern=CHECK_FILE)
    trusted_proxies: Annotated[tuple[Proxy, ...], *JSON] = ()
    rate_limits: Literal["on", "off"] = "on"
    limit_lookups_address: Limit = "20/minute"
    limit_lookups_total: Limit = "50/second"
    limit_failed_codes_address: Limit = "60/minute"
    limit_reports_address: Limit = "10/hour"

    security_contact: str | None = Field(default=None, pattern=r"^(mailto:|https://)[\x21-\x7e]+$")
    clamd: str | None = Field(default=None, pattern=CLAMD)
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

    @field_validator("retain_tokens", "retain_visits")
    @classmethod
    def _outlives(cls, kept: timedelta, info: ValidationInfo) -> timedelta:
        # What is named later explains what is named before, or takes it along when it goes.
        name = "retain_tokens" if info.field_name == "retain_visits" else "retain_verifications"
        least = info.data.get(name, kept)  # one that is wrong itself is told of by itself
        if kept < least:
            message = f"must be no shorter than MENSHEN_{name.upper()} ({least})"
            raise ValueError(message)
        return kept

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
