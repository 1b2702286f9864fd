"""Errors of ours as the log may tell them: by kind and place, without the values in their texts."""

import traceback


def describe(error: BaseException) -> dict[str, str]:
    """Return what kind of error it is, and where it was raised."""
    trace = traceback.extract_tb(error.__traceback__)
    where = f"{trace[-1].filename}:{trace[-1].lineno}" if trace else ""
    return {"kind": type(error).__name__, "where": where}
