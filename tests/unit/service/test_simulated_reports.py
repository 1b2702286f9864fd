"""The simulation: the same seed, the same bytes; rings that are hard to see, and their truth."""

import json
from collections import Counter
from datetime import UTC, datetime

from benchmarks.links import link_all
from benchmarks.pairs import pairwise
from service.simulated_reports import Simulation, simulate

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


def lines(simulation: Simulation) -> str:
    return "\n".join(
        json.dumps([one.report_id, one.entity, one.draft.model_dump(mode="json")])
        for one in simulation.reports
    )


def test_one_seed_is_one_simulation() -> None:
    first = simulate(5, 400, UNTIL)
    assert lines(first) == lines(simulate(5, 400, UNTIL))
    assert lines(first) != lines(simulate(6, 400, UNTIL))
    assert len({one.report_id for one in first.reports}) == len(first.reports) == 400
    assert all(one.received_at >= one.draft.occurred_at for one in first.reports)
    kinds = Counter(one.kind for one in first.reports)
    assert kinds.keys() == {"ring", "wave", "single", "staff", "noise"}
    assert first.waves


def test_rings_are_found_among_the_others() -> None:
    simulation = simulate(5, 1_000, UNTIL)
    truth = {one.report_id: one.entity for one in simulation.reports}
    precision, recall = pairwise(link_all(simulation.reports).case_of, truth)
    # Far below what 50,000 reports give, docs/performance.md: this only shows that it works.
    assert precision > 0.7
    assert recall > 0.4
