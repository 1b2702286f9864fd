"""The process that looks at strangers' images: `python -m service.image_process JOB FD...`.

It answers on standard output, each result after its length, and stops at the first bad image.
Of the service it imports nothing but what decodes, so that it starts in an instant.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import zxingcpp

from service.photo_files import LARGEST_BYTES, decode, normalise

LENGTH: Final = struct.Struct(">I")
EVIDENCE, CODES = "evidence", "codes"
EVIDENCE_SIDE: Final = 2000
"""Pixels that the longer side of an image keeps: enough to read a number plate or a badge."""
_SIDES: Final = (1280, 2560)  # a code far away is lost in the small size, and the large costs 4 x
_QR: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_MEMORY_BYTES: Final = 768 * 1024 * 1024  # a WebP of 25 megapixels needs more than 512


def read_codes(content: bytes) -> list[str]:
    """Return the texts of the QR codes in an untrusted image, each once; raises InvalidError."""
    texts: list[str] = []
    for side in _SIDES:
        image = decode(content, side).convert("L")
        found = zxingcpp.read_barcodes(image, formats=_QR)
        texts = sorted({one.text for one in found})
        if texts or max(image.size) < side:  # found, or there is no larger size
            break
    return texts


@dataclass(frozen=True, slots=True)
class _Job:
    cpu_seconds: int
    niceness: int
    work: Callable[[bytes], bytes]


_JOBS: Final[Mapping[str, _Job]] = {
    # Ten photos of 12 megapixels take six seconds; checks at doors go first.
    EVIDENCE: _Job(30, 10, lambda content: normalise(content, EVIDENCE_SIDE)),
    CODES: _Job(5, 0, lambda content: json.dumps(read_codes(content)).encode()),
}


def main() -> None:
    """Do the job on the files whose descriptors are the arguments."""
    job = _JOBS[sys.argv[1]]
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, job.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    os.nice(job.niceness)
    for descriptor in map(int, sys.argv[2:]):
        os.lseek(descriptor, 0, os.SEEK_SET)
        with open(descriptor, "rb", closefd=True) as file:  # noqa: PTH123 - a descriptor, no path
            content = file.read(LARGEST_BYTES + 1)
        result = job.work(content)
        sys.stdout.buffer.write(LENGTH.pack(len(result)) + result)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
