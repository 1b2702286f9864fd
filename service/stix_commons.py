"""What every STIX bundle of ours begins with: who speaks, the markings, our extension."""

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from domain.exports import Tlp
from service.exported_reports import Issue

EXTENSION_ID: Final = "extension-definition--3f1f6f0e-52a4-4d0b-9b0e-6f6c2b7d4a51"
"""Of our property extension of incidents; what it holds stands in docs/integrators.md."""
_MAKER_ID: Final = "identity--8a6a9a43-0f39-4b7e-8c55-1c5d5fd0b0c7"
_PUBLISHED: Final = "2026-11-25T00:00:00.000Z"
# STIX 2.1, section 7.2.1.4: the markings of TLP 1.0, which every consumer knows. It has none for
# amber+strict, so whoever knows only these sees the next stricter.
_FIRST_TLP: Final = {
    Tlp.CLEAR: ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    Tlp.GREEN: ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    Tlp.AMBER: ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"),
    Tlp.AMBER_STRICT: ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
    Tlp.RED: ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
}
# OASIS's common objects for TLP 2.0, and the extension by which they say their level.
_SECOND_TLP: Final = {
    Tlp.CLEAR: "94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"


def common_objects(issue: Issue) -> list[dict[str, Any]]:
    """Return the objects that all others of a bundle refer to."""
    first, second = marking_ids(issue.tlp)
    level = _FIRST_TLP[issue.tlp][0]
    stable = {"spec_version": "2.1", "created": _PUBLISHED, "modified": _PUBLISHED}
    return [
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": first,
            "created": "2017-01-20T00:00:00.000Z",
            "name": f"TLP:{level.upper()}",
            "definition_type": "tlp",
            "definition": {"tlp": level},
        },
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": second,
            "created": "2022-10-01T00:00:00.000Z",
            "name": f"TLP:{issue.tlp.upper()}",
            "extensions": {
                _TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": issue.tlp}
            },
        },
        {
            "type": "identity",
            "id": _MAKER_ID,
            **stable,
            "name": "Menshen",
            "identity_class": "system",
        },
        {
            "type": "identity",
            "id": identity_id(issue),
            **stable,
            "created_by_ref": _MAKER_ID,
            "name": urlsplit(issue.source).hostname or issue.source,
            "identity_class": "organization",
            "sectors": ["financial-services"],
        },
        {
            "type": "extension-definition",
            "id": EXTENSION_ID,
            **stable,
            "created_by_ref": _MAKER_ID,
            "name": "Suspicious visitor",
            "description": "What was claimed and seen of a visitor at somebody's door",
            "schema": "docs/integrators.md of Menshen",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        },
    ]


def marking_ids(tlp: Tlp) -> list[str]:
    """Return the markings of a level: TLP 1.0 for everybody, then 2.0."""
    return [f"marking-definition--{one}" for one in (_FIRST_TLP[tlp][1], _SECOND_TLP[tlp])]


def identity_id(issue: Issue) -> str:
    """Return who says what this bundle says."""
    return f"identity--{issue.make_id('identity')}"


def write_time(moment: datetime) -> str:
    """Return a STIX timestamp, in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
