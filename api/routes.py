"""All of the JSON API."""

from typing import Final

from fastapi.routing import APIRoute

from api import (
    additions,
    agencies,
    cases,
    code_photos,
    custody,
    customers,
    desk,
    devices,
    fraud_events,
    fraud_exports,
    fraud_reports,
    health,
    introspections,
    queue_work,
    reports,
    security_contacts,
    sightings,
    signing_keys,
    staff,
    statistics,
    surges,
    verifications,
    visit_tokens,
    visits,
    watchlist,
    webhooks,
)
from api.problems import DOCUMENTED

PARTS: Final = (
    verifications,  # first: routes are tried in this order, and people wait at doors
    additions,
    agencies,
    cases,
    code_photos,
    customers,
    custody,
    desk,
    devices,
    fraud_exports,
    fraud_events,
    fraud_reports,
    health,
    introspections,
    queue_work,
    reports,
    security_contacts,
    sightings,
    signing_keys,
    staff,
    statistics,
    surges,
    visit_tokens,
    visits,
    webhooks,
    watchlist,
)
# One flat list: each level of included routers costs a request more than a signature does.
ROUTES: Final = [
    route for part in PARTS for route in part.router.routes if isinstance(route, APIRoute)
]
for _route in ROUTES:
    _route.responses = {**DOCUMENTED, **_route.responses}


def methods_of(path: str) -> str:
    """Return what a path's `Allow` header says (RFC 9110, section 10.2.1)."""
    matching = (route.methods or () for route in ROUTES if route.path_regex.match(path))
    return ", ".join(sorted({method for methods in matching for method in methods}))
