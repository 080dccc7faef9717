"""Traces for OpenTelemetry, if configured: a span for each request, act and delivery.

The only file that uses OpenTelemetry. It is imported only if traces are sent, like the SDK, which comes with the extra
`placet[tracing]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from placet.errors import PlacetError

#: Milliseconds after which spans are sent, at the latest.
_DELAY = 1000
_PARENT = TraceContextTextMapPropagator()


class Tracing:
    """Sends spans to a collector by OTLP over HTTP, in a thread of its own; spans that cannot be sent are dropped."""

    def __init__(self, endpoint: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # heavy
            OTLPSpanExporter,
        )

        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "placet"}), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=endpoint)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_DELAY))
        self._tracer = self._provider.get_tracer("placet")

    @contextmanager
    def span(
        self, name: str, attributes: Mapping[str, str], *, carrier: Mapping[str, str] | None = None
    ) -> Iterator[Span]:
        """A span around the code inside, which can add attributes to it.

        A refusal is a result, not an error. `carrier` has the headers of a request, with the caller's `traceparent`.
        """
        with self._tracer.start_as_current_span(
            name,
            context=None if carrier is None else _PARENT.extract(carrier),
            kind=SpanKind.INTERNAL if carrier is None else SpanKind.SERVER,
            attributes=dict(attributes),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except PlacetError as refusal:
                span.set_attribute("placet.outcome", type(refusal).__name__)
                raise
            except Exception as error:
                span.record_exception(error)
                span.set_status(Status(StatusCode.ERROR))
                raise

    def close(self) -> None:
        """Send the remaining spans."""
        self._provider.shutdown()
