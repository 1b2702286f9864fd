"""Where the service may connect to on somebody's word (SSRF, OWASP): URL and address are judged.

A URL is refused unless it is plainly https to a name on the allow-list; an address is refused
unless it is an ordinary public one, whatever name it was resolved from.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

from domain.refusals import Refused

_LONGEST: Final = 2048
_HTTPS: Final = 443
# A host name as DNS writes it (RFC 1123), lower case, whose last label is no number: "0x7f.1",
# "2130706433" and "127.1" are addresses to some resolvers.
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")
_FORBIDDEN: Final = tuple(
    ipaddress.ip_network(block)
    for block in (
        # IANA special-purpose registries (RFC 6890), beyond what `is_global` leaves out on every
        # version of Python; then multicast and reserved.
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: where clouds keep their credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "168.63.129.16/32",  # public by number, but the inner door of a large cloud
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64: an IPv4 address of any kind inside
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and others
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


@dataclass(frozen=True, slots=True)
class OutboundTarget:
    """A URL that may be asked, once its host's address is judged, too."""

    url: str
    scheme: str
    host: str
    port: int
    authority: str
    """Host and port as the `Host` header says them."""
    path: str
    """With the query."""


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """Which hosts may be asked; without any, none may."""

    hosts: Collection[str] = ()

    def judge_url(self, url: str) -> OutboundTarget | Refused:
        """Return where a URL leads, or why nobody may be sent there."""
        if len(url) > _LONGEST or not _PRINTABLE.fullmatch(url) or "\\" in url:
            return Refused("not_a_url")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return Refused("not_a_url")
        # What the parser made of it must be what is written: no user, fragment, case, odd colon.
        host = parts.hostname or ""
        written = host if port is None else f"{host}:{port}"
        is_plain = parts.netloc == written and "#" not in url and _NAME.fullmatch(host)
        reasons = (
            (url.startswith("https://"), "not_https"),
            (is_plain, "not_a_plain_host"),
            (port in {None, _HTTPS}, "another_port"),
            (host in self.hosts, "not_on_the_allow_list"),
        )
        reason = next((reason for holds, reason in reasons if not holds), None)
        return parse_target(url) if reason is None else Refused(reason)

    def judge_address(self, address: str) -> Refused | None:
        """Return None for an ordinary public address, else why it is none."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return Refused("not_an_address")
        return None if _is_public(found) else Refused("not_a_public_address")


def parse_target(url: str) -> OutboundTarget:
    """Return where a URL leads, unjudged."""
    parts = urlsplit(url)
    path = parts.path or "/"
    return OutboundTarget(
        url=url,
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or _HTTPS,
        authority=parts.netloc,
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    if any(address in block for block in _FORBIDDEN):
        return False
    return address.is_global and not address.is_multicast
