"""The local installation, for commands that work on its own machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from placet.cli.collecting import loading
from placet.cli.output import OUT

if TYPE_CHECKING:
    from placet.app import Application
    from placet.definitions.workflow import Workflow
    from placet.engine.act.people import Actor
    from placet.engine.reports.event_log import WorkspaceLog
    from placet.settings import Settings

#: Resources that the running command has opened.
_OPENED = ExitStack()


def read_settings() -> Settings:
    """The settings of this process."""
    from placet.settings import load_settings

    return load_settings()


def application() -> Application:
    """The application over the database of the settings; it is closed when the command ends.

    A remark says so where a variable names a server: other commands would go there.
    """
    if os.environ.get("PLACET_URL"):
        OUT.note(
            "this command acts on the local database; PLACET_URL is for item, transitions, move, history, thread, "
            "vote, confirm and ask"
        )
    with loading():
        from placet.app import build

        opened = build(read_settings())
    return _OPENED.enter_context(closing(opened))


def administrator() -> Actor:
    """The actor of commands on this machine: an administrator, and not a person."""
    from placet.engine.engine import SYSTEM_ACTOR

    return SYSTEM_ACTOR


def close_opened() -> None:
    """Close the command's resources."""
    _OPENED.close()


@contextmanager
def workspace_log(workspace: str, progress: Callable[[float], None] | None = None) -> Iterator[WorkspaceLog]:
    """The log of a workspace, which an administrator of this machine may read.

    Raises:
        NotFoundError: the workspace does not exist.
    """
    from placet.app import build
    from placet.engine.engine import SYSTEM_ACTOR

    with (
        closing(build(read_settings())) as opened,
        opened.engine.event_log.of_workspace(SYSTEM_ACTOR, workspace, progress) as log,
    ):
        yield log


def workflow_of(id: str, workspace: str | None = None) -> Workflow:
    """A workflow: as its method defines it, or as a workspace composes it.

    Raises:
        NotFoundError: with the nearest names.
    """
    from placet.cli.compositions import found

    return found(read_settings(), id, workspace).workflow
