"""What an operator should hear at a start, though it need not stop one."""

import structlog

from domain.states import KeyState
from service import signing_keys
from service.runtime import Runtime

_LOG = structlog.get_logger()


async def log(runtime: Runtime) -> None:
    """Log what keeps a service that starts from being of use."""
    if runtime.keys.keys.kid is None:
        keys = await signing_keys.list_keys(runtime.engine)
        pending = [key.kid for key in keys if key.state is KeyState.PENDING]
        commands = [f"menshen keys activate {kid}" for kid in pending[-1:]]
        _LOG.error(
            "no_signing_key", run=commands or ["menshen keys stage", "menshen keys activate KID"]
        )
