"""The address of a visit, which lies sealed and is opened only where it is needed."""

import json

from service.sealing import Seal
from verifiers.risk import Place


def seal_address(seal: Seal, visit_id: str, text: str, place: Place | None) -> bytes:
    """Seal an address and where it is, bound to its visit."""
    where = None if place is None else [place.latitude, place.longitude]
    plain = json.dumps({"text": text, "place": where}, ensure_ascii=False)
    return seal.seal(plain.encode(), _context(visit_id))


def read_place(seal: Seal, visit_id: str, sealed: bytes) -> Place | None:
    """Return where a sealed address is, if anybody told us."""
    where = json.loads(seal.unseal(sealed, _context(visit_id)))["place"]
    return None if where is None else Place(*where)


def _context(visit_id: str) -> str:
    return f"visit.address {visit_id}"
