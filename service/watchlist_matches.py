"""Whether a value to watch for is one of our own: then nobody watches it alone.

Names and phones of staff are not indexed for this (phones lie sealed), so that an analyst's rare
act reads all staff, a page at a time.
"""

from collections.abc import Callable
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import list_agencies
from db.devices import find_device
from db.staff import Staff, find_badges_like, list_staff_after
from domain.errors import InvalidError
from domain.indicators import IndicatorKind
from domain.watchlist import WatchKind
from service.runtime import Runtime
from service.staff import open_phone
from verifiers.indicators import value_of

OFFICIAL: Final = "official"
"""The match of what the configuration names: hotline, contacts, our own addresses."""
_PAGE: Final = 100  # members whose names are read in 7 ms: checks at doors go on in between
_ENDING: Final = 6  # digits; whatever the country code, the same phone ends alike


def value_to_watch(runtime: Runtime, kind: WatchKind, text: str) -> str:
    """Return what an entry compares by; raises InvalidError for a text that says nothing."""
    if kind is WatchKind.DEVICE:
        return text.strip()
    value = value_of(IndicatorKind(kind.value), text, runtime.country)
    # In a report's phone letters are remarks; here they are a value of another kind.
    if value is None or (kind is WatchKind.PHONE and any(map(str.isalpha, text))):
        message = f"this is no {kind.value}"
        raise InvalidError(message)
    return value


def official_texts(runtime: Runtime) -> list[str]:
    """Return every contact of ours that the configuration names."""
    return [runtime.hotline, runtime.public_url, runtime.code_url, *runtime.contacts]


async def find_match(
    session: AsyncSession, runtime: Runtime, kind: WatchKind, value: str
) -> str | None:
    """Return what of our own a value is, as a kind and an id, or None.

    Raises InvalidError for a device that there is not: nobody could ever meet it.
    """
    match kind:
        case WatchKind.BADGE:
            return await _badge(session, runtime, value)
        case WatchKind.DEVICE:
            device = await find_device(session, value)
            if device is None:
                message = "no such device"
                raise InvalidError(message)
            return f"device {device.id}"
        case WatchKind.ALIAS:
            return await _staff(session, lambda one: _is_called(runtime, one, value))
        case WatchKind.PHONE | WatchKind.URL | WatchKind.CODE_ORIGIN | WatchKind.AGENCY:
            return await _contact(session, runtime, IndicatorKind(kind.value), value)
        case WatchKind.PLATE | WatchKind.PAYEE:
            return None


async def _badge(session: AsyncSession, runtime: Runtime, value: str) -> str | None:
    for badge in await find_badges_like(session, value):
        if value_of(IndicatorKind.BADGE, badge.number, runtime.country) == value:
            return f"badge {badge.number}"
    return None


async def _contact(
    session: AsyncSession, runtime: Runtime, kind: IndicatorKind, value: str
) -> str | None:
    own = official_texts(runtime)
    if any(value_of(kind, text, runtime.country) == value for text in own):
        return OFFICIAL
    for agency in await list_agencies(session):
        texts = [agency.name, agency.public_label or ""] if kind is IndicatorKind.AGENCY else []
        if kind is IndicatorKind.PHONE:
            texts = agency.phones
        if any(value_of(kind, text, runtime.country) == value for text in texts):
            return f"agency {agency.id}"
    if kind is IndicatorKind.PHONE:
        return await _staff(session, lambda one: _is_reached(runtime, one, value))
    return None


async def _staff(session: AsyncSession, is_it: Callable[[Staff], bool]) -> str | None:
    last = ""
    while page := await list_staff_after(session, last, _PAGE):
        for member in page:
            if is_it(member):
                return f"staff {member.id}"
        last = page[-1].id
    return None


def _is_called(runtime: Runtime, member: Staff, value: str) -> bool:
    names = (member.name, member.name_latin or "")
    return any(value_of(IndicatorKind.ALIAS, one, runtime.country) == value for one in names)


def _is_reached(runtime: Runtime, member: Staff, value: str) -> bool:
    phone = open_phone(runtime.seal, member.id, member.phone_sealed) or ""
    digits = "".join(filter(str.isdigit, phone))
    if digits[-_ENDING:] != value[-_ENDING:]:  # reading a number costs far more than this
        return False
    return value_of(IndicatorKind.PHONE, phone, runtime.country) == value
