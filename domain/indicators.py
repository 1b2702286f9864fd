"""What links impostors: kinds of facts that come back from report to report."""

from enum import StrEnum


class IndicatorKind(StrEnum):
    """What a suspicious visitor leaves behind; each kind has its own way to compare."""

    PHONE = "phone"
    PLATE = "plate"
    BADGE = "badge"
    ALIAS = "alias"
    AGENCY = "agency"
    PAYEE = "payee"
    URL = "url"
    CODE_ORIGIN = "code_origin"
