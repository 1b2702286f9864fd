"""How well anybody could link the simulated year: an observer who knows more than any linker.

./run bench ceiling                # 50,000 reports, of which 6,000 are judged; about ten minutes
./run bench ceiling 5000 1000      # fewer

The observer knows the simulation's own chances (`heard.py`, `sayings.py`, `tracks.py`), the staff,
and every ring and wave as it truly is: people with badges; phones, cars and accounts with the days
of their use; site, agencies, story, look, home, and the days of the campaign. Of the *other*
reports he knows one of these:

- all: whose each is, at which door and when, whether told or not (leave one out);
- all, traits as told: the same, but of an impostor's people, numbers, cars, accounts, site and
  agencies only those that another report of him told;
- none: no report is known, only what the visitors are;
- his own: he first judges every report by "none", takes those that he is 0.9 sure of for true, at
  the time and place that they told, and judges again. No label is given to him.

By Bayes' rule he has the probability of each ring, wave, member of staff and (all) single whom
others reported, and of a stranger: noise, or a single reported once. The report goes to the most
probable if that reaches a threshold, else it stays alone. The reports of the sample are then
clusters like any others, and `pairs.py` counts:

    precision = pairs in one cluster and of one entity / pairs in one cluster
    recall    = pairs in one cluster and of one entity / pairs of one entity

Each report of a pair is judged by itself, so that the pair is found only if both went to the same
entity: no independence is assumed. Every pair of the year is in the sample with the same chance, so
that these estimate the year's figures; five samples of seed 202 lay within 0.025 of each other.

What is given away counts for little: with campaigns known to 30 days only, or doors only of reports
that told a place, "all" at 0.5 loses 0.012 of its recall each (seed 202).

"All" is about as well as can be done, and no linker's to reach: it has the labels that a linker has
to find, so that of two reports that only each other explain, both are placed. One threshold for all
is not proven to be the best rule for pairs. "None" bounds nothing, for the doors of others help.

The rule is exact but for these. In the observer's favour: strangers draw used numbers from a list
that has their own. Against him: a ring's base is judged by the visits of the same day and of the
next days before and after with any (the others would make a place at most 2 % surer); a ring has no
least size, which would give away the last report of a small one; kilometres are counted from the
city's middle; which story and look a mistyped text means is taken for certain. "His own" takes two
reports of one door for two doors, does not know singles, and goes round once; but it has each
ring's size. The last two columns hold the rule to account: they would part if it were wrong.
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
    yield from rows("all, traits as told", judge(learned, some, f"{seed}, told"), truth)
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
