"""The vocabulary of links between reports."""

from enum import StrEnum


class KeyKind(StrEnum):
    """What reports are looked up by when a new one is linked."""

    PHONE = "phone"
    PLATE = "plate"
    BADGE = "badge"
    PAYEE = "payee"
    CODE_ORIGIN = "code_origin"
    NAME = "name"
    SKELETON = "skeleton"
    CELL = "cell"


class Ground(StrEnum):
    """Why a report is linked to others; each has its sentence on the pages.

    `SAME_TOWN` and `ASKED_OTHERWISE` are of links that an earlier linker made.
    """

    SAME_PHONE = "same_phone"
    SAME_PLATE = "same_plate"
    SAME_BADGE = "same_badge"
    SAME_PAYEE = "same_payee"
    SAME_CODE_ORIGIN = "same_code_origin"
    MISREAD = "misread"
    SAME_NAME = "same_name"
    SOUNDS_ALIKE = "sounds_alike"
    SURNAME_ALIKE = "surname_alike"
    SAME_AGENCY = "same_agency"
    NEXT_DOOR = "next_door"
    NEAR = "near"
    SAME_TOWN = "same_town"
    SAME_STORY = "same_story"
    SIMILAR_STORY = "similar_story"
    ASKED_ALIKE = "asked_alike"
    OTHER_PHONE = "other_phone"
    OTHER_PLATE = "other_plate"
    OTHER_BADGE = "other_badge"
    OTHER_PAYEE = "other_payee"
    OTHER_CODE_ORIGIN = "other_code_origin"
    OTHER_NAME = "other_name"
    OTHER_AGENCY = "other_agency"
    OTHER_STORY = "other_story"
    ASKED_OTHERWISE = "asked_otherwise"
    FAR = "far"
    LONG_AGO = "long_ago"
    FIRST = "first"
    BY_HAND = "by_hand"
