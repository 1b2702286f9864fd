"""The database as an operator sees it: bring it up to date, or hear how it differs."""

from db import schema


async def upgrade(url: str) -> None:
    """Run the migrations; safe to repeat."""
    await schema.upgrade(url)


async def differences(url: str) -> list[str]:
    """Return a line for each difference between this version's tables and the database."""
    return [str(difference) for difference in await schema.differences(url)]
