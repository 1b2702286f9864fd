"""Profiles of cases, kept as JSON beside them: new whenever a case has gained or lost reports.

A new report meets dozens of them and compares only what it tells itself, so no more than that is
read; the words of each script lie in a text of their own.
"""

import json
from collections.abc import Collection, Mapping
from itertools import starmap
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import CaseProfile, FraudCase
from db.link_queries import find_latest, find_profiles
from service.linked_traits import read_kept
from verifiers.profiles import REMEMBERED, Profile, Told, profile_of
from verifiers.routes import Door
from verifiers.spoken_names import SpokenName
from verifiers.traits import Traits


async def renew(session: AsyncSession, case_id: str, size: int) -> Profile:
    """Write the profile of a case with so many reports, from its latest, and return it."""
    latest = await find_latest(session, REMEMBERED, case_id)
    made = profile_of([read_kept(*one) for one in latest], size)
    await session.merge(CaseProfile(case_id=case_id, profile=write_profile(made)))
    await session.flush()
    return made


async def read_profiles(
    session: AsyncSession, case_ids: Collection[str], new: Traits
) -> dict[str, Profile]:
    """Return the profiles of cases, as much of each as can be compared with a new report.

    What has none yet, from before there were any, is given one.
    """
    kept = await find_profiles(session, case_ids)
    found = {one: read_profile(profile, new) for one, profile in kept.items()}
    for one in set(case_ids) - found.keys():
        case = await session.get_one(FraudCase, one)
        found[one] = await renew(session, one, case.report_count)
    return found


def write_profile(profile: Profile) -> dict[str, Any]:
    """Return a profile as JSON."""
    return {
        "size": profile.size,
        "reports": profile.reports,
        "moments": profile.moments,
        "doors": profile.doors,
        "values": profile.values,
        "names": [[one.surname, one.given, *told] for one, told in profile.names.items()],
        "agencies": profile.agencies,
        "asked_for": profile.asked_for,
        "words": {
            one: json.dumps(words, ensure_ascii=False) for one, words in profile.words.items()
        },
        "texts": profile.texts,
    }


def read_profile(kept: Mapping[str, Any], new: Traits) -> Profile:
    """Return a profile from the JSON that `write_profile` made: what a new report tells, too."""
    return Profile(
        size=kept["size"],
        reports=kept["reports"],
        moments=kept["moments"],
        doors=[] if new.place is None else list(starmap(Door, kept["doors"])),
        values={kind: _told(kept["values"][kind]) for kind in new.values if kind in kept["values"]},
        names={}
        if new.name is None
        else {SpokenName(surname, given): Told(*told) for surname, given, *told in kept["names"]},
        agencies={} if new.agency is None else _told(kept["agencies"]),
        asked_for=_told(kept["asked_for"]) if new.asked_for else {},
        words={
            script: json.loads(words)
            for script, words in kept["words"].items()
            if script == new.script
        },
        texts=kept["texts"],
    )


def _told(kept: Mapping[str, list[int]]) -> dict[str, Told]:
    return {fact: Told(*told) for fact, told in kept.items()}
