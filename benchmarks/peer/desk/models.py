"""What the desk's people work on."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import FSMField, transition

from benchmarks.peer.desk import gates, hours

USER = settings.AUTH_USER_MODEL
QUORUM = 1
_APPROVAL_LASTS = timedelta(days=30)
_HISTORY = timedelta(days=90)
_PATTERN = timedelta(days=30)
BUFFER = timedelta(minutes=30)
UNDER_WAY = ("implement", "backing_out", "failed")
OPEN = ("new", "triaged", "in_progress", "pending")
KNOWN = ("known_error", "fixing", "observing", "accepted")
_USERS, _OUTAGE = (1, 50, 500, 5000), (0, 15, 60, 240)
DATA = ("public", "internal", "confidential", "restricted", "regulated")
_BANDS = ((4, "low"), (9, "medium"), (16, "high"), (25, "very_high"))
_MATRIX = ("P1 P1 P2 P3", "P1 P2 P3 P3", "P2 P3 P3 P4", "P3 P3 P4 P4")
_TARGETS = {
    "P1": (timedelta(minutes=15), timedelta(hours=4), False),
    "P2": (timedelta(minutes=30), timedelta(hours=8), False),
    "P3": (timedelta(hours=4), timedelta(hours=24), True),
    "P4": (timedelta(hours=8), timedelta(hours=40), True),
}
_REMIND_DAYS, _SILENT_DAYS, _CLOSE_DAYS, _DECIDE_DAYS = 2, 6, 5, 2
#: What an approval was given for.
_APPROVED = (
    "reason", "planned_start", "planned_end", "implementation_plan", "test_plan", "backout_plan", "novelty",
    "complexity", "testing", "backout",
)  # fmt: skip


def in_group(name: str) -> Any:
    """Permission of a transition: the user has one of the roles."""
    return lambda _, user: name in user.role_names


class ConfigurationItem(models.Model):
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=50)
    state = models.CharField(max_length=20, default="planned")
    criticality = models.IntegerField()
    data_class = models.CharField(max_length=20)
    owner = models.CharField(max_length=100)
    maintenance_only = models.BooleanField(default=False)
    depends_on: Any = models.ManyToManyField("self", symmetrical=False, related_name="needed_by")


class Window(models.Model):
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20, default="in_force")
    start = models.DateTimeField()
    end = models.DateTimeField()
    until = models.DateTimeField(null=True)
    rrule = models.CharField(max_length=200, blank=True)
    cis: Any = models.ManyToManyField(ConfigurationItem)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "start", "until"])]


class Problem(models.Model):
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    category = models.CharField(max_length=100, db_index=True)
    cis: Any = models.ManyToManyField(ConfigurationItem)


class Record(models.Model):
    """What changes and incidents have in common."""

    title = models.CharField(max_length=200)
    version = models.BigIntegerField(default=1)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Change(Record):
    state = FSMField(default="new", protected=True)
    type = models.CharField(max_length=20)
    reason = models.CharField(max_length=20)
    cis: Any = models.ManyToManyField(ConfigurationItem, related_name="changes")
    planned_start = models.DateTimeField(null=True)
    planned_end = models.DateTimeField(null=True)
    planned_outage_min = models.IntegerField(null=True)
    users_affected = models.IntegerField(null=True)
    data_class = models.CharField(max_length=20, choices=[(name, name) for name in DATA])
    novelty = models.IntegerField(null=True)
    complexity = models.IntegerField(null=True)
    testing = models.IntegerField(null=True)
    backout = models.IntegerField(null=True)
    implementation_plan = models.TextField(blank=True)
    test_plan = models.TextField(blank=True)
    backout_plan = models.TextField(blank=True)
    backout_max_min = models.IntegerField(null=True)
    implementer = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    actual_start = models.DateTimeField(null=True)
    actual_end = models.DateTimeField(null=True)
    plan_edited_at = models.DateTimeField(auto_now_add=True)
    risk_score = models.IntegerField(null=True)
    risk_class = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "planned_start", "planned_end"]),
            models.Index(fields=["state", "actual_end"]),
        ]

    # What is looked up, once in a request

    @cached_property
    def items(self) -> list[ConfigurationItem]:
        return list(self.cis.all())

    @cached_property
    def windows(self) -> list[Window]:
        found = Window.objects.filter(
            Q(until__isnull=True) | Q(until__gt=self.planned_start),
            state="in_force",
            start__lt=self.planned_end,
        )
        return list(found.prefetch_related("cis"))

    @cached_property
    def collisions(self) -> list[Change]:
        """Other changes on the same items at the same time. Those that are only asked for block nothing."""
        on = Change.objects.filter(cis__in=self.items).exclude(pk=self.pk)
        meeting = {
            "planned_start__lt": self.planned_end + BUFFER,
            "planned_end__gt": self.planned_start - BUFFER,
        }
        scheduled = list(on.filter(state="scheduled", **meeting))
        late = [
            each for each in on.filter(state__in=UNDER_WAY) if each.planned_start < self.planned_end + BUFFER
        ]
        self.asked_for = list(on.filter(state="authorize", **meeting))
        return scheduled + late + self._related_collisions(meeting)

    def _related_collisions(self, meeting: dict[str, datetime]) -> list[Change]:
        """The same on what these depend on, and on what depends on them."""
        near = ConfigurationItem.objects.filter(Q(needed_by__in=self.items) | Q(depends_on__in=self.items))
        related = list(near.distinct())
        if not related:
            return []
        return list(Change.objects.filter(cis__in=related, state__in=("scheduled", *UNDER_WAY), **meeting))

    @cached_property
    def tests(self) -> list[Evidence]:
        return list(self.evidence.filter(kind="test_result"))

    @cached_property
    def approval(self) -> Approval | None:
        return self.approvals.order_by("-id").first()

    # What follows from it

    def score(self) -> None:
        """Its risk: the worst impact times the mean likelihood, to which failures on the same items add."""
        on = Change.objects.filter(cis__in=self.items).exclude(pk=self.pk)
        since = timezone.now() - _HISTORY
        ended = on.filter(state__in=("review", "closed"), actual_end__gte=since)
        failures = sum(each.outcome in {"failed", "backed_out"} for each in ended) + len(
            on.filter(state="failed")
        )
        answers = (self.novelty, self.complexity, self.testing, self.backout)
        if None in answers or not self.items:
            return
        likelihood = (*answers, min(1 + failures, 5))
        impact = max(
            *(item.criticality for item in self.items),
            1 + sum(self.users_affected >= step for step in _USERS),
            1 + sum(self.planned_outage_min > step for step in _OUTAGE),
            1 + DATA.index(self.data_class),
        )
        self.risk_score = impact * ((2 * sum(likelihood) + len(likelihood)) // (2 * len(likelihood)))
        self.risk_class = next(name for limit, name in _BANDS if self.risk_score <= limit)

    def digest(self) -> str:
        """Of what is authorized."""
        reported = [str(getattr(self, name)) for name in _APPROVED] + sorted(
            str(item.pk) for item in self.items
        )
        return sha256("\n".join(reported).encode()).hexdigest()

    # Its moves

    @transition(state, "new", "assess", conditions=[gates.described, gates.is_normal],
                permission=in_group("change_initiator"))  # fmt: skip
    def submit(self) -> None: ...

    @transition(state, "assess", "authorize", conditions=[gates.risk_scored, gates.plans_complete, gates.tested],
                permission=in_group("change_manager"))  # fmt: skip
    def request_authorization(self) -> None:
        self.approvals.create(
            kind="change", status="pending", digest=self.digest(), expires_at=timezone.now() + _APPROVAL_LASTS
        )
        self.clocks.create(name="authorization", due_at=hours.days_after(timezone.now(), _DECIDE_DAYS))

    @transition(state, "authorize", "scheduled",
                conditions=[gates.is_normal, gates.lead_time, gates.no_freeze, gates.no_collision,
                            gates.authority_granted],
                permission=in_group("change_manager"))  # fmt: skip
    def authorize_change(self) -> None:
        self.clocks.filter(name="authorization").update(status="met")
        self.clocks.create(name="missed", due_at=self.planned_end)

    @transition(state, ["assess", "authorize", "scheduled"], "new", permission=in_group("change_manager"))
    def send_back(self) -> None:
        self.approvals.update(status="void")

    @transition(
        state, ["assess", "authorize", "scheduled"], "cancelled", permission=in_group("change_initiator")
    )
    def cancel_change(self) -> None: ...

    @transition(state, ["new", "assess", "authorize", "scheduled"], None, conditions=[gates.exemption_needed],
                permission=in_group("change_initiator"))  # fmt: skip
    def request_exemption(self) -> None: ...

    @transition(state, "scheduled", None, conditions=[gates.no_freeze, gates.no_collision, gates.lead_time],
                permission=in_group("change_initiator"))  # fmt: skip
    def reschedule(self) -> None: ...

    @transition(state, "scheduled", "implement",
                conditions=[gates.approval_valid, gates.inside_window, gates.no_freeze, gates.no_collision],
                permission=in_group("change_implementer"))  # fmt: skip
    def start_implementation(self) -> None:
        self.actual_start = timezone.now()


class Approval(models.Model):
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def decide(self, user: Any, decision: str) -> None:
        """Count a vote. Nobody votes on what they raised or implement, or twice."""
        if user.pk == self.change.created_by_id or user.username == self.change.implementer:
            raise gates.RefusedError("nobody votes on a change that they raised or implement")
        Vote.objects.create(approval=self, voter=user, decision=decision)
        votes = list(self.votes.all())
        if any(vote.decision == "reject" for vote in votes):
            self.status = "rejected"
        elif len(votes) >= QUORUM:
            self.status = "granted"
            self.change.clocks.filter(name="authorization").update(status="stopped")
        self.save(update_fields=["status"])


class Vote(models.Model):
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(USER, on_delete=models.PROTECT)
    decision = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["approval", "voter"], name="one_vote")]


class Evidence(models.Model):
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=50)
    url = models.URLField()
    sha256 = models.CharField(max_length=64, db_index=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)


class Incident(Record):
    state = FSMField(default="new", protected=True)
    summary = models.CharField(max_length=200)
    symptoms = models.TextField(blank=True)
    channel = models.CharField(max_length=20)
    impact = models.IntegerField(null=True)
    urgency = models.IntegerField(null=True)
    priority = models.CharField(max_length=2, blank=True, db_index=True)
    category = models.CharField(max_length=100, blank=True)
    cis: Any = models.ManyToManyField(ConfigurationItem, related_name="incidents", blank=True)
    assignee = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="assigned")
    support_level = models.IntegerField(default=1)
    group = models.CharField(max_length=100, blank=True)
    pending_reason = models.CharField(max_length=50, blank=True)
    resolution_code = models.CharField(max_length=50, blank=True)
    resolution_notes = models.TextField(blank=True)
    first_response_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    reopen_count = models.IntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["category", "state"])]

    @cached_property
    def items(self) -> list[ConfigurationItem]:
        return list(self.cis.all())

    @cached_property
    def sla(self) -> dict[str, Clock]:
        return {clock.name: clock for clock in self.clocks.all()}

    def begin(self) -> None:
        """Its clocks, whose ends are known as soon as it has a priority."""
        Clock.objects.bulk_create(Clock(incident=self, name=name) for name in ("response", "resolution"))

    def _set(self, name: str, **values: Any) -> None:
        clock = self.sla.get(name) or Clock(incident=self, name=name)
        for field, value in values.items():
            setattr(clock, field, value)
        clock.save()

    # Its moves

    @transition(
        state, "new", "triaged", conditions=[gates.classified], permission=in_group("service_desk_analyst")
    )
    def triage(self) -> None:
        self.priority = _MATRIX[self.impact - 1].split()[self.urgency - 1]
        response, resolution, business = _TARGETS[self.priority]
        for name, target in (("response", response), ("resolution", resolution)):
            due = hours.after(self.created_at, target) if business else self.created_at + target
            self._set(name, due_at=due)
        self._look_for_known_errors()
        self._look_for_pattern()

    def _look_for_known_errors(self) -> None:
        on = Problem.objects.filter(state__in=KNOWN)
        self.known_errors = list(on.filter(cis__in=self.items)) + list(on.filter(category=self.category))

    def _look_for_pattern(self) -> None:
        """The third of one category on one item within a month makes a problem."""
        alike = Incident.objects.filter(category=self.category, cis__in=self.items).exclude(pk=self.pk)
        still = list(alike.filter(state__in=OPEN))
        lately = list(
            alike.filter(state__in=("resolved", "closed"), resolved_at__gte=timezone.now() - _PATTERN)
        )
        if len(still) + len(lately) >= 2:
            problem = Problem.objects.create(title=self.title, state="logged", category=self.category)
            problem.cis.set(self.items)

    @transition(state, "triaged", "in_progress", conditions=[gates.assigned], permission=in_group("resolver"))
    def start_work(self) -> None:
        now = timezone.now()
        self.first_response_at = self.first_response_at or now
        self._set("response", status="met", spent=hours.between(self.created_at, now))

    @transition(
        state, "in_progress", "pending", conditions=[gates.pending_reason], permission=in_group("resolver")
    )
    def pend(self) -> None:
        now = timezone.now()
        self._set("resolution", status="paused", spent=hours.between(self.created_at, now))
        if self.pending_reason == "awaiting_user":
            self._set("user_reminder", status="running", due_at=hours.days_after(now, _REMIND_DAYS))
            self._set("user_silent", status="running", due_at=hours.days_after(now, _SILENT_DAYS))

    @transition(state, "pending", "in_progress", conditions=[gates.own_item], permission=in_group("resolver"))
    def resume(self) -> None:
        self.pending_reason = ""
        left = _TARGETS[self.priority][1] - self.sla["resolution"].spent
        self._set("resolution", status="running", due_at=hours.after(timezone.now(), left))
        for name in ("user_reminder", "user_silent"):
            if name in self.sla:
                self._set(name, status="stopped")

    @transition(state, "in_progress", "resolved", conditions=[gates.resolution_recorded, gates.major_over],
                permission=in_group("resolver"))  # fmt: skip
    def resolve(self) -> None:
        now = self.resolved_at = timezone.now()
        self._set("resolution", status="met", spent=hours.between(self.created_at, now))
        self._set("autoclose", status="running", due_at=hours.days_after(now, _CLOSE_DAYS))

    @transition(
        state, "resolved", "in_progress", conditions=[gates.own_item], permission=in_group("resolver")
    )
    def reopen(self) -> None:
        self.reopen_count += 1

    @transition(
        state, "resolved", "closed", conditions=[gates.own_item], permission=in_group("service_desk_analyst")
    )
    def close(self) -> None: ...

    @transition(state, ["new", "triaged"], "cancelled", permission=in_group("service_desk_analyst"))
    def cancel_incident(self) -> None: ...

    @transition(state, ["in_progress", "pending"], "triaged", conditions=[gates.next_level],
                permission=in_group("resolver"))  # fmt: skip
    def escalate_functional(self) -> None:
        self.support_level += 1


class Clock(models.Model):
    """What was promised, or when somebody is reminded."""

    incident = models.ForeignKey(Incident, null=True, on_delete=models.CASCADE, related_name="clocks")
    change = models.ForeignKey(Change, null=True, on_delete=models.CASCADE, related_name="clocks")
    name = models.CharField(max_length=50)
    status = models.CharField(max_length=20, default="running")
    due_at = models.DateTimeField(null=True)
    spent = models.DurationField(default=timedelta())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "due_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "name"], name="clock_of_incident"),
            models.UniqueConstraint(fields=["change", "name"], name="clock_of_change"),
        ]


class Log(models.Model):
    """What happened to a change or an incident."""

    change = models.ForeignKey(Change, null=True, on_delete=models.CASCADE, related_name="log")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.CASCADE, related_name="log")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=100)
    transition = models.CharField(max_length=100, blank=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    comment = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "seq"], name="log_of_change"),
            models.UniqueConstraint(fields=["incident", "seq"], name="log_of_incident"),
        ]
