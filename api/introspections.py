"""Visit tokens for the bank's other systems: introspection (RFC 7662), revocation (RFC 7009)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Shown, Text, Wire
from service import introspections
from verifiers.visit_token import AUDIENCE

router = APIRouter(tags=["introspection"])


class TokenForm(Wire):
    """A token; the hint is read by nobody, since there is one kind."""

    token: Annotated[Text, Field(min_length=1)]
    token_type_hint: Text | None = None


class ActiveResponse(Shown):
    """What an active visit token says."""

    active: Literal[True] = True
    token_type: Literal["visit+jwt"] = "visit+jwt"  # noqa: S105 - a type's name
    iss: str
    aud: Literal["visit-verify"] = AUDIENCE
    sub: str
    jti: str
    iat: int
    nbf: int
    exp: int


class InactiveResponse(Shown):
    """Anything else, without a reason (RFC 7662, section 2.2)."""

    active: Literal[False] = False


class EmptyResponse(Shown):
    """Nothing to say: the token is no longer valid, if it ever was."""


Asked = Annotated[TokenForm, Form()]


@router.post("/v1/introspect")
async def introspect(
    runtime: Running, _caller: Authorised, asked: Asked
) -> ActiveResponse | InactiveResponse:
    """Tell whether a visit token is active now."""
    token = await introspections.introspect(runtime, asked.token)
    if token is None:
        return InactiveResponse()
    return ActiveResponse(
        iss=runtime.public_url,
        sub=token.staff,
        jti=token.jti,
        iat=token.issued_at,
        nbf=token.not_before,
        exp=token.expires_at,
    )


@router.post("/v1/revoke")
async def revoke(runtime: Running, _caller: Authorised, asked: Asked) -> EmptyResponse:
    """Refuse a visit token from the next scan on; unknown ones are answered alike."""
    await introspections.revoke(runtime, asked.token)
    return EmptyResponse()
