"""Where random bytes come from: an argument everywhere, so that tests can choose them."""

import secrets
from collections.abc import Callable
from typing import Final

Randomness = Callable[[int], bytes]
"""Returns so many unpredictable bytes."""

system_randomness: Final[Randomness] = secrets.token_bytes
