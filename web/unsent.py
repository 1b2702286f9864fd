"""What somebody sends after his login has run out comes back to him, to be sent once more.

It stands in the answer alone: no cookie, storage or address of the browser keeps it.
"""

from typing import Final

from fastapi import Request
from fastapi.responses import Response

from domain.errors import CrossSiteError
from web.pages import render, runtime_of
from web.sessions import assert_same_site

_FORM: Final = "application/x-www-form-urlencoded"


async def hand_back(request: Request) -> Response | None:
    """Return a page with the form that the console was sent, or None for anything else.

    What another site sent is no text of his: he would send it on in his own name.
    """
    is_form = request.headers.get("content-type", "").partition(";")[0] == _FORM
    if request.method != "POST" or not request.url.path.startswith("/console/") or not is_form:
        return None
    try:
        assert_same_site(request, runtime_of(request))
    except CrossSiteError:
        return None
    form = await request.form()
    typed = [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
    page = render(request, "unsent.html", 401, typed=typed)
    page.headers["WWW-Authenticate"] = 'Bearer realm="menshen"'
    return page
