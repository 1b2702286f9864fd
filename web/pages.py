"""Templates, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.languages import match, negotiate
from domain.states import Language, Mode
from service.runtime import Runtime
from service.translations import load

_YEAR: Final = 365 * 86_400  # seconds
_HERE: Final = Path(__file__).parent
LOCALES: Final = _HERE / "locales"
TEMPLATES: Final = _HERE / "templates"
_LOCALE_NAMES: Final = {
    Language.TRADITIONAL: "zh_Hant",
    Language.SIMPLIFIED: "zh_Hans",
    Language.ENGLISH: "en_GB",
}
LANGUAGE_NAMES: Final[Mapping[Language, str]] = {
    Language.TRADITIONAL: "繁體中文",
    Language.SIMPLIFIED: "简体中文",
    Language.ENGLISH: "English",
}
LONGEST_ADDRESS: Final = 4096
"""Characters of an address that a change of language goes back to."""
_NOT_DIALLED: Final = re.compile(r"[^\d+*#]")
# Control characters (Unicode Cc without line feed and tab) and those that turn or hide text (Cf).
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


def _name(unseen: re.Match[str]) -> str:
    return f"[U+{ord(unseen.group()):04X}]"


def _unbroken(text: str, *numbers: str) -> Markup:
    """Keep telephone numbers of a text on one line each: they would break at their hyphens.

    Without numbers the text is one.
    """
    found = "|".join(map(re.escape, numbers or (text,)))
    parts = re.split(f"({found})", text)
    parts[1::2] = (Markup('<span class="number">{}</span>').format(one) for one in parts[1::2])
    return Markup("").join(parts)


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined] # the extension adds it
        load(LOCALES)[language], newstyle=True
    )
    environment.filters["visible"] = lambda text: _UNSEEN.sub(_name, text)
    environment.filters["unbroken"] = _unbroken
    environment.filters["dialled"] = lambda number: _NOT_DIALLED.sub("", number)
    return environment


_ENVIRONMENTS: Final = {language: _environment(language) for language in Language}


def runtime_of(request: Request) -> Runtime:
    """Return the runtime that the application was composed with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def language_of(request: Request) -> Language:
    """Return the language that the reader chose, else the browser's."""
    chosen = match(request.cookies.get("language", ""))
    return chosen or negotiate(request.headers.get("accept-language"))


def remember_language(response: Response, chosen: Language | None) -> None:
    """Have the browser say the language that its reader chose, if he chose one of ours."""
    if chosen is not None:
        response.set_cookie(
            "language", chosen, max_age=_YEAR, path="/", httponly=True, samesite="lax"
        )


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
    """Render a template; every page gets hotline, police, language and a clock for its zone."""
    runtime, language = runtime_of(request), language_of(request)
    page = _ENVIRONMENTS[language].get_template(template)
    html = page.render(
        language=language,
        languages=LANGUAGE_NAMES,
        path=request.url.path,
        here=_address(request),
        hotline=runtime.hotline,
        police=runtime.police,
        is_demo=runtime.mode is Mode.DEMO,
        when=Clockface(runtime.time_zone, language),
        **values,
    )
    return HTMLResponse(html, status, {"Vary": "Accept-Language, Cookie"})


def _address(request: Request) -> str:
    """Return where the reader is, with what he filtered by; what a form sent is in no address."""
    path, query = request.url.path, request.url.query
    address = f"{path}?{query}" if query and request.method == "GET" else path
    return address if len(address) <= LONGEST_ADDRESS else path


class Clockface:
    """Shows moments in the service's time zone, as the reader writes them."""

    def __init__(self, zone: ZoneInfo, language: Language) -> None:
        """Bind a zone and a language."""
        self._zone, self._locale = zone, _LOCALE_NAMES[language]

    @property
    def zone(self) -> str:
        """The zone's name, for times that a page's script writes."""
        return self._zone.key

    def time(self, at: datetime) -> str:
        """Return hours and minutes."""
        return str(format_time(at.astimezone(self._zone), "HH:mm", locale=self._locale))

    def day(self, at: datetime) -> str:
        """Return the day with its weekday."""
        return str(format_date(at.astimezone(self._zone), "full", locale=self._locale))

    def until(self, at: datetime) -> str:
        """Return the last day of what ends with a day, else the moment when it ends."""
        local = at.astimezone(self._zone)
        is_whole = local.time() == time.min
        return str((local - timedelta(days=1)).date()) if is_whole else self.moment(at)

    def moment(self, at: datetime) -> str:
        """Return day and time in figures, for lists."""
        local = at.astimezone(self._zone)
        return str(format_datetime(local, "yyyy-MM-dd HH:mm", locale=self._locale))
