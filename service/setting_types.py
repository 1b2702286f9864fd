"""What single settings may be, each with a message that says how to write it."""

import json
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated, Final

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_settings import NoDecode


def _read_json(given: object) -> object:
    # Not left to the library, whose error names no setting and comes with a traceback.
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        message = 'must be JSON: a list as ["one", "other"], or what docs/operators.md shows'
        raise ValueError(message) from error


def _is_limit(text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        message = "must be a number and a time, such as 20/minute"
        raise ValueError(message) from error
    return text


def _is_proxy(text: str) -> str:
    # The server takes whatever else is given for a name, which no client ever has.
    try:
        ip_network(text) if "/" in text else ip_address(text)
    except ValueError as error:
        message = f"{error}; name addresses or networks such as 10.0.0.7 or 172.16.0.0/12"
        raise ValueError(message) from error
    return text


JSON: Final = (NoDecode, BeforeValidator(_read_json))
Limit = Annotated[str, AfterValidator(_is_limit)]
Proxy = Annotated[str, AfterValidator(_is_proxy)]
Retained = Annotated[timedelta, Field(ge=timedelta(days=1), validate_default=True)]
"""How long something is kept: `730 days`, or ISO 8601. A day at least: a code is answered until
24 h after its token expired, and keys are removed by when the last token did."""
AppleApp = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{10}\.[A-Za-z0-9.-]{1,155}$")]
AndroidPackage = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+$")]
HostName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9-]{1,63}\.){1,10}[a-z][a-z0-9-]{0,62}$")
]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$")]
CLAMD: Final = r"^(tcp://[A-Za-z0-9.-]{1,255}:[1-9][0-9]{0,4}|unix:///[\x21-\x7e]{1,100})$"
# A name that no page and no code can have, and a line of plain text.
CHECK_FILE: Final = r"^[A-Za-z0-9_-]{1,64}\.txt:[\x20-\x7e]{1,200}$"
