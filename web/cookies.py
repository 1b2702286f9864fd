"""Cookies of ours: no script reads them, and on https no subdomain sets them."""

from datetime import timedelta
from typing import Literal

from fastapi import Response

from service.runtime import Runtime


def full_name(runtime: Runtime, name: str) -> str:
    """Return a cookie's name as browsers know it."""
    return f"__Host-{name}" if runtime.is_https else name


def give(  # noqa: PLR0913 - each by its name
    response: Response,
    runtime: Runtime,
    name: str,
    value: str,
    lifetime: timedelta,
    *,
    samesite: Literal["lax", "strict"] = "lax",
) -> None:
    """Give the browser a cookie for some time from now."""
    response.set_cookie(
        full_name(runtime, name),
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=runtime.is_https,
        httponly=True,
        samesite=samesite,
    )
