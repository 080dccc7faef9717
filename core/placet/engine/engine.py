"""The engine: all subjects on one object, and the only writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from placet.catalog.discovery import Registry
from placet.engine.act.access import Expected
from placet.engine.act.environment import Derived
from placet.engine.act.people import Actor
from placet.engine.act.plugin_calls import DEADLINE
from placet.engine.act.ports import Clock, EvidenceStore, Observer, Signer, Store, Tracer
from placet.engine.act.proposals import ERASURE, WINDOWS
from placet.engine.act.runner import SYSTEM_ACTOR, ActRunner
from placet.engine.approvals.asks import Asks
from placet.engine.approvals.confirmations import Confirmations
from placet.engine.approvals.delegations import Delegations
from placet.engine.approvals.verbs import Approvals
from placet.engine.approvals.waivers import Waivers
from placet.engine.items.agenda import Agenda, declare
from placet.engine.items.erasing import Erasing, erase
from placet.engine.items.evidence import EvidenceVerbs
from placet.engine.items.verbs import Items
from placet.engine.items.writer import ItemWriter
from placet.engine.moved import BulkResult, Idempotency, Moved, Wish
from placet.engine.notifications.choices import Choices
from placet.engine.notifications.deliveries import Deliveries
from placet.engine.notifications.inbox import Inbox
from placet.engine.notifications.preferences import PreferenceVerbs
from placet.engine.notifications.rules import CORE_RULES
from placet.engine.notifications.verbs import Notifications
from placet.engine.notifications.workspace_rules import WORKSPACE_RULES
from placet.engine.reports.checkpoints import Checkpoints
from placet.engine.reports.event_log import EventLog
from placet.engine.reports.metrics import Metrics
from placet.engine.reports.verbs import Reports
from placet.engine.reports.verifications import Verifications
from placet.engine.rules.computed import computed_again
from placet.engine.rules.previews import Explanation
from placet.engine.rules.spans import span_of
from placet.engine.timers.marks import advanced
from placet.engine.timers.schedules import rescheduled, schedule
from placet.engine.timers.verbs import Timers
from placet.engine.transitions import Transitions
from placet.engine.upkeep import Upkeep
from placet.engine.workspaces.changing import ConfigurationWriter
from placet.engine.workspaces.departures import Departures
from placet.engine.workspaces.installation import Installation
from placet.engine.workspaces.offices import Offices
from placet.engine.workspaces.people import People
from placet.engine.workspaces.proposals import Proposals
from placet.engine.workspaces.proposing import propose_erasure, propose_windows
from placet.engine.workspaces.verbs import Workspaces

__all__ = ["SYSTEM_ACTOR", "Engine"]

#: Computations that units of work are given from the subjects above them.
_DERIVED = Derived(span_of, schedule, rescheduled, advanced, computed_again)


class Engine:
    """All verbs, by subject; those of transitions are on the engine itself. The first argument of each is the actor.

    Verbs are plain and synchronous. Every refusal is an error of `placet.errors`: nothing is written then, except the
    record of a refused transition.
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        clock: Clock,
        evidence: EvidenceStore,
        *,
        mails: bool = False,
        check_deadline: float = DEADLINE,
        tracer: Tracer | None = None,
        others_tokens_decide: bool = False,
        two_administrators: bool = False,
        signer: Signer | None = None,
    ) -> None:
        """Take the outside world.

        Args:
            store: the database.
            registry: the installed methods.
            clock: the source of time.
            evidence: the store of files.
            mails: whether mail can be sent to people's own addresses.
            check_deadline: seconds of its own that plugins' code may take.
            tracer: follows acts.
            others_tokens_decide: whether people can vote, confirm and waive with tokens that somebody else made.
            two_administrators: whether offices of the installation are given, and people erased, by two administrators.
            signer: the key of checkpoints; without one, none can be made.
        """
        self.clock = clock
        self._evidence = evidence
        self._signer = signer
        self._others_tokens_decide = others_tokens_decide
        self._two_administrators = two_administrators
        self._acts = ActRunner(
            store, registry, clock, evidence, _DERIVED, check_deadline=check_deadline, tracer=tracer,
            others_tokens_decide=others_tokens_decide,
        )  # fmt: skip
        self._connect(self._acts, evidence, Choices(mails=mails))

    def _connect(self, acts: ActRunner, evidence: EvidenceStore, choices: Choices) -> None:
        """Connect the subjects."""
        self._choices = choices
        self._transitions = Transitions(acts)
        self.items = Items(acts)
        self.evidence = EvidenceVerbs(acts, evidence)
        self.agenda = Agenda(acts, propose_windows)
        self.erasing = Erasing(acts, propose_erasure)
        self.approvals = Approvals(acts)
        self.waivers = Waivers(acts)
        self.asks = Asks(acts)
        self.confirmations = Confirmations(acts, lambda unit, item: ItemWriter(unit).settled(item))
        self.delegations = Delegations(acts)
        self.timers = Timers(acts)
        core, always = ([rule.id for rule in rules] for rules in (CORE_RULES, WORKSPACE_RULES))
        writer = ConfigurationWriter(acts.registry, core, always)
        self.workspaces = Workspaces(acts, writer)
        self.proposals = Proposals(acts, writer, {WINDOWS: declare, ERASURE: erase})
        two = self._two_administrators
        self.people = People(acts, two_administrators=two)
        self.departures = Departures(acts, self.people.forget_tokens, two_administrators=two)
        self.offices = Offices(
            acts, self.departures.erased, self.departures.erase_comments, self.people.forget_tokens
        )
        self.installation = Installation(acts)
        self.notifications = Notifications(acts, choices)
        self.inbox = Inbox(acts)
        self.preferences = PreferenceVerbs(acts, choices)
        self.deliveries = Deliveries(acts)
        self.reports = Reports(acts, self.approvals, self.confirmations)
        self.event_log = EventLog(acts)
        self.checkpoints = Checkpoints(acts, self._signer)
        self.verifications = Verifications(acts)
        self.metrics = Metrics(acts)
        self.upkeep = Upkeep(acts)

    def explain(self, actor: Actor, key: str, *, as_of: datetime | None = None) -> Explanation:
        """Every transition defined from the item's state, for the actor; `as_of` looks ahead."""
        return self._transitions.explain(actor, key, as_of=as_of)

    def transition(
        self,
        actor: Actor,
        key: str,
        transition: str,
        *,
        fields: Mapping[str, Any] | None = None,
        comment: str = "",
        expected: Expected = None,
        idempotency: Idempotency | None = None,
        dry_run: bool = False,
        as_of: datetime | None = None,
    ) -> Moved:
        """Move an item, or report every blocker: see `Transitions.transition`."""
        return self._transitions.transition(
            actor, key, transition, fields=fields, comment=comment, expected=expected, idempotency=idempotency,
            dry_run=dry_run, as_of=as_of,
        )  # fmt: skip

    def bulk(self, actor: Actor, wishes: Sequence[Wish], *, atomic: bool) -> tuple[BulkResult, ...]:
        """Make several transitions, one by one or all or none: see `Transitions.bulk`."""
        return self._transitions.bulk(actor, wishes, atomic=atomic)

    @property
    def observer(self) -> Observer | None:
        """The observer of requested transitions and their results."""
        return self._transitions.observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        self._transitions.observer = observer

    def by_clock(self, clock: Clock) -> Engine:
        """An engine over the same store, methods and files with another source of time, for a demonstration."""
        return Engine(
            self._acts.store,
            self._acts.registry,
            clock,
            self._evidence,
            others_tokens_decide=self._others_tokens_decide,
            signer=self._signer,
        )
