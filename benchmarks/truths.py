"""A simulated year and who was really at each door: looked on while it is made, unchanged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from unittest.mock import patch

from service import simulated_reports
from service.simulated_reports import SimulatedReport, Simulation, _report, simulate
from service.simulated_visitors import CITIES, Door, Mixture, Visitor, World, route

CITY_OF: Final = {name: at for at, (name, *_) in enumerate(CITIES)}
_KM: Final = 111.2


@dataclass(slots=True, eq=False)
class Spot:
    """A door as it truly was: hours since the year began, kilometres from its city's middle."""

    entity: str
    city: int
    at: float
    where: tuple[float, float]
    told: int = 0
    """How many reports there are of it."""
    is_told: bool = False
    """Whether it is only known as a report told it: minutes and some hundred metres off."""


@dataclass(slots=True)
class Truth:
    """A simulated year, and what only the simulation knows of it."""

    simulation: Simulation
    world: World
    first: datetime
    visitors: dict[str, Visitor] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The day on which a ring's or wave's campaign begins, and for how many days it runs."""
    spot_of: dict[str, Spot] = field(default_factory=dict)
    """The door of a report; noise has none."""

    def hour_of(self, at: datetime) -> float:
        """Return the hours since the year began."""
        return (at - self.first) / timedelta(hours=1)

    def as_taken(self, labels: Mapping[str, str]) -> dict[str, Spot]:
        """Return the places that reports told, each as a door of whom the report is taken for."""
        spots = {}
        for one in self.simulation.reports:
            place = one.draft.place
            if one.report_id in labels and place and place.latitude and place.longitude:
                city = CITY_OF[place.text]
                where = kilometres(city, place.latitude, place.longitude)
                at = self.hour_of(one.draft.occurred_at)
                spots[one.report_id] = Spot(labels[one.report_id], city, at, where, 1, is_told=True)
        return spots


def kilometres(city: int, latitude: float, longitude: float) -> tuple[float, float]:
    """Return how far north and east of a city's middle a place is."""
    centre = CITIES[city][1]
    east = (longitude - centre.longitude) * _KM * math.cos(math.radians(centre.latitude))
    return (latitude - centre.latitude) * _KM, east


def look_on(seed: int, how_many: int, until: datetime) -> Truth:
    """Simulate a year, and keep who stood at which door and when each campaign ran."""
    doors: dict[int, tuple[Visitor, Door]] = {}
    spans: dict[str, tuple[int, int]] = {}
    worlds: list[World] = []
    first = until - timedelta(days=Mixture().days)

    def report(world: World, visitor: Visitor, door: Door) -> SimulatedReport:
        made = _report(world, visitor, door)
        doors[id(made.draft)] = visitor, door  # a report is copied to be named, its draft is not
        worlds[:] = [world]
        return made

    def routed(world: World, visitor: Visitor, start: datetime, days: int) -> list[Door]:
        spans[visitor.entity] = (start - first).days, days
        return list(route(world, visitor, start, days))

    with (
        patch.object(simulated_reports, "_report", report),
        patch.object(simulated_reports, "route", routed),
    ):
        simulation = simulate(seed, how_many, until)
    truth = Truth(simulation, worlds[0], first, spans=spans)
    spots: dict[int, Spot] = {}
    for one in simulation.reports:
        if id(one.draft) not in doors:
            continue
        visitor, door = doors[id(one.draft)]
        if id(door) not in spots:
            where = kilometres(door.city, door.place.latitude, door.place.longitude)
            spot = Spot(visitor.entity, door.city, truth.hour_of(door.at), where)
            spots[id(door)] = spot
        spots[id(door)].told += 1
        truth.spot_of[one.report_id] = spots[id(door)]
        truth.visitors[visitor.entity] = visitor
    return truth
