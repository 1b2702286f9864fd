"""What names a customer: sealed in the visit's row, found by keyed hash, opened where needed."""

from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from pydantic import TypeAdapter

from service.sealing import Seal
from verifiers.contact import fold_phone
from verifiers.risk import Place


@dataclass(frozen=True, slots=True)
class Liaison:
    """Whom to ask for at a firm."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a visit goes; `place` only if somebody told us."""

    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a visit is to."""

    ref: str
    phone: str
    address: Address
    liaison: Liaison | None = None


_ENDING_DIGITS: Final = 4
_ADDRESS: Final = TypeAdapter(Address)
_LIAISON: Final = TypeAdapter(Liaison)


def seal_customer(seal: Seal, visit_id: str, customer: Customer, country: str) -> dict[str, bytes]:
    """Return the columns of a visit's row that say who the customer is."""
    phone = fold_phone(customer.phone, country)
    columns = {
        "customer_ref_sealed": seal.seal(customer.ref.encode(), _context("ref", visit_id)),
        "customer_ref_hash": find_ref(seal, customer.ref),
        "customer_phone_sealed": seal.seal(phone.encode(), _context("phone", visit_id)),
        "customer_phone_hash": find_phone(seal, customer.phone, country),
        "address_sealed": seal_address(seal, visit_id, customer.address),
    }
    if customer.liaison is not None:
        plain = _LIAISON.dump_json(customer.liaison)
        columns["liaison_sealed"] = seal.seal(plain, _context("liaison", visit_id))
    return columns


def seal_address(seal: Seal, visit_id: str, address: Address) -> bytes:
    """Seal an address and where it is, bound to its visit."""
    return seal.seal(_ADDRESS.dump_json(address), _context("address", visit_id))


def read_place(seal: Seal, visit_id: str, sealed: bytes) -> Place | None:
    """Return where a sealed address is, if anybody told us."""
    return _ADDRESS.validate_json(seal.unseal(sealed, _context("address", visit_id))).place


def read_ref(seal: Seal, visit_id: str, sealed: bytes) -> str:
    """Return the bank's own reference of a visit's customer."""
    return seal.unseal(sealed, _context("ref", visit_id)).decode()


def phone_endings(
    seal: Seal, visit_id: str, phone_sealed: bytes, liaison_sealed: bytes | None
) -> frozenset[str]:
    """Return the last four digits that the customer's or the liaison's phone may end with."""
    phones = [seal.unseal(phone_sealed, _context("phone", visit_id)).decode()]
    if liaison_sealed is not None:
        liaison = _LIAISON.validate_json(seal.unseal(liaison_sealed, _context("liaison", visit_id)))
        phones.append(liaison.phone)
    plain = ("".join(filter(str.isdigit, normalize("NFKC", phone))) for phone in phones)
    return frozenset(digits[-4:] for digits in plain if len(digits) >= _ENDING_DIGITS)


def find_ref(seal: Seal, ref: str) -> bytes:
    """Return the keyed hash of a customer's reference."""
    return seal.find(ref, "visit.customer_ref")


def find_phone(seal: Seal, phone: str, country: str) -> bytes:
    """Return the keyed hash of a customer's phone number, however it was written."""
    return seal.find(fold_phone(phone, country), "visit.customer_phone")


def _context(column: str, visit_id: str) -> str:
    return f"visit.customer_{column} {visit_id}"
