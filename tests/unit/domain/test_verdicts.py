"""The vocabulary is complete, and its order decides."""

import itertools

from domain.clock import system_clock
from domain.disclosure import shown_for
from domain.verdicts import VERDICTS, Reason, Verdict, first_reason


def test_every_reason_has_a_verdict() -> None:
    assert set(VERDICTS) == set(Reason)


def test_only_the_two_authorised_reasons_are_genuine() -> None:
    genuine = {reason for reason, verdict in VERDICTS.items() if verdict is Verdict.GENUINE}
    assert genuine == {Reason.AUTHORISED, Reason.AUTHORISED_FOR_YOU}


def test_the_earlier_reason_decides_for_every_pair() -> None:
    for earlier, later in itertools.combinations(Reason, 2):
        assert first_reason({later, earlier}) is earlier


def test_nothing_found_is_unrecognised() -> None:
    assert first_reason(()) is Reason.UNRECOGNISED


def test_no_refusal_and_no_copyable_look_up_shows_a_visitor() -> None:
    closed = {reason for reason, verdict in VERDICTS.items() if verdict is Verdict.NOT_GENUINE}
    closed |= {Reason.EXPIRED_CODE, Reason.BADGE_ON_RECORD, Reason.CONTACT_ON_RECORD}
    assert all(not shown_for(reason) for reason in closed)


def test_phrase_purpose_and_agency_name_need_the_notice_code() -> None:
    private = {"phrase", "purpose", "team", "documents", "agency_name"}
    for reason in set(Reason) - {Reason.AUTHORISED_FOR_YOU}:
        assert not private & shown_for(reason)
    assert private <= shown_for(Reason.AUTHORISED_FOR_YOU)


def test_the_notice_alone_shows_the_slot_only() -> None:
    assert shown_for(Reason.NOTICE_ON_RECORD) == {"starts_at", "ends_at"}


def test_the_clock_is_aware() -> None:
    assert system_clock().utcoffset() is not None
