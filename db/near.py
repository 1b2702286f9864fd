"""What lies near a place: the first few of each cell around, and of those the first few.

One condition on many cells would sort all that lie there, and a city has most of all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    String,
    Table,
    and_,
    bindparam,
    column,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlmodel.ext.asyncio.session import AsyncSession

_EARTH_RADIUS: Final = 6_371_000  # metres
_POLE: Final = 90  # degrees


@dataclass(frozen=True, slots=True)
class Circle:
    """A place on earth in degrees (WGS 84), metres around it, and cells that cover all of it.

    The cells are those of a row's `cell`, or of its `area` where they are `coarse`.
    """

    latitude: float
    longitude: float
    metres: float
    cells: Sequence[str]
    coarse: bool


def first_near(  # noqa: PLR0913 - each by its name
    session: AsyncSession,
    table: Table,
    moment: str,
    circle: Circle,
    *,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    oldest_first: bool = False,
) -> FromClause:
    """Return the `id`s of the first rows in a circle, in the order of `moment` and `id`.

    The table has `cell`, `area`, `latitude` and `longitude`; each cell column leads an index that
    goes on with `moment`, `id` and the place, so that only rows in the circle are read.
    """
    cells, at = table.c.area if circle.coarse else table.c.cell, table.c[moment]
    first = (
        select(table.c.id, at.label("at"))
        .where(*conditions, within(table, circle))
        .order_by(*_order(at, table.c.id, oldest_first=oldest_first))
        .limit(limit)
    )
    found = first_of_each(session, first, cells, circle.cells)
    order = _order(found.c.at, found.c.id, oldest_first=oldest_first)
    return select(found.c.id).order_by(*order).limit(limit).subquery()


def first_of_each(
    session: AsyncSession,
    first: Select[*tuple[Any, ...]],
    cells: ColumnElement[str],
    wanted: Sequence[str],
) -> FromClause:
    """Return what a limited query finds in each of some cells, or for each of other values."""
    ask = _laterally if session.get_bind().dialect.name == "postgresql" else _one_by_one
    return ask(first, cells, wanted)


def _laterally(
    first: Select[*tuple[Any, ...]], cells: ColumnElement[str], wanted: Sequence[str]
) -> FromClause:
    """Ask for each cell in one short statement: PostgreSQL takes long to plan a long one."""
    asked = (
        func.unnest(bindparam("cells", list(wanted), ARRAY(String), unique=True))
        .table_valued(column("cell", String))
        .render_derived(name="asked")
    )
    found = first.where(cells == asked.c.cell).lateral("found")
    return select(*found.c).select_from(asked.join(found, true())).subquery()


def _one_by_one(
    first: Select[*tuple[Any, ...]], cells: ColumnElement[str], wanted: Sequence[str]
) -> FromClause:
    arms = [first.where(cells == cell).subquery() for cell in wanted]
    return union_all(*(select(arm) for arm in arms)).subquery()


def _order(
    moment: ColumnElement[datetime], key: ColumnElement[str], *, oldest_first: bool
) -> tuple[ColumnElement[Any], ...]:
    return (moment, key) if oldest_first else (moment.desc(), key.desc())


def within(table: Table, circle: Circle) -> ColumnElement[bool]:
    """Tell whether a row lies in a circle.

    A box around it is asked first: an index answers that, and a sine costs more than a comparison.
    """
    angle = circle.metres / _EARTH_RADIUS
    return and_(*_in_box(table, circle, angle), is_near(table, circle))


def is_near(table: Table, circle: Circle) -> ColumnElement[bool]:
    """Tell by the haversine whether a row lies in a circle, in functions of both databases.

    Without the box the planner expects many such rows, as there are among those of its cells: a
    list of their first few is then walked in order, rather than sorted whole.
    """
    north, here = func.radians(table.c.latitude), math.radians(circle.latitude)
    across = func.radians(table.c.longitude - circle.longitude)
    half = func.power(func.sin((north - here) / 2), 2) + (
        func.cos(north) * math.cos(here) * func.power(func.sin(across / 2), 2)
    )
    return half <= literal(math.sin(circle.metres / _EARTH_RADIUS / 2) ** 2)


def _in_box(table: Table, circle: Circle, angle: float) -> Iterator[ColumnElement[bool]]:
    up, here = math.degrees(angle), circle.latitude
    yield table.c.latitude.between(here - up, here + up)
    if abs(here) + up < _POLE:
        # The furthest east of a circle lies a little towards the pole.
        aside = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(here))))
        if abs(circle.longitude) + aside <= 2 * _POLE:  # else it crosses the date line
            yield table.c.longitude.between(circle.longitude - aside, circle.longitude + aside)
