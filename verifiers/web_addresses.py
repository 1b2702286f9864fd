"""Web addresses as they compare: one page is one text, and one owner's hosts are one domain."""

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, unquote, urlsplit

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB: Final = {"http", "https"}
_LONGEST: Final = 200
_DEFAULT_PORTS: Final = {80, 443}
# Labels below a country under which others register, as most registries have them.
_SECOND_LEVELS: Final = frozenset(["ac", "co", "com", "edu", "gov", "idv", "net", "or", "org"])
# Hosts that anybody gets a name under: each name is another owner's.
_SHARED: Final = frozenset(
    {
        "amazonaws.com",
        "appspot.com",
        "azurewebsites.net",
        "blogspot.com",
        "cloudfront.net",
        "firebaseapp.com",
        "github.io",
        "gitlab.io",
        "herokuapp.com",
        "netlify.app",
        "ngrok-free.app",
        "onrender.com",
        "pages.dev",
        "r2.dev",
        "trycloudflare.com",
        "vercel.app",
        "web.app",
        "weebly.com",
        "wixsite.com",
        "workers.dev",
    }
)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A page's address without its scheme, and the domain that its owner registered."""

    canonical: str
    domain: str


def parse(text: str) -> WebAddress | None:
    """Return an http(s) address, typed with or without its scheme, or None for anything else.

    User names, default ports, fragments and the writing of hosts and escapes make no difference.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("\\", "/")
    scheme = _SCHEME.match(plain)
    is_web = scheme is not None and scheme.group(1).lower() in _WEB
    try:
        parts = urlsplit(plain if is_web else f"//{plain}")
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return None
    # Without a scheme, a text with `@` is an e-mail address.
    if host is None or " " in parts.netloc or ("@" in parts.netloc and not is_web):
        return None
    where = host if port is None or port in _DEFAULT_PORTS else f"{host}:{port}"
    path = quote(unquote(parts.path, errors="replace"), safe="/@:!$&'()*+,;=~-._").rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return WebAddress(_bounded(f"{where}{path}{query}"), domain_of(host))


def foreign_domain(text: str, own: Collection[str]) -> str | None:
    """Return the domain of a whole web address that is none of our own origins', else None."""
    scheme = _SCHEME.match(text.strip())
    address = parse(text)
    if scheme is None or scheme.group(1).lower() not in _WEB or address is None:
        return None
    ours = {one.domain for origin in own if (one := parse(origin)) is not None}
    return None if address.domain in ours else address.domain


def domain_of(host: str) -> str:
    """Return the registered domain of a host: its last two labels, or three where it takes them.

    Without the list of public suffixes this is a rule of thumb: for comparison, not for trust.
    """
    if host.startswith("[") or _is_address(host):
        return host
    labels = host.split(".")
    is_below = ".".join(labels[-2:]) in _SHARED
    is_national = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in _SECOND_LEVELS  # noqa: PLR2004 - country code, and a label before both
    return ".".join(labels[-3:] if is_below or is_national else labels[-2:])


def _host(name: str) -> str | None:
    bare = name.rstrip(".").lower()
    if ":" in bare:
        return f"[{bare}]" if _is_address(bare) else None
    try:
        ascii_name = bare.encode("idna").decode().removeprefix("www.")
    except UnicodeError:
        return None
    is_name = re.fullmatch(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)+", ascii_name) is not None
    return ascii_name if is_name else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _bounded(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
    return f"{text[: _LONGEST - 33]}#{digest}"
