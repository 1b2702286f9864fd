"""Who calls: access tokens in, callers out."""

from datetime import timedelta

from domain.callers import Caller
from domain.errors import UnauthenticatedError
from domain.refusals import Refused
from service.development_issuer import LIFETIME
from service.runtime import Runtime
from verifiers import access_token


def issue(runtime: Runtime, caller: Caller, lifetime: timedelta = LIFETIME) -> str:
    """Return a bearer token of the development issuer; raises UnauthenticatedError without one."""
    if runtime.issuer is None:
        message = "this service issues no access tokens; the bank's identity provider does"
        raise UnauthenticatedError(message)
    return runtime.issuer.issue(caller, runtime.clock(), runtime.randomness, lifetime)


def verify(runtime: Runtime, text: str) -> Caller:
    """Return who a bearer token stands for; raises UnauthenticatedError for anything else."""
    if runtime.issuer is not None:
        now = int(runtime.clock().timestamp())
        found = access_token.verify(text, runtime.issuer.issuer, now)
        if not isinstance(found, Refused):
            return found.caller
    message = "a valid access token is needed"
    raise UnauthenticatedError(message)


def end(runtime: Runtime, text: str) -> None:
    """Let a bearer token of the development issuer stand for nobody any more."""
    if runtime.issuer is not None:
        runtime.issuer.end(text, runtime.clock())
