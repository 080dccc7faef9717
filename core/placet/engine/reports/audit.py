"""Verification of everything: histories, what follows from them, the log, and what it refers to.

It works in batches, each in a consistent view of its own, so that it keeps no transaction open and can go on later. It
keeps the state of one item at a time, and of administration one row for each workspace, person, token and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from placet.engine.act.access import places
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.kept_checkpoints import roots
from placet.engine.reports.verification import administration, items, log
from placet.engine.reports.verification.findings import AuditFinding, Findings
from placet.engine.reports.verification.histories import UNFIT
from placet.errors import MalformedError, NotFoundError

_STEPS = ("workspace", "items", "histories", "installation", "positions", "definitions", "evidence")
_CURSOR = re.compile(rf"({'|'.join(_STEPS)}):([A-Za-z0-9_-]*):([0-9A-Za-z_.-]*)")


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of a verification, or of its part."""

    ok: bool
    #: Number of events that were verified.
    events: int
    first_bad: AuditFinding | None = None
    #: The first findings, `first_bad` among them.
    findings: tuple[AuditFinding, ...] = ()
    #: Number of all findings.
    found: int = 0
    #: Where to go on; `None` once all is verified.
    next_cursor: str | None = None
    #: The subjects of the findings: keys of workspaces, `installation`, and `log` for the log as a whole.
    subjects: frozenset[str] = frozenset()


class _Step(NamedTuple):
    """A part of a verification."""

    name: str
    workspace: str = ""
    after: str = ""

    @property
    def cursor(self) -> str:
        return ":".join(self)


#: Called after each batch with what was found so far, and the cursor from which it could go on.
Progress = Callable[[Audit], None]


class Auditor:
    """Verification, for those who may see what is verified. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def verify(
        self,
        actor: Actor,
        workspace: str | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
        on_progress: Progress | None = None,
    ) -> Audit:
        """Verify every history that the actor may see, and all that follows from them.

        For administrators and auditors of all this includes the installation: people and tokens, positions,
        checkpoints, stored definitions, and files of evidence.

        Args:
            actor: who asks.
            workspace: the key of one workspace; all that the actor sees if left out.
            after: the cursor from which to go on.
            limit: the number of events and positions after which it stops at the end of a batch; `None` for all.
            on_progress: called after each batch.

        Raises:
            MalformedError: `after` is not a cursor of a verification of these workspaces.
            NotFoundError: the workspace.
        """
        self._acts.store.settle()
        run = _Run(self._acts)
        whole = workspace is None and (actor.admin or actor.auditor)
        steps = _steps(self._acts.look(lambda unit: _places(unit, actor, workspace)), whole=whole)
        step = _begin(steps, after)
        while step is not None and (limit is None or run.findings.events + run.findings.places < limit):
            step = run.next(steps, step)
            if on_progress is not None and step is not None:
                on_progress(_audit(run.findings, step))
        return _audit(run.findings, step)


class _Run:
    """One verification, or its part: what it has found, and how far the positions are followed."""

    def __init__(self, acts: ActRunner) -> None:
        self._look = acts.look
        self.findings = Findings()
        #: They hold all checkpoints, which are read once.
        self._positions: log.Positions | None = None

    def next(self, steps: Sequence[_Step], step: _Step) -> _Step | None:
        """Take a batch of a step; returns the step to go on with."""
        try:
            left = self._taken(step)
        except UNFIT as error:
            # Whatever cannot be read, such as a note of the installation, is a finding, and the rest is verified.
            said = f"it cannot be read: {type(error).__name__} {error}"
            self.findings.add(step.workspace or log.KEY, said, place=step.name)
            left = None
        if left is not None:
            return step._replace(after=left)
        follows = steps.index(step._replace(after="")) + 1
        return steps[follows] if follows < len(steps) else None

    def _taken(self, step: _Step) -> str | None:
        """Take a batch of a step; returns how far it has got, or `None` at its end."""
        look, findings = self._look, self.findings
        match step.name:
            case "workspace":
                look(partial(administration.verified_workspace, workspace=step.workspace, findings=findings))
            case "items":
                after = int(step.after or "0")
                last = look(partial(items.verified, workspace=step.workspace, after=after, findings=findings))
                return None if last is None else str(last)
            case "histories":
                look(partial(_strangers, findings=findings))
            case "installation":
                look(partial(administration.verified_installation, findings=findings))
            case "positions":
                return self._followed(step.after)
            case "definitions":
                look(partial(log.verified_definitions, findings=findings))
            case _:
                return look(partial(log.verified_evidence, after=step.after, findings=findings))
        return None

    def _followed(self, after: str) -> str | None:
        """Follow a batch of positions; see `_taken`."""
        if self._positions is None:
            kept = self._look(lambda unit: unit.session.audit.tree())
            self._positions = log.Positions(self._look(roots), kept, self.findings, log.read_tree(after))
        if self._look(self._positions.follow):
            return log.written_tree(self._positions.tree)
        self._look(self._positions.end)
        return None


def _steps(workspaces: Sequence[str], *, whole: bool) -> list[_Step]:
    steps = [_Step(name, each) for each in workspaces for name in ("workspace", "items")]
    return steps + [_Step(name) for name in _STEPS[2:]] if whole else steps


def _audit(findings: Findings, step: _Step | None) -> Audit:
    kept = findings.kept
    return Audit(
        not kept, findings.events, kept[0] if kept else None, tuple(kept), findings.number,
        None if step is None else step.cursor, frozenset(findings.subjects),
    )  # fmt: skip


def _begin(steps: Sequence[_Step], after: str | None) -> _Step | None:
    if after is None:
        return steps[0] if steps else None
    match = _CURSOR.fullmatch(after)
    step = _Step(*match.groups()) if match is not None else None
    if step is None or step._replace(after="") not in steps or not _fits(step):
        raise MalformedError(f'"{after[:80]}" is not a cursor of this verification: leave it out to begin')
    return step


def _fits(step: _Step) -> bool:
    """Whether a step can go on from where its cursor says."""
    match step.name:
        case "items":
            return (step.after or "0").isdecimal()
        case "positions":
            try:
                log.read_tree(step.after)
            except ValueError:
                return False
            return True
        case "evidence":
            return re.fullmatch("[0-9a-f]{0,64}", step.after) is not None
        case _:
            return not step.after


def _places(unit: UnitOfWork, actor: Actor, workspace: str | None) -> Sequence[str]:
    """The keys of the workspaces; who sees all gets them without their configurations, which may be unreadable."""
    if not (actor.admin or actor.auditor):
        return places(unit, actor, workspace)
    keys = unit.session.workspace_keys()
    if workspace is None:
        return keys
    if workspace not in keys:
        raise NotFoundError("workspace", workspace[:100], keys)
    return (workspace,)


def _strangers(unit: UnitOfWork, findings: Findings) -> None:
    """Histories of workspaces that are not there."""
    known = {INSTALLATION, *unit.session.workspace_keys()}
    for name in unit.session.audit.histories():
        if name not in known:
            said = "its events are in the log, and the workspace is not there"
            findings.add(name, said, place="workspaces")
