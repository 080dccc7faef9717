"""Traces: what a collector is sent, and that nothing is where none is configured."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from patience import PATIENCE

from placet.app import build
from placet.errors import SettingsError
from placet.settings import Settings

if TYPE_CHECKING:
    from .conftest import Shop

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector:
    """Takes spans by OTLP over HTTP."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        spans = self.spans

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = ExportTraceServiceRequest()
                sent.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
                spans.extend(s for r in sent.resource_spans for scope in r.scope_spans for s in scope.spans)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base's
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}/v1/traces"

    def named(self, name: str, count: int = 1) -> list[Any]:
        """The spans of a name, once there are so many."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = [span for span in self.spans if span.name == name]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, [span.name for span in self.spans]
            time.sleep(0.05)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


def test_a_request_and_its_act_are_spans_of_the_callers_trace(
    collector: Collector, serve: Callable[..., Shop], database_url: str
) -> None:
    """The act lies within the request, on both databases."""
    shop = serve(database_url, traces_endpoint=collector.endpoint)
    key = shop.wish(fault="dark", hours=2)
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}

    shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"}, headers=headers)

    (request,) = collector.named("transition_item")
    (act,) = collector.named("act transition")
    assert request.trace_id.hex() == act.trace_id.hex() == TRACE
    assert request.parent_span_id.hex() == "00f067aa0ba902b7"
    assert act.parent_span_id == request.span_id
    assert attributes(request) == {
        "http.request.method": "POST",
        "placet.operation": "transition_item",
        "http.response.status_code": 200,
    }
    assert attributes(act)["placet.act"] == "transition SHOP start"


def test_a_refusal_is_an_outcome_and_no_error(
    collector: Collector, serve: Callable[..., Shop], sqlite_url: str
) -> None:
    """Nobody is woken because somebody forgot a field."""
    shop = serve(sqlite_url, traces_endpoint=collector.endpoint)
    key = shop.wish()

    shop.ben.post("/items", json={"workspace": "SHOP", "type": "shop.odd", "title": "x"})
    shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"})

    (request,) = collector.named("transition_item")
    refused = [span for span in collector.named("act create", 2) if "placet.outcome" in attributes(span)]
    assert attributes(request)["http.response.status_code"] == 409
    assert [attributes(span)["placet.outcome"] for span in refused] == ["InvalidError"]
    assert {span.status.code for span in (request, *refused)} == {0}


def test_nothing_of_it_is_loaded_where_it_is_not_configured(sqlite_url: str) -> None:
    program = (
        "import sys; from placet.app import build; from placet.settings import Settings; "
        f"build(Settings(database_url={sqlite_url!r})).close(); "
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )

    reported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert reported.stdout.strip() == "[]"


def test_what_sends_it_has_to_be_installed(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "placet.tracing", None)

    with pytest.raises(SettingsError, match=r"install placet\[tracing\]"):
        build(Settings(database_url=sqlite_url, traces_endpoint="http://127.0.0.1:4318/v1/traces"))
