"""Words are found wherever they stand, in every script, whether common or rare."""

import pytest
from sqlalchemy import func, text
from sqlmodel import col, select

from db import report_texts
from db.report_texts import find_texts
from db.reports import Report
from db.units_of_work import reading, writing
from tests.reports import bare_report
from tests.services import Service

TEXTS = (
    "askedforcash\n王大明",
    "askedforentry\n陈美玲",
    "要求看存折\n100%_sure",
    "askedforcash\n看",
    "",
    "x",
)


async def found(service: Service, sought: str, limit: int = 9) -> list[str]:
    order = (col(Report.received_at).desc(),)
    queue = select(Report).order_by(*order)
    async with reading(service.runtime.engine) as session:
        return [one.id for one in await find_texts(session, queue, order, sought, limit)]


@pytest.mark.parametrize("newest", [(1, 2), (1, 5_000), (5_000, 5_000)])
async def test_every_word_is_found(
    service: Service, monkeypatch: pytest.MonkeyPatch, newest: tuple[int, int]
) -> None:
    """With one or two of the newest nearly all comes through the index, with 5,000 nothing does."""
    monkeypatch.setattr(report_texts, "_NEWEST", newest)
    async with writing(service.runtime.engine) as session:
        session.add_all(bare_report(number, one) for number, one in enumerate(TEXTS))
        await session.commit()
    for sought, numbers in (
        ("askedforcash", "30"),
        ("大明", "0"),
        ("看", "32"),
        ("看存", "2"),
        ("0%_", "2"),
        ("%", "2"),
        ("\n王", "0"),
        ("x", "5"),
        ("sure", "2"),
        ("su", "2"),
        ("sur", "2"),
        ("rus", ""),
        ("cash\n王大", "0"),
        ("0%_sure", "2"),
        ("存看", ""),
        ("cashasked", ""),
    ):
        assert await found(service, sought) == [f"rp_{one}" for one in numbers], sought
    assert await found(service, "askedfor", 2) == ["rp_3", "rp_1"]


_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""The other has no such index."""


@_postgresql
@pytest.mark.parametrize(
    ("words", "sought"),
    [
        ("看", ["看"]),
        ("x", []),
        ("su", ["su"]),
        ("大明看", ["大明", "明看"]),
        ("63411", ["341", "411", "634"]),
        ("a大bcd", ["a大", "bcd", "大b"]),
        ("🙂ab", ["ab", "🙂a"]),
    ],
)
async def test_what_is_sought_is_what_the_index_holds(
    service: Service, words: str, sought: list[str]
) -> None:
    assert report_texts.sought_grams(words) == sought
    async with reading(service.runtime.engine) as session:
        held = await session.scalar(select(func.report_grams(words)))
        whole = await session.scalar(select(func.report_grams(f"z{words}人")))
    assert set(sought) <= set(held or ()) <= set(whole or ())


@_postgresql
async def test_a_rare_word_is_found_through_the_index(service: Service) -> None:
    async with reading(service.runtime.engine) as session:
        connection = await session.connection()
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await connection.execute(
            text(
                "EXPLAIN SELECT id FROM report"
                " WHERE report_grams(search_text) @> report_grams('大明')"
            )
        )
        assert "ix_report_search_grams" in "\n".join(line for (line,) in plan)
