"""Settings, read once from environment variables named `MENSHEN_...`."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import make_engine
from domain.randomness import Randomness
from service import key_encryption_keys
from service.sealing import Seal


class Settings(BaseSettings):
    """What an operator may set; every member has a line in docs/operators.md."""

    model_config = SettingsConfigDict(env_prefix="MENSHEN_", extra="ignore", frozen=True)

    data_dir: Path = Path(".data")
    database_url: str | None = None
    key_encryption_key: SecretStr | None = None
    key_encryption_key_file: Path | None = None

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

    def make_seal(self, randomness: Randomness) -> Seal:
        """Return the seal under the key-encryption key; raises UnsafeKeyError.

        From the environment, else from a secret file, else from the data folder's own file.
        """
        if self.key_encryption_key is not None:
            text = self.key_encryption_key.get_secret_value()
            return key_encryption_keys.from_text(text, randomness)
        if self.key_encryption_key_file is not None:
            text = self.key_encryption_key_file.read_text()
            return key_encryption_keys.from_text(text, randomness)
        return key_encryption_keys.from_data_folder(self.data_dir, randomness)
