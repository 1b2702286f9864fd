"""Who rings at simulated doors: rings on their routes, single impostors, genuine staff, others.

Every share and size is declared in `Mixture`; docs/decisions/0004-linking.md says why it is so.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from service.simulated_names import make_name
from verifiers.risk import Place

_KM_PER_DEGREE: Final = 111.2
# Where people live: degrees, share of the visits, kilometres within which most of them are.
CITIES: Final = (
    ("臺北市", Place(25.05, 121.53), 0.24, 8.0),
    ("新北市", Place(25.01, 121.45), 0.18, 11.0),
    ("桃園市", Place(24.99, 121.28), 0.12, 12.0),
    ("臺中市", Place(24.15, 120.67), 0.15, 12.0),
    ("臺南市", Place(23.00, 120.21), 0.10, 12.0),
    ("高雄市", Place(22.64, 120.31), 0.13, 12.0),
    ("新竹市", Place(24.80, 120.98), 0.05, 8.0),
    ("花蓮縣", Place(23.98, 121.60), 0.03, 15.0),
)
AGENCIES: Final = (
    "聯合資產管理", "海港資產服務", "信安金融服務", "大成法務顧問", "國信徵信", "中華債權管理",
    "誠信催收服務", "東方資產", "匯通理財顧問", "永安貸款服務", "安泰徵信社", "富邑資產管理",
    "金龍法律事務所", "台新資產", "聯邦信用管理", "正大徵信", "寶島金融顧問", "全球資產服務",
    "立信國際", "第一債權管理",
)  # fmt: skip
BANK: Final = "海港銀行"
HOTLINES: Final = ("0800024365", "0227001234", "165", "0800888110", "0223456789")
"""Numbers that many unlike reports give as the visitor's: the bank's, couriers', the police's."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Shares of the reports and the habits of rings; a year's reports unless said."""

    days: int = 365
    rings: float = 0.40
    waves: float = 0.05
    singles: float = 0.15
    staff: float = 0.25
    # The rest is noise: couriers, pollsters, wrong doors, somebody who only rang.
    median_ring: float = 18.0
    ring_sigma: float = 0.9
    largest_ring: int = 250
    staff_members: int = 2_000
    repeated: float = 0.06
    thin: float = 0.08
    told: float = 1.0
    """How much more often than usual each fact is told: what a better form would bring."""
    recycled: float = 0.03
    cloned_badges: float = 0.2
    mules: float = 0.04


@dataclass(frozen=True, slots=True)
class Persona:
    """One person at the doors, as he presents himself."""

    name: str
    badge_number: str | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever stands behind reports: everything that he or they may show at a door."""

    entity: str
    kind: str
    people: tuple[Persona, ...]
    phones: tuple[str, ...]
    plates: tuple[str, ...]
    payees: tuple[str, ...]
    url: str | None
    agencies: tuple[str, ...]
    story: int
    look: int
    reports: int
    city: int


@dataclass(frozen=True, slots=True)
class Door:
    """A visit: where, when, and how far the visitor's campaign has gone (0 to 1)."""

    place: Place
    city: int
    at: datetime
    progress: float


@dataclass(slots=True)
class World:
    """What visitors draw from, so that some of them share by accident what others share by trade.

    Burner numbers, rented cars and mule accounts come back with other rings.
    """

    random: Random
    mixture: Mixture
    used_phones: list[str] = field(default_factory=list)
    used_plates: list[str] = field(default_factory=list)
    mules: list[str] = field(default_factory=list)
    staff: list[Visitor] = field(default_factory=list)

    def phone(self) -> str:
        """Return a mobile number, sometimes one that another ring had."""
        return self._fresh(self.used_phones, f"09{self.random.randrange(10**8):08}")

    def plate(self) -> str:
        """Return a number plate, sometimes a rented car that another ring had."""
        letters = "".join(self.random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=3))
        return self._fresh(self.used_plates, f"{letters}-{self.random.randrange(10**4):04}")

    def payee(self) -> str:
        """Return an account, sometimes of a mule who serves several rings."""
        if self.mules and self.random.random() < self.mixture.mules * 5:
            return self.random.choice(self.mules)
        bank = self.random.choice(("004", "007", "012", "700", "808", "822"))
        account = f"{bank}-{self.random.randrange(10**12):012}"
        if self.random.random() < self.mixture.mules:
            self.mules.append(account)
        return account

    def agency(self) -> str:
        """Return an agency's name; the well-known ones are named most."""
        weights = [1 / (at + 1) for at in range(len(AGENCIES))]
        return self.random.choices(AGENCIES, weights)[0]

    def city(self) -> int:
        """Return the index of a city by its share."""
        return self.random.choices(range(len(CITIES)), [share for _, _, share, _ in CITIES])[0]

    def badge_number(self) -> str | None:
        """Return a number that an impostor shows: none, made up, or a genuine one's copy."""
        chance = self.random.random()
        if chance < self.mixture.cloned_badges and self.staff:
            return self.random.choice(self.staff).people[0].badge_number
        if chance < 0.65:  # noqa: PLR2004 - the others show a paper, or nothing
            return f"{self.random.choice('BKHT')}-{self.random.randrange(10**5):05}"
        return None

    def _fresh(self, used: list[str], made: str) -> str:
        if used and self.random.random() < self.mixture.recycled:
            return self.random.choice(used)
        used.append(made)
        return made


def make_staff(world: World) -> None:
    """Fill the world with genuine staff, whom nervous customers report, too."""
    for at in range(world.mixture.staff_members):
        person = Persona(make_name(world.random), f"B-{at:05}")
        # Staff call from the bank's numbers and from phones of their own.
        own = world.random.random() < 0.4  # noqa: PLR2004 - two in five
        phone = f"09{world.random.randrange(10**8):08}" if own else HOTLINES[0]
        agency = (world.agency(),) if world.random.random() < 0.5 else ()  # noqa: PLR2004 - half
        world.staff.append(
            Visitor(f"staff-{at}", "staff", (person,), (phone,), (), (), None, agency,
                    world.random.randrange(4), world.random.randrange(12), 0, world.city())
        )  # fmt: skip


def make_ring(world: World, number: int, *, kind: str = "ring") -> Visitor:
    """Return a ring; a `wave` is one that works one area hard for some days."""
    random, mixture = world.random, world.mixture
    size = round(random.lognormvariate(math.log(mixture.median_ring), mixture.ring_sigma))
    reports = min(max(size, 4), mixture.largest_ring)
    if kind == "wave":
        reports = random.randint(40, 110)
    members = min(1 + reports // 15, random.randint(1, 5))
    people = tuple(
        Persona(make_name(random), world.badge_number())
        for _ in range(members)
        for _ in range(random.choice((1, 1, 2)))  # some have a second name for the next town
    )
    several = max(1, reports // 20)
    return Visitor(
        entity=f"{kind}-{number}",
        kind=kind,
        people=people,
        phones=tuple(world.phone() for _ in range(random.randint(1, 1 + several))),
        plates=tuple(world.plate() for _ in range(random.randint(1, min(3, 1 + several)))),
        payees=tuple(world.payee() for _ in range(random.randint(1, min(3, 1 + several)))),
        url=_address(random) if random.random() < 0.3 else None,  # noqa: PLR2004 - three in ten
        agencies=tuple({world.agency(): 0 for _ in range(random.randint(1, 2))}),
        story=random.randrange(14),
        look=random.randrange(12),
        reports=reports,
        city=world.city(),
    )


def make_single(world: World, number: int) -> Visitor:
    """Return an impostor who comes once; a neighbour may report him, too."""
    ring = make_ring(world, number)
    one = replace(ring, entity=f"single-{number}", kind="single", people=ring.people[:1])
    return replace(one, reports=world.random.choice((1, 1, 1, 1, 2)))


def route(world: World, visitor: Visitor, start: datetime, days: int) -> Iterator[Door]:
    """Yield a ring's visits in order: a base that moves day by day, now and then to a new city."""
    random = world.random
    city = visitor.city
    base = scatter(random, CITIES[city][1], CITIES[city][3])
    weights = [random.random() < 0.6 for _ in range(days)]  # noqa: PLR2004 - they rest, too
    active = [day for day, works in enumerate(weights) if works] or [0]
    today = sorted(random.choice(active) for _ in range(visitor.reports))
    before = -1
    for day in today:
        if day != before and before >= 0 and visitor.kind == "ring":
            if random.random() < 0.04:  # noqa: PLR2004 - the ground got hot
                city = world.city()
                base = scatter(random, CITIES[city][1], CITIES[city][3])
            else:
                base = scatter(random, base, 5.0)
        before = day
        at = start + timedelta(days=day, hours=random.uniform(9.5, 20.5))
        yield Door(scatter(random, base, 2.0), city, at, day / max(days, 1))


def scatter(random: Random, place: Place, kilometres: float) -> Place:
    """Return a place near another; the distance is normal with this deviation north and east."""
    north = random.gauss(0, kilometres / 2) / _KM_PER_DEGREE
    east = random.gauss(0, kilometres / 2) / (
        _KM_PER_DEGREE * math.cos(math.radians(place.latitude))
    )
    return Place(round(place.latitude + north, 6), round(place.longitude + east, 6))


def of_the_time(random: Random, values: Sequence[str], progress: float) -> str:
    """Return the value that is in use so far on; the one before or after it at the seams."""
    at = progress * len(values) + random.gauss(0, 0.15)
    return values[min(max(int(at), 0), len(values) - 1)]


def _address(random: Random) -> str:
    word = random.choice(("harbour", "harbor", "hb-bank", "haigang", "bank-verify", "loan-help"))
    tail = random.choice(("example", "test", "invalid"))
    return f"https://{word}{random.randrange(1000)}.{tail}/{random.choice(('pay', 'id', 'sign'))}"
