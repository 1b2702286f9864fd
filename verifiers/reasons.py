"""A ground of a link with its bits, and the report of the case that it rests on."""

from domain.links import Ground
from verifiers.link_weights import WEIGHTS
from verifiers.neighbourhoods import Reason
from verifiers.profiles import Profile
from verifiers.risk import Place, distance
from verifiers.traits import Key, Traits


def reason(  # noqa: PLR0913 - each by its name
    ground: Ground,
    new: Traits,
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
    metres = None
    if new.place is not None:
        for door in profile.doors:
            if door.report == report:
                there = Place(door.latitude, door.longitude)
                metres = round(distance(new.place, there))
    hours = round(abs(new.at - profile.moments[report]) / 3600)
    bits = round(weight.bits + weight.by_ratio * ratio + weight.by_rarity * rarity, 2)
    return Reason(ground, bits, profile.reports[report], key, metres, hours)
