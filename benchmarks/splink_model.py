"""What splink makes of two years' traits: `splink_links.py` starts this in splink's environment.

It learns from the first year with its truth, which is better than a deployment could do, takes the
threshold that has the best F1 there, and links the second year with it.
"""

import sys
from typing import Any, Final

import duckdb  # type: ignore[import-not-found] # lives in splink's own environment
import splink.comparison_library as compare  # type: ignore[import-not-found] # as duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.pages import table
from benchmarks.pairs import pairwise

THRESHOLDS: Final = (3, 4, 4.5, 5, 5.5, 6, 7)
"""Match weights; the first try, from 0 to 23, had its best at 4."""
PAIRS: Final = 3_000_000
"""How many pairs at random tell how often unlike reports agree."""
# What was not told is null and unknown; a story of no words is as unknown as a short one.
_READ: Final = """
CREATE TABLE report AS SELECT
    unique_id, entity, seconds::DOUBLE AS seconds, phone, plate, badge, payee, site,
    surname, name, skeleton, agency, lat::DOUBLE AS lat, lon::DOUBLE AS lon, cell,
    string_split(coalesce(words, ''), '|') AS words, asked
FROM year
"""
_KM: Final = (
    "2 * 6371 * asin(sqrt(pow(sin(radians(lat_r - lat_l) / 2), 2)"
    " + cos(radians(lat_l)) * cos(radians(lat_r)) * pow(sin(radians(lon_r - lon_l) / 2), 2)))"
)
_DAYS: Final = "abs(seconds_l - seconds_r) / 86400"
_SHARED: Final = "len(list_intersect(words_l, words_r)) / least(len(words_l), len(words_r))"
_BLOCKS: Final = ("phone", "plate", "badge", "payee", "site", "name", "skeleton")
_SOON_NEARBY: Final = "l.cell = r.cell AND abs(l.seconds - r.seconds) < 3 * 86400"


def read(file: str) -> Any:  # noqa: ANN401 - duckdb's connection
    """Return a database of one thread that holds a year."""
    connection = duckdb.connect(config={"threads": 1})
    year = connection.read_csv(file, header=True, all_varchar=True, na_values="")
    connection.register("year", year)
    connection.execute(_READ).fetchall()
    return connection


def truth_of(connection: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    """Return who was at the door, by report."""
    return dict(connection.execute("SELECT unique_id, entity FROM report").fetchall())


def _levels(name: str, unknown: str | None, *levels: dict[str, Any]) -> Any:  # noqa: ANN401 - splink's
    nothing = {"sql_condition": unknown, "label_for_charts": "unknown", "is_null_level": True}
    other = {"sql_condition": "ELSE", "label_for_charts": "other"}
    return compare.CustomComparison(
        output_column_name=name,
        comparison_levels=[*([nothing] if unknown else []), *levels, other],
    )


def _level(label: str, condition: str, **more: object) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label, **more}


def settings(prior: float) -> Any:  # noqa: ANN401 - splink's
    """Return the comparisons, near to our linker's own, and the rules of blocking."""
    by_value = ("phone", "plate", "badge", "payee", "site", "agency")
    exact = [compare.ExactMatch(one).configure(term_frequency_adjustments=True) for one in by_value]
    person = _levels(
        "person",
        "surname_l IS NULL OR surname_r IS NULL",
        _level("same", "name_l = name_r", tf_adjustment_column="name", tf_adjustment_weight=1.0),
        _level("alike", "surname_l = surname_r AND jaro_winkler_similarity(name_l, name_r) > 0.92"),
        _level("surname", "surname_l = surname_r AND (name_l IS NULL OR name_r IS NULL)"),
    )
    place = _levels(
        "place",
        "lat_l IS NULL OR lat_r IS NULL",
        _level("next door", f"{_KM} < 1 AND {_DAYS} < 0.5"),
        _level("near", f"{_KM} < 4 AND {_DAYS} < 3"),
        _level("town", f"{_KM} < 12 AND {_DAYS} < 10"),
        _level("region", f"{_KM} < 60"),
    )
    when = _levels(
        "time",
        None,
        _level("days", f"{_DAYS} < 10"),
        _level("weeks", f"{_DAYS} < 45"),
        _level("months", f"{_DAYS} < 120"),
    )
    story = _levels(
        "story",
        "len(words_l) < 3 OR len(words_r) < 3",
        _level("same", f"{_SHARED} >= 0.6"),
        _level("similar", f"{_SHARED} >= 0.3"),
    )
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=prior,
        comparisons=[*exact, person, place, when, story, compare.ExactMatch("asked")],
        blocking_rules_to_generate_predictions=[*map(block_on, _BLOCKS), _SOON_NEARBY],
        retain_intermediate_calculation_columns=False,
    )


def learn(file: str) -> dict[str, Any]:
    """Return a model of the year: u by random pairs, m and the prior from its truth."""
    connection = read(file)
    prior = prior_of(truth_of(connection))
    linker = _linker(connection, settings(prior))
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=1)
    linker.training.estimate_m_from_label_column("entity")
    model: dict[str, Any] = linker.misc.save_model_to_json()
    return model


def prior_of(truth: dict[str, str]) -> float:
    """Return how likely two reports belong together: the precision of one case of them all."""
    return pairwise(dict.fromkeys(truth, "all"), truth)[0]


def link(
    file: str, model: dict[str, Any], thresholds: tuple[float, ...]
) -> dict[float, tuple[float, float]]:
    """Return precision and recall of the connected components at each threshold."""
    connection = read(file)
    truth = truth_of(connection)
    linker = _linker(connection, model)
    weighed = linker.inference.predict(threshold_match_weight=min(thresholds))
    cluster = linker.clustering.cluster_pairwise_predictions_at_threshold
    found = {}
    for one in thresholds:
        columns = cluster(weighed, threshold_match_weight=one).as_dict()
        cases = dict(zip(columns["unique_id"], columns["cluster_id"], strict=True))
        found[one] = pairwise(cases, truth)
    return found


def _linker(connection: Any, model: Any) -> Any:  # noqa: ANN401 - splink's
    reports = DuckDBAPI(connection=connection).register("report")
    return Linker(reports, model, log_level="ERROR")


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(precision + recall, 1e-9)


def main() -> None:
    """Print a table: the training year at each threshold, the unseen year at the best one."""
    training, unseen = sys.argv[1:]
    model = learn(training)
    seen = link(training, model, THRESHOLDS)
    best = max(seen, key=lambda one: _f1(*seen[one]))
    rows = [["training", one, *seen[one]] for one in seen]
    rows.append(["unseen", best, *link(unseen, model, (best,))[best]])
    text = [[str(one), f"{at:g}", f"{p:.3f}", f"{r:.3f}"] for one, at, p, r in rows]
    head = ["year", "threshold", "precision", "recall"]
    print(table(head, text))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
