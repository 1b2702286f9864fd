"""How well anybody could link the simulated year: an observer who knows more than any linker can.

./run bench ceiling                # 50,000 reports, of which 6,000 are judged; about ten minutes
./run bench ceiling 5000 1000      # fewer

The observer knows the simulation's own chances (`heard.py`, `sayings.py`, `tracks.py`) and every
visitor as he truly is: people with badges, phones, cars and accounts with the days of their use,
site, agencies, story, look, home and the days of the campaign. What he knows of the *other* reports
is one of three:

- all: whose each one is, at which door and when, told or not (leave one out);
- none: of rings and waves only what is said above;
- his own: he first judges every report by "none", and takes those that he is 0.9 sure of for true,
  with the time and place that they told.

By Bayes' rule he has the probability of each ring, wave, member of staff and single that others
reported, and of a stranger (noise, or a single reported once). The report goes to the most probable
if that reaches a threshold, else it stays alone. The sampled reports are then clusters as any
others, and `pairs.py` counts their pairs: found and right over found is precision, found and right
over all true pairs of the sample is recall. Both ends of a pair are judged, each by itself, so that
it is found only if both went to the same entity; a pair is in the sample as often as any other,
whereby the figures estimate those of the whole year.

"All" is no linker's to reach: it knows what it is to find out about the others, so that of two
reports that nothing but each other places, both are placed. "None" bounds nothing, for doors of
others help; "his own" shows how far a visitor's traits alone lead, without a label.

The rule is exact but for these. For him: a lone single's own numbers are among those that
strangers may have. Against him: a ring's base is judged by the visits of the same day and of the
last and next day with one, not all (they add under 2 % to what is known of a base); a ring's size
has no least; kilometres are measured from the city's middle; one slip of the finger never turns
one story or look into another; reports near midnight fall on one day. "His own" takes two reports
of one door for two doors, does not know singles, and goes round once. Probabilities and what
came of them stand side by side in the last two columns: they would part if the rule were wrong.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Final

from rich.progress import track

from benchmarks import pages
from benchmarks.links import REPORTS, UNSEEN, UNTIL
from benchmarks.observer import NOBODY, Observer
from benchmarks.pairs import pairwise
from benchmarks.told import read
from benchmarks.truths import look_on
from service.simulated_reports import SimulatedReport

SEEDS: Final = (UNSEEN, 11)
SAMPLE: Final = 6_000
THRESHOLDS: Final = (0.0, 0.3, 0.5, 0.7, 0.9)
SURE: Final = 0.9
_Judged = dict[str, tuple[str, float]]


def judge(observer: Observer, reports: Iterable[SimulatedReport], about: str) -> _Judged:
    """Return whom each report is most probably about, and that probability."""
    some = list(reports)
    return {one.report_id: observer.judge(one) for one in track(some, about)}


def assigned(judged: _Judged, threshold: float) -> dict[str, str]:
    """Return the entity of those reports that are assigned at all."""
    return {
        one: entity
        for one, (entity, probability) in judged.items()
        if entity != NOBODY and probability >= threshold
    }


def rows(name: str, judged: _Judged, truth: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield a row for each threshold."""
    for threshold in THRESHOLDS:
        found = assigned(judged, threshold)
        precision, recall = pairwise(found, {one: truth[one] for one in judged})
        expected = sum(judged[one][1] for one in found) / max(len(found), 1)
        right = sum(truth[one] == entity for one, entity in found.items()) / max(len(found), 1)
        yield [
            name,
            f"{threshold}",
            f"{precision:.3f}",
            f"{recall:.3f}",
            f"{expected:.3f}",
            f"{right:.3f}",
        ]


def measure(seed: int, how_many: int, sample: int) -> Iterator[list[str]]:
    """Yield the rows of a year."""
    year = look_on(seed, how_many, UNTIL)
    reports = year.simulation.reports
    truth = {one.report_id: one.entity for one in reports}
    some = Random(seed).sample(reports, min(sample, how_many))  # noqa: S311 - repeatable
    told = {one.report_id: read(one, year) for one in track(reports, f"{seed}, reading")}
    yield from rows("all", judge(Observer(year, told), some, f"{seed}, all"), truth)
    learned = Observer(year, told, only_told=True)
    yield from rows("all; traits as told", judge(learned, some, f"{seed}, told"), truth)
    first = judge(Observer(year, told, {}), reports, f"{seed}, none")
    yield from rows("none", {one.report_id: first[one.report_id] for one in some}, truth)
    own = Observer(year, told, assigned(first, SURE))
    yield from rows("his own", judge(own, some, f"{seed}, his own"), truth)


def main() -> None:
    """Print a table for each year."""
    how_many, sample = [*map(int, sys.argv[1:3]), *(REPORTS, SAMPLE)[len(sys.argv[1:3]) :]]
    for seed in SEEDS:
        head = [
            f"{how_many:,} reports, seed {seed}; of the others known",
            "threshold",
            "precision",
            "recall",
            "expected right",
            "right",
        ]
        print(pages.table(head, measure(seed, how_many, sample)))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
