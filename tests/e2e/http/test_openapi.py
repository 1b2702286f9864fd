"""Every operation of the OpenAPI document, with whatever schemathesis thinks of; all its checks."""

from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from asgi import make_app
from domain.callers import Caller, Role
from domain.states import Mode
from service import access_tokens
from service.settings import Settings
from tests.e2e.conftest import Demo

EVERYBODY: Final = Caller("S-1001", frozenset(Role))
# Operations whose bodies JSON Schema cannot describe whole; each may answer 422 to "valid" data.
NOT_IN_THE_SCHEMA: Final = {
    "POST /v1/verifications": "exactly one of four members",
    "POST /v1/verifications/image": "a picture with one code",
    "POST /v1/devices": "a point on a curve",
    "POST /v1/visits": "staff that exist, a slot ahead, a zone that exists",
    "PATCH /v1/visits/{visit_id}": "a slot ahead",
    "GET /v1/visits": "a cursor that we made",
    "GET /v1/staff/visits": "a cursor that we made",
    "GET /v1/desk/visits": "exactly one of three parameters",
    "POST /v1/registry/staff": "an agency that exists",
    "POST /v1/registry/agencies": "dates in order",
    "GET /v1/fraud/exports": "a cursor that we made",
    "GET /v1/fraud/cases": "a cursor that we made",
    "POST /v1/fraud/cases/{case_id}/merge": "another case than this",
    "GET /v1/fraud/export.csv": "days that have a next, and a place",
    "GET /v1/fraud/export.stix.json": "days that have a next, and a place",
    "GET /v1/fraud/export.misp.json": "days that have a next, and a place",
    "POST /v1/webhooks": "a host on the operator's list",
    "GET /v1/fraud/reports": "a cursor that we made, and a place",
    "GET /v1/fraud/sightings": "a cursor that we made, and a place",
    "GET /v1/fraud/watchlist": "a cursor that we made",
    "POST /v1/fraud/watchlist": "a value of its kind, and a last moment within a year",
    "DELETE /v1/fraud/watchlist": "a value of its kind",
    "GET /v1/fraud/statistics": "days in order, not too many",
    "GET /v1/fraud/surges": "days in order, not too many",
    "PATCH /v1/fraud/reports/{report_id}": "at least one change",
    "PUT /v1/registry/staff/{staff_number}/photo": "a sound image",
    "POST /v1/reports/{tracking_code}/additions": "a text or images, sound ones",
    "POST /v1/desk/reports": "as by anybody",
    "POST /v1/fraud/looks": "a time within bounds",
    "GET /v1/fraud/reports/{report_id}/police-pack.zip": "a reason beside originals",
    "POST /v1/reports": "sound images, a time that is not ahead, texts that are not blank",
}


# Operations that take what another takes: its written-out cases, hundreds of them, are enough.
LIKE_ANOTHER: Final = {
    "POST /v1/desk/reports": "POST /v1/reports",
    "GET /v1/fraud/export.csv": "GET /v1/fraud/reports",
    "GET /v1/fraud/export.stix.json": "GET /v1/fraud/reports",
    "GET /v1/fraud/export.misp.json": "GET /v1/fraud/reports",
}
ACCEPTED: Final = ["2xx", "3xx", "401", "403", "404", "409", "429", "503"]
CONFIG: Final = SchemathesisConfig.from_dict(
    {
        "operations": [
            {
                "include-name": name,
                "checks": {
                    "positive_data_acceptance": {
                        "expected-statuses": [*ACCEPTED, "413", "415", "422"],
                    },
                },
            }
            for name in NOT_IN_THE_SCHEMA
        ]
        + [
            {"include-name": name, "phases": {"coverage": {"enabled": False}}}
            for name in LIKE_ANOTHER
        ],
    }
)

document = make_app(Settings(mode=Mode.DEMO), "http://127.0.0.1").openapi()
# A stream that stays open has no end to check.
schema = schemathesis.openapi.from_dict(document, config=CONFIG).exclude(path_regex="events$")


def test_every_exception_names_an_operation() -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert NOT_IN_THE_SCHEMA.keys() | LIKE_ANOTHER.keys() <= operations


def test_what_is_like_another_takes_the_same() -> None:
    def find(name: str) -> tuple[dict[str, Any], Any]:
        method, path = name.split()
        operation = document["paths"][path][method.lower()]
        parameters = {one["name"]: one for one in operation.get("parameters", [])}
        return parameters, operation.get("requestBody")

    for name, other in LIKE_ANOTHER.items():
        (mine, my_body), (others, others_body) = find(name), find(other)
        assert my_body == others_body, name
        assert mine.keys() - others.keys() <= {"tlp"}, name
        assert all(mine[one] == others[one] for one in mine.keys() & others.keys()), name


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_request_gets_a_documented_answer(case: schemathesis.Case[Any], demo: Demo) -> None:
    token = access_tokens.issue(demo.runtime, EVERYBODY)
    case.call_and_validate(base_url=demo.url, headers={"Authorization": f"Bearer {token}"})
