"""Composition of the command line; each noun has its own module."""

import errno
import os
import sys
from typing import Final

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError

from cli import (
    databases,
    fraud,
    keys,
    registry,
    reports,
    retention,
    services,
    simulations,
    visits,
    webhooks,
)
from cli.warnings import warn
from domain.errors import MenshenError
from service.sealed_keys import UnsealableKeyError
from service.sealing import UnsealableError
from service.secret_files import UnsafeFileError
from service.setting_warnings import find_unknown

_OF_DISKS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EPIPE})
app = typer.Typer(
    name="menshen",
    help="Menshen: may this person visit this customer, here, now?",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(keys.app, name="keys")
app.add_typer(databases.app, name="db")
app.add_typer(registry.app, name="registry")
app.add_typer(reports.app, name="reports")
app.add_typer(retention.app, name="retention")
app.add_typer(fraud.app, name="fraud")
app.add_typer(webhooks.app, name="webhooks")
app.command()(services.serve)
app.command()(services.demo)
app.command("access-token")(services.access_token)
app.command()(simulations.simulate)
app.command()(visits.visits)
app.command()(visits.verify)


def main() -> None:
    """Run the command line; an expected refusal is one line on stderr and exit 1."""
    os.umask(0o077)  # whatever this makes, database and keys above all, is its owner's alone
    warn(find_unknown(os.environ))
    try:
        app()
    except (MenshenError, UnsafeFileError) as error:
        sys.exit(f"menshen: {error}")
    except ValidationError as error:  # of the settings; a value may be secret, so it is not shown
        sys.exit("menshen: " + "; ".join(map(_say, error.errors())))
    except UnsealableKeyError as error:
        sys.exit(f"menshen: {error}")
    except UnsealableError:
        sys.exit("menshen: this database was made with another key-encryption key")
    except DBAPIError as error:  # its own text would show the statement and its values
        reason = str(error.orig).partition("\n")[0]
        sys.exit(f"menshen: the database refused (is it up to date? menshen db check): {reason}")
    except OSError as error:
        # Redis, clamd and receivers may be silent: only the database stops a command.
        where = (
            "" if error.filename or error.errno in _OF_DISKS else "the database does not answer: "
        )
        sys.exit(f"menshen: {where}{error}")


def _say(wrong: ErrorDetails) -> str:
    name = "_".join(("MENSHEN", *map(str, wrong["loc"][:1]))).upper()
    return f"{name}: {wrong['msg']}"
