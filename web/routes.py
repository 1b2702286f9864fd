"""All pages."""

from typing import Final

from fastapi.routing import APIRoute

from web import (
    agencies,
    answers,
    case_graphs,
    cases,
    checks,
    code_photos,
    demo,
    desk,
    desk_reports,
    fraud_reports,
    login,
    merges,
    photos,
    queue_work,
    reports,
    safety,
    sightings,
    staff,
    statistics,
    track,
    watchlist,
)

_PARTS: Final = (
    answers,
    agencies,
    case_graphs,
    cases,
    checks,
    code_photos,
    demo,
    desk,
    desk_reports,
    fraud_reports,
    login,
    merges,
    photos,
    queue_work,
    reports,
    safety,
    sightings,
    staff,
    statistics,
    track,
    watchlist,
)
ROUTES: Final = [
    route for part in _PARTS for route in part.router.routes if isinstance(route, APIRoute)
]
for _route in ROUTES:
    _route.include_in_schema = False


def page_above(path: str) -> str | None:
    """Return the nearest page above an address that only forms are sent to, if there is one."""
    above = path.rpartition("/")[0]
    while above and not any(
        "GET" in (route.methods or ()) and route.path_regex.match(above) for route in ROUTES
    ):
        above = above.rpartition("/")[0]
    return above or None
