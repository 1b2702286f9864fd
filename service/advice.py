"""What an answer tells people to do: from design.md's words, never from the visitor."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.states import Language
from domain.verdicts import VERDICTS, Reason, Verdict
from service.translations import OWN, load


@dataclass(frozen=True, slots=True)
class Headline:
    """The two lines that everybody reads."""

    title: str
    first_line: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do or not to do; `code` is stable."""

    code: str
    text: str


_HEADLINES: Final[Mapping[Verdict, tuple[str, str]]] = MappingProxyType(
    {
        Verdict.GENUINE: (
            "The bank confirms this person and this visit",
            "Compare the photo. Not the same face? Keep the door closed",
        ),
        Verdict.CAUTION: ("Not certain yet", "Do not let them in. One more step: {step}"),
        Verdict.NOT_GENUINE: (
            "Not confirmed",
            (
                "Keep the door closed. Do not argue or hand anything over. "
                "Call {hotline}; in danger, {police}"
            ),
        ),
    },
)
_NO_PHOTO: Final = "There is no photo to compare. Call {hotline} before you open"
_STEPS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.EXPIRED_CODE: "ask for the live screen and scan it again",
        Reason.UNDER_REVIEW: "call {hotline} first",
        Reason.DIFFERENT_VISIT: "look at the code in your notice again, then call {hotline}",
        Reason.LONE_VISITOR: "scan the other visitor's code too",
        Reason.OUTSIDE_WINDOW: "it is not the agreed time; call {hotline}",
        Reason.SEEN_ELSEWHERE: "this code was shown somewhere else; call {hotline}",
        Reason.BADGE_ON_RECORD: "a badge can be copied; ask for the live code and scan it",
        Reason.NOTICE_ON_RECORD: "the notice is real; now scan the visitor's code",
        Reason.CONTACT_ON_RECORD: "numbers can be faked; hang up and call {hotline} yourself",
    },
)
_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stay_calm": "Stay calm. You can say: “I am calling the bank first. Please wait outside.”",
        "compare_photo": "Compare the face with the photo before you open.",
        "keep_door_closed": "Keep the door closed.",
        "call_hotline": "Call the bank: {hotline}.",
        "call_police": "If you are in danger, call the police: {police}.",
        "no_cash": "Never pay cash, and never to a private account.",
        "no_passwords": "Never tell a password or a one-time code.",
        "no_documents": "Hand over no identity document.",
        "read_before_signing": "Read everything before you sign.",
        "documents_listed_only": "Show only the documents that are listed.",
        "one_more_step": "Do the step above before you let anybody in.",
    },
)
_BY_VERDICT: Final[Mapping[Verdict, tuple[str, ...]]] = MappingProxyType(
    {
        Verdict.GENUINE: ("compare_photo", "no_cash", "no_passwords", "read_before_signing"),
        Verdict.CAUTION: ("one_more_step", "stay_calm", "call_hotline", "no_cash", "no_passwords"),
        Verdict.NOT_GENUINE: (
            "keep_door_closed",
            "stay_calm",
            "call_hotline",
            "call_police",
            "no_cash",
            "no_documents",
        ),
    },
)


def headline(
    reason: Reason, language: Language, hotline: str, police: str, *, has_photo: bool = True
) -> Headline:
    """Return the headline of an answer; caution names the one next step."""
    say = load(OWN)[language].gettext
    title, first_line = _HEADLINES[VERDICTS[reason]]
    if VERDICTS[reason] is Verdict.GENUINE and not has_photo:
        first_line = _NO_PHOTO
    step = say(_STEPS[reason]) if reason in _STEPS else ""
    step = step.format(hotline=hotline)
    return Headline(say(title), say(first_line).format(step=step, hotline=hotline, police=police))


def advice_for(
    reason: Reason, language: Language, hotline: str, police: str, *, has_photo: bool = True
) -> tuple[Advice, ...]:
    """Return what to do now, most urgent first."""
    say = load(OWN)[language].gettext
    codes = _BY_VERDICT[VERDICTS[reason]]
    if not has_photo:
        codes = tuple("call_hotline" if one == "compare_photo" else one for one in codes)
    if reason is Reason.AUTHORISED_FOR_YOU:
        codes = (*codes, "documents_listed_only")
    return tuple(
        Advice(code, say(_TEXTS[code]).format(hotline=hotline, police=police)) for code in codes
    )
