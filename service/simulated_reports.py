"""A year of simulated reports with the truth about each: one seed always gives the same bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from domain.states import Language
from service.report_drafts import Claimed, ReportDraft, ReportedPlace
from service.simulated_names import hear_name, simplified
from service.simulated_visitors import (
    BANK,
    CITIES,
    HOTLINES,
    Door,
    Mixture,
    Visitor,
    World,
    make_ring,
    make_single,
    make_staff,
    of_the_time,
    route,
    scatter,
)
from service.simulated_words import STORIES, tell, tell_little, tell_noise
from verifiers import jose_gate

_LANGUAGES: Final = (
    (Language.TRADITIONAL, 0.62),
    (Language.SIMPLIFIED, 0.13),
    (Language.ENGLISH, 0.25),
)
_NOISE_NAME: Final = 0.3
_SLOWEST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SimulatedReport:
    """A report, and who was really there: reports of one `entity` belong together."""

    report_id: str
    received_at: datetime
    draft: ReportDraft
    entity: str
    kind: str


@dataclass(frozen=True, slots=True)
class Wave:
    """A truth about areas: somebody works around a place from one day to another."""

    entity: str
    latitude: float
    longitude: float
    first_day: datetime
    last_day: datetime


@dataclass(frozen=True, slots=True)
class Simulation:
    """Reports in the order of receipt, and the waves in them."""

    reports: list[SimulatedReport]
    waves: list[Wave]


# How often a reporter can tell a fact, by who was there.
_TOLD: Final = {
    "ring": {"name": 0.62, "phone": 0.34, "plate": 0.2, "badge": 0.25, "agency": 0.45,
             "payee": 0.18, "url": 0.35, "place": 0.7},
    "single": {"name": 0.62, "phone": 0.34, "plate": 0.2, "badge": 0.25, "agency": 0.45,
               "payee": 0.18, "url": 0.35, "place": 0.7},
    "staff": {"name": 0.7, "phone": 0.3, "plate": 0.03, "badge": 0.5, "agency": 0.5,
              "payee": 0.0, "url": 0.0, "place": 0.7},
}  # fmt: skip
_TOLD["wave"] = _TOLD["ring"]


def simulate(
    seed: int,
    how_many: int,
    until: datetime,
    mixture: Mixture = Mixture(),  # noqa: B008 - frozen
) -> Simulation:
    """Return so many reports of the days before `until`, with the truth about them."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    world = World(random, mixture)
    make_staff(world)
    first = until - timedelta(days=mixture.days)
    made: list[SimulatedReport] = []
    waves: list[Wave] = []

    def enough(share: float, before: int) -> bool:
        return len(made) - before >= share * how_many

    for kind, share in (("ring", mixture.rings), ("wave", mixture.waves)):
        before, number = len(made), 0
        while not enough(share, before):
            visitor = make_ring(world, number, kind=kind)
            days = _length(random, visitor)
            start = first + timedelta(days=random.randrange(max(mixture.days - days, 1)))
            doors = list(route(world, visitor, start, days))
            if kind == "wave":
                middle = doors[len(doors) // 2].place
                last = start + timedelta(days=days)
                waves.append(Wave(visitor.entity, middle.latitude, middle.longitude, start, last))
            made += _reports_of(world, visitor, doors)
            number += 1
    before, number = len(made), 0
    while not enough(mixture.singles, before):
        visitor = make_single(world, number)
        made += _reports_of(world, visitor, _one_visit(random, visitor, first, mixture.days))
        number += 1
    before = len(made)
    # Some territories are more nervous, or some staff more abrupt: a few are reported often.
    while not enough(mixture.staff, before):
        visitor = world.staff[int(len(world.staff) * random.random() ** 2)]
        made += _reports_of(world, visitor, _one_visit(random, visitor, first, mixture.days))
    made += [_noise(random, world, number, first) for number in range(max(how_many - len(made), 0))]
    made.sort(key=lambda one: (one.received_at, one.entity))
    kept = made[:how_many]
    return Simulation([_named(seed, at, one) for at, one in enumerate(kept)], waves)


def _length(random: Random, visitor: Visitor) -> int:
    if visitor.kind == "wave":
        return random.randint(5, 10)
    return min(round(6 + visitor.reports * random.uniform(0.4, 2.5)), 180)


def _one_visit(random: Random, visitor: Visitor, first: datetime, days: int) -> list[Door]:
    _, centre, _, wide = CITIES[visitor.city]
    at = first + timedelta(days=random.randrange(days), hours=random.uniform(9, 20))
    door = Door(scatter(random, centre, wide), visitor.city, at, 0.0)
    return [door] * max(visitor.reports, 1)


def _reports_of(world: World, visitor: Visitor, doors: list[Door]) -> Iterator[SimulatedReport]:
    for door in doors:
        first = _report(world, visitor, door)
        yield first
        if (
            world.random.random() < world.mixture.repeated
        ):  # told again: by the same person or the next door
            yield _report(world, visitor, door)


def _report(world: World, visitor: Visitor, door: Door) -> SimulatedReport:
    random = world.random
    language = random.choices([one for one, _ in _LANGUAGES], [part for _, part in _LANGUAGES])[0]
    told, person = _TOLD[visitor.kind], random.choice(visitor.people)
    thin = random.random() < world.mixture.thin

    def tells(fact: str) -> bool:
        return not thin and random.random() < told[fact] * world.mixture.told

    name = hear_name(random, person.name, language) if tells("name") else None
    agency = random.choice(visitor.agencies) if visitor.agencies and tells("agency") else None
    claimed = Claimed(
        name=name,
        badge_number=_as_read(random, person.badge_number) if tells("badge") else None,
        agency=simplified(agency) if agency and language is Language.SIMPLIFIED else agency,
        phone=_dialled(random, of_the_time(random, visitor.phones, door.progress))
        if tells("phone")
        else None,
        plate=_as_read(random, of_the_time(random, visitor.plates, door.progress))
        if visitor.plates and tells("plate")
        else None,
        organisation=BANK if random.random() < 0.7 else None,  # noqa: PLR2004 - most say whose
    )
    story = visitor.story if random.random() < 0.75 else random.randrange(14)  # noqa: PLR2004 - he varies
    words = tell_little(random, language) if thin else tell(random, story, visitor.look, language)
    draft = _draft(
        occurred_at=door.at + timedelta(minutes=random.gauss(0, 20)),
        description=words,
        place=_place(random, door) if random.random() < told["place"] else None,
        claimed=claimed,
        asked_for=tuple(one for one in STORIES[story][2] if random.random() < 0.8),  # noqa: PLR2004 - or forgot
        payee=_spaced(random, of_the_time(random, visitor.payees, door.progress))
        if visitor.payees and tells("payee")
        else None,
        url=visitor.url if visitor.url and tells("url") else None,
        language=language,
    )
    return _received(random, draft, visitor.entity, visitor.kind)


def _noise(random: Random, world: World, number: int, first: datetime) -> SimulatedReport:
    language = random.choices([one for one, _ in _LANGUAGES], [part for _, part in _LANGUAGES])[0]
    city = world.city()
    at = first + timedelta(days=random.uniform(0, world.mixture.days))
    door = Door(scatter(random, CITIES[city][1], CITIES[city][3]), city, at, 0.0)
    someone = world.staff[random.randrange(len(world.staff))].people[0].name
    claimed = Claimed(
        name=hear_name(random, someone, language) if random.random() < _NOISE_NAME else None,
        agency=world.agency() if random.random() < _NOISE_NAME else None,
        phone=_dialled(random, random.choice(HOTLINES)) if random.random() < 0.4 else None,  # noqa: PLR2004 - who called
        organisation=BANK if random.random() < 0.5 else None,  # noqa: PLR2004 - half
    )
    draft = _draft(
        occurred_at=at,
        description=tell_noise(random, language),
        place=_place(random, door) if random.random() < 0.6 else None,  # noqa: PLR2004 - fewer than at doors
        claimed=claimed,
        language=language,
    )
    return _received(random, draft, f"noise-{number}", "noise")


def _draft(*, occurred_at: datetime, **told: object) -> ReportDraft:
    # Its times are RFC 3339 texts, as everybody's.
    return ReportDraft.model_validate({"occurred_at": occurred_at.isoformat(), **told})


def _received(random: Random, draft: ReportDraft, entity: str, kind: str) -> SimulatedReport:
    delay = min(timedelta(hours=random.lognormvariate(1.5, 1.4)), _SLOWEST)
    return SimulatedReport("", draft.occurred_at + delay, draft, entity, kind)


def _named(seed: int, at: int, one: SimulatedReport) -> SimulatedReport:
    digest = hashlib.sha256(f"simulated {seed} {at}".encode()).digest()[:12]
    name = f"rp_{jose_gate.encode(digest)}"
    return SimulatedReport(name, one.received_at, one.draft, one.entity, one.kind)


def _place(random: Random, door: Door) -> ReportedPlace:
    near = scatter(random, door.place, 0.3)
    return ReportedPlace(
        text=CITIES[door.city][0], latitude=near.latitude, longitude=near.longitude
    )


def _dialled(random: Random, number: str) -> str:
    if random.random() < 0.04 and len(number) == 10:  # noqa: PLR2004 - one digit read wrongly
        at = random.randrange(2, 10)
        number = number[:at] + random.choice("0123456789") + number[at + 1 :]
    match random.randrange(4):
        case 0 if len(number) == 10:  # noqa: PLR2004 - as it is spoken
            return f"{number[:4]}-{number[4:7]}-{number[7:]}"
        case 1 if number.startswith("09"):
            return f"+886 {number[1:]}"
        case _:
            return number


_LOOK_ALIKE: Final = {
    "0": "O",
    "O": "0",
    "8": "B",
    "B": "8",
    "1": "I",
    "5": "S",
    "2": "Z",
    "7": "1",
}


def _as_read(random: Random, number: str | None) -> str | None:
    if number is None:
        return None
    if random.random() < 0.08:  # noqa: PLR2004 - one character taken for its look-alike
        at = random.randrange(len(number))
        number = number[:at] + _LOOK_ALIKE.get(number[at], number[at]) + number[at + 1 :]
    if random.random() < 0.04:  # noqa: PLR2004 - the end is what one remembers
        return number[-4:]
    return random.choice(
        (number, number.replace("-", ""), number.lower(), number.replace("-", " "))
    )


def _spaced(random: Random, account: str) -> str:
    return random.choice((account, account.replace("-", ""), account.replace("-", " ")))
