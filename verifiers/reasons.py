"""A ground of a link with its bits, and the report of the case that it rests on."""

from domain.links import Ground
from verifiers.link_weights import WEIGHTS
from verifiers.neighbourhoods import Reason
from verifiers.profiles import Profile
from verifiers.risk import Place, distance
from verifiers.traits import Key, Traits


def reason(  # noqa: PLR0913 - each by its name
    ground: Ground,
    profile: Profile,
    report: int,
    *,
    key: Key | None = None,
    ratio: float = 0.0,
    rarity: float = 0.0,
) -> Reason:
    """Return a ground with its bits.

    `report` is the place of the other report in the profile; `ratio` and `rarity` are base-2
    logarithms, which `Weight` explains.
    """
    weight = WEIGHTS[ground]
    bits = round(weight.bits + weight.by_ratio * ratio + weight.by_rarity * rarity, 2)
    return Reason(ground, bits, profile.reports[report], key)


def measured(one: Reason, new: Traits, profile: Profile) -> Reason:
    """Return a reason with the metres and hours between its two reports, for people to read."""
    report = profile.reports.index(one.report_id)
    hours = round(abs(new.at - profile.moments[report]) / 3600)
    door = next((door for door in profile.doors if door.report == report), None)
    if new.place is None or door is None:
        return one._replace(hours=hours)
    metres = round(distance(new.place, Place(door.latitude, door.longitude)))
    return one._replace(hours=hours, metres=metres)
