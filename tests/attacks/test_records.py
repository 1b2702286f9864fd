"""Attacks by whoever can write into the database (row 11 of the threat list)."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from domain.callers import Role
from tests.attacks.test_codes import is_uniform
from tests.services import Door, photo
from verifiers import jose_gate


async def write(door: Door, statement: str, **values: object) -> None:
    """Run a statement as the database's administrator."""
    async with door.service.runtime.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_a_visit_that_was_only_written_into_the_database_is_none(door: Door) -> None:
    columns = "kid, visit_id, staff_id, device_id, issued_at, expires_at, wrong_notices"
    own = ec.generate_private_key(ec.SECP256R1())
    head, body, _ = door.phone.token["token"].split(".")
    claims = jose_gate.parse_object(jose_gate.decode(body))
    assert claims is not None
    claims["jti"] = jose_gate.encode(bytes(16))
    kid = jose_gate.parse_object(jose_gate.decode(head))
    assert kid is not None
    forged = jose_gate.sign(claims, kid["kid"], own, jose_gate.VISIT_TOKEN)
    await write(
        door,
        f"INSERT INTO visit_token (ref, token, {columns}) "  # noqa: S608 - our own names
        f"SELECT :ref, :token, {columns} FROM visit_token",
        ref=bytes(16),
        token=forged,
    )
    code = door.phone.code(door.service.now, ref="A" * 22)
    assert is_uniform(await door.service.verify(visit_code=code))
    assert (await door.scan())["reason"] == "authorised"


async def test_another_phones_key_written_over_the_enrolled_one_proves_nothing(
    door: Door,
) -> None:
    door.phone.private_key = ec.generate_private_key(ec.SECP256R1())
    public = jose_gate.public_jwk(door.phone.private_key)
    await write(door, "UPDATE device SET jwk = :jwk", jwk=json.dumps(public))
    assert is_uniform(await door.scan())  # the token names the phone that it was issued to


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff SET name = '王大文'",
        "UPDATE staff SET staff_number = 'S-9'",
        "UPDATE staff SET photo_sha256 = NULL",
        "UPDATE visit_token SET revoked_at = NULL, visit_id = :other",
    ],
)
async def test_a_changed_row_is_refused_at_the_next_scan(door: Door, statement: str) -> None:
    other = await door.service.plan()
    assert (await door.scan())["reason"] == "authorised"
    values = {"other": other["id"]} if ":other" in statement else {}
    await write(door, statement, **values)
    answer = await door.scan()
    assert (answer["reason"], answer["visitor"]) == ("not_authorised", None)


async def test_a_swapped_photo_is_refused_at_the_next_scan(door: Door) -> None:
    assert (await door.scan())["reason"] == "authorised"
    swapped = await door.service.call(
        "PUT", "/v1/registry/staff/S-1/photo", role=Role.REGISTRY, content=photo(5)
    )
    assert swapped.status_code == 200
    assert (await door.scan())["reason"] == "not_authorised"


async def test_a_photo_changed_on_disk_is_not_shown(door: Door) -> None:
    answer = await door.scan()
    folder = door.service.runtime.photos.folder
    for file in folder.iterdir():
        file.write_bytes(photo(6))
    path = answer["visitor"]["photo_url"].partition("example")[2]
    assert (await door.service.call("GET", path)).status_code == 404


async def test_a_photos_key_opens_no_other_answers_photo(door: Door) -> None:
    first, second = await door.scan(), await door.scan()
    paths = [one["visitor"]["photo_url"].partition("example")[2] for one in (first, second)]
    assert (await door.service.call("GET", paths[0])).status_code == 200
    mixed = f"{paths[0].partition('.')[0]}.{paths[1].partition('.')[2]}"
    for wrong in (mixed, paths[0][:-1], paths[0] + "A", f"/photos/{first['id']}", "/photos/x.y"):
        assert (await door.service.call("GET", wrong)).status_code == 404
