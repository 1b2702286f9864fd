"""`menshen visits` and `menshen verify`: look at visits, check a code, as an operator."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.runtimes import run
from service.answers import Answer, Asker
from service.runtime import Runtime
from service.verifications import check_visit_code
from service.visit_lists import Page, list_visits


def visits(
    limit: Annotated[int, typer.Option(help="how many, by start", min=1, max=200)] = 50,
) -> None:
    """List visits with their teams; no customer is named."""
    pages: list[Page] = []

    async def work(runtime: Runtime) -> None:
        pages.append(await list_visits(runtime, limit=limit))

    run(work)
    table = Table("visit", "status", "starts (UTC)", "ends", "place hint", "team")
    for visit in pages[0].items:
        team = ", ".join(f"{one.name} ({one.staff_number})" for one in visit.staff)
        starts, ends = f"{visit.starts_at:%F %H:%M}", f"{visit.ends_at:%H:%M}"
        table.add_row(visit.id, visit.status, starts, ends, visit.place_hint, team)
    Console(width=None if Console().is_terminal else 160).print(table)


def verify(
    code: Annotated[str, typer.Argument(help="the text of the visitor's QR code")],
) -> None:
    """Check a visit code and record it, as a customer's scan would; exit 1 unless genuine."""
    answers: list[Answer] = []

    async def work(runtime: Runtime) -> None:
        answers.append(await check_visit_code(runtime, code, Asker()))

    run(work)
    answer = answers[0]
    typer.echo(f"{answer.verdict}: {answer.reason}")
    for check in answer.checks:
        typer.echo(f"  {check.name}: {check.outcome}")
    if answer.verdict != "genuine":
        sys.exit(1)
