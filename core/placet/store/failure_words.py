"""A failure of the database in one sentence for the person who typed a command, with what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from placet.errors import SettingsError, UnavailableError
from placet.store.connections import database_url
from placet.store.failures import Failure, cause_of, failure_of, sqlite_name


def in_words(error: Exception, url: str) -> str | None:
    """The sentence for an error of the database; `None` for other errors."""
    if isinstance(error, UnavailableError) and error.outcome_known and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if not isinstance(error, SQLAlchemyError):
        return None
    where, said = _where(url), _said(error)
    match failure_of(error):
        case Failure.UNAVAILABLE:
            return (
                f"{cause_of(error)}{where}{said}: {_remedy(error)}, or name another with --database-url or "
                "PLACET_DATABASE_URL"
            )
        case Failure.LOST:
            return (
                f"{cause_of(error)}{where}{said}: look whether it was done before you run the command again"
            )
        case Failure.MET_OTHERS:
            return f"others write to the database{where} all the time{said}: run the command again"
        case _:
            return f"the database{where} failed{said}: run the command again with --debug, and report what it shows"


def _remedy(error: SQLAlchemyError) -> str:
    name = sqlite_name(error) if isinstance(error, DBAPIError) else ""
    if name.startswith("SQLITE_CANTOPEN"):
        return "make its folder, and let this user write there"
    return "make room" if name == "SQLITE_FULL" else "start it or make room"


def _where(url: str) -> str:
    """Its address, without secrets."""
    try:
        shown = database_url(url)
    except SettingsError:
        return ""
    return f" ({shown.set(drivername=shown.get_backend_name()).render_as_string(hide_password=True)})"


def _said(error: SQLAlchemyError) -> str:
    """The first line of the driver's message."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return f", {said.splitlines()[0]}" if said else ""
