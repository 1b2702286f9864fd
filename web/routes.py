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
