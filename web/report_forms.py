"""The form of a report, as the reporter and the hotline desk fill it in."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from service.report_drafts import ReportDraft
from service.runtime import Runtime

_POSITION: Final = re.compile(r"(-?\d{1,2}\.\d{3,})[\s,\uff0c]+(-?\d{1,3}\.\d{3,})")
"""Degrees north and east, as maps have them copied."""
LONGEST_FIELD: Final = 65_536
MOST_FIELDS: Final = 40
_CLAIMED: Final = ("name", "badge_number", "agency", "phone", "plate", "organisation")
_AS_THEY_ARE: Final = ("payee", "url", "verification_id", "language")
_CONTACT: Final = ("contact_name", "contact_phone", "contact_email")


def time_in_form(runtime: Runtime, at: datetime) -> dict[str, Any]:
    """Return a moment as the form asks for it."""
    local = at.astimezone(runtime.time_zone)
    return {"date": local.strftime("%Y-%m-%d"), "time": local.strftime("%H:%M")}


def given_in(form: FormData) -> dict[str, Any]:
    """Return what was typed and chosen, so that a form can be shown again."""
    given: dict[str, Any] = {
        name: value.strip()
        for name, value in form.items()
        if isinstance(value, str) and value.strip()
    }
    given["asked_for"] = [one for one in form.getlist("asked_for") if isinstance(one, str)]
    return given


def draft_of(runtime: Runtime, given: Mapping[str, Any]) -> ReportDraft:
    """Return the report; raises ValidationError, and ValueError for no time."""
    at = datetime.fromisoformat(f"{given.get('date', '')}T{given.get('time', '')}")
    contact = {name.partition("_")[2]: given[name] for name in _CONTACT if name in given}
    told: dict[str, Any] = {
        "occurred_at": at.replace(tzinfo=runtime.time_zone).isoformat(),
        "description": given.get("description", ""),
        "claimed": {name: given[name] for name in _CLAIMED if name in given},
        "asked_for": tuple(given["asked_for"]),
        "place": _place(given),
        "contact": contact or None,
    }
    told |= {name: given[name] for name in _AS_THEY_ARE if name in given}
    return ReportDraft.model_validate(told)


def _place(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return where it happened: in words, or as a position of the browser or copied from a map."""
    text = given.get("place", "")
    shared = [given[name] for name in ("latitude", "longitude") if given.get(name)]
    copied = _POSITION.fullmatch(text)
    position = shared if copied is None else list(copied.groups())
    if len(position) != 2:  # noqa: PLR2004 - degrees north and east
        return {"text": text} if text else None
    latitude, longitude = map(_degrees, position)
    return {"text": text or ", ".join(position), "latitude": latitude, "longitude": longitude}


def _degrees(text: str) -> float:
    """Return a number; what is none is no place on earth either, and is refused as such."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def wrong_in(error: ValidationError | ValueError) -> str:
    """Return the name of the first field that has to be mended."""
    if not isinstance(error, ValidationError):
        return "occurred_at"
    where = [str(part) for part in error.errors()[0]["loc"]]
    if where[0] == "contact":
        return "_".join(where)
    return where[-1] if where[0] == "claimed" else where[0]


def files_in(form: FormData) -> list[BinaryIO]:
    """Return the images; a browser sends an empty part for a field without files."""
    evidence = form.getlist("evidence")
    return [one.file for one in evidence if isinstance(one, UploadFile) and one.filename]


def address_of(request: Request) -> str:
    """Return the client's address."""
    return "" if request.client is None else request.client.host
