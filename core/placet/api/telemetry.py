"""Metrics of the server for Prometheus: counted in this process, or read from the database on request.

Each application has a registry of its own; each process reports only itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from placet.app import Application
from placet.definitions.verdicts import Blocker
from placet.store.stats import STATS, Values

MEDIA_TYPE = "text/plain"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """The counters of one application. Implements `placet.engine.act.ports.Observer`."""

    def __init__(self, application: Application) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "placet_requests", "Requests answered.", ["operation", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "placet_request_seconds", "Time until a request was answered.", ["operation"], buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self._transitions = Counter(
            "placet_transitions", "Requested transitions, by result.",
            ["type", "transition", "outcome"], registry=self.registry,
        )  # fmt: skip
        self._blockers = Counter(
            "placet_blockers", "Blockers of refused transitions.", ["gate", "method"],
            registry=self.registry,
        )  # fmt: skip
        #: The counters of each operation and status, as looking them up by their labels costs more than counting.
        self._answers: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        #: The counter of each transition that was made, by item type and name, likewise.
        self._moves: dict[tuple[str, str], Counter] = {}
        self.registry.register(_Store(application))
        ProcessCollector(registry=self.registry)

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        known = self._answers.get((operation, status))
        if known is None:
            known = self._requests.labels(operation, str(status)), self._seconds.labels(operation)
            self._answers[operation, status] = known
        requests, durations = known
        requests.inc()
        durations.observe(seconds)

    def exposition(self, asked: Iterable[Values]) -> bytes:
        """All metrics in Prometheus' text format, with those that are read from the database."""
        found = CollectorRegistry()
        found.register(_Asked(asked))
        return generate_latest(self.registry) + generate_latest(found)

    def moved(self, type: str, transition: str) -> None:
        known = self._moves.get((type, transition))
        if known is None:
            known = self._moves[type, transition] = self._transitions.labels(type, transition, "moved")
        known.inc()

    def refused(self, type: str, transition: str, blockers: Sequence[Blocker]) -> None:
        self._transitions.labels(type, transition, "refused").inc()
        for blocker in blockers:
            self._blockers.labels(blocker.gate, blocker.source).inc()

    def failed(self) -> None:
        # Without names: requested names need not exist, and anybody could fill the registry.
        self._transitions.labels("", "", "error").inc()


class _Store(Collector):
    """The counters of the store."""

    def __init__(self, application: Application) -> None:
        self._store = application.store

    def collect(self) -> Iterable[Metric]:
        contention = self._store.contention
        yield CounterMetricFamily(
            "placet_store_retries", "Attempts that were started again.", contention.retries
        )
        yield CounterMetricFamily(
            "placet_store_given_up", "Acts that were given up, with 503.", contention.given_up
        )
        moved = CounterMetricFamily(
            "placet_store_moved", "Reads that had changed at the commit, by kind.", labels=["family"]
        )
        for family, count in contention.moved.items():
            moved.add_metric([family], count)
        yield moved
        pool = GaugeMetricFamily("placet_database_connections", "Connections of the pool.", labels=["state"])
        for state, count in self._store.connections().items():
            pool.add_metric([state], count)
        yield pool


class _Asked(Collector):
    """The figures that are read from the database, each as a gauge of Prometheus."""

    def __init__(self, found: Iterable[Values]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        for stat, values in zip(STATS, self._found, strict=True):
            family = GaugeMetricFamily(stat.name, stat.meaning, labels=stat.labels)
            for labels, value in values:
                family.add_metric(labels, value)
            yield family
