"""A task with a state, and the log of what happened to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_fsm import FSMField, transition

from benchmarks.toy import ESTIMATE_LIMIT


def prepared(task: Task) -> bool:
    return bool(task.owner and task.estimate)


def small_enough(task: Task) -> bool:
    return task.estimate <= ESTIMATE_LIMIT


GATES = [prepared, small_enough]


class Task(models.Model):
    title = models.CharField(max_length=200)
    state = FSMField(default="ready", protected=True)
    version = models.BigIntegerField(default=1)
    owner = models.CharField(max_length=100, blank=True)
    estimate = models.IntegerField(null=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "id"]), models.Index(fields=["updated_at", "id"])]

    @transition(field=state, source="ready", target="doing", conditions=GATES)
    def start(self) -> None:
        self.version += 1

    @transition(field=state, source="doing", target="ready", conditions=GATES)
    def stop(self) -> None:
        self.version += 1

    @transition(field=state, source="doing", target="done", conditions=GATES)
    def finish(self) -> None:
        self.version += 1


class Log(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    seq = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=100)
    transition = models.CharField(max_length=100)
    from_state = models.CharField(max_length=100)
    to_state = models.CharField(max_length=100)
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "seq"], name="log_of_task")]
