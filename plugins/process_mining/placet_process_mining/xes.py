"""The log as XES (IEEE 1849): a trace for each item, with its events in order.

Names with a colon are those of the standard's extensions; all others are the members of an event in the API, and
`field.NAME` for a changed field. Characters that XML cannot contain become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from typing import Any

from lxml import etree

from placet_process_mining.log import Entry, Log, entries, moment
from placet_process_mining.values import BOOLEAN, FLOAT, INTEGER, STRING, TIME, Kinds, text

_EXTENSIONS = (
    ("Concept", "concept"), ("Time", "time"), ("Organizational", "org"), ("Lifecycle", "lifecycle"),
    ("Identity", "identity"),
)  # fmt: skip
_TAGS = {STRING: "string", INTEGER: "int", FLOAT: "float", BOOLEAN: "boolean", TIME: "date"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def written(log: Log) -> Iterator[bytes]:
    """The document in small parts."""
    sink, known = BytesIO(), Kinds(log)

    def taken() -> bytes:
        file.flush()
        part = sink.getvalue()
        sink.seek(0)
        sink.truncate()
        return part

    with etree.xmlfile(sink, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("log", {"xes.version": "1849-2016", "xes.features": ""}):
            _head(file)
            for _, history in groupby(entries(log), lambda entry: entry.event.number):
                with file.element("trace"):
                    for n, entry in enumerate(history):
                        if n == 0:
                            _trace(file, entry)
                        file.write(_event(entry, known.of(entry)))
                        yield taken()
                    file.write("\n")
    yield sink.getvalue()


def _head(file: Any) -> None:
    for name, prefix in _EXTENSIONS:
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        file.write(etree.Element("extension", name=name, prefix=prefix, uri=uri))
    for scope, names in (("trace", ("concept:name",)), ("event", ("concept:name", "org:resource", "kind"))):
        shared = etree.Element("global", scope=scope)
        for name in names:
            _add(shared, "string", name, "unknown")
        file.write(shared)
    file.write(etree.Element("classifier", name="Activity", keys="concept:name"))


def _trace(file: Any, entry: Entry) -> None:
    event = entry.event
    written = {"concept:name": event.key, "type": entry.type, "title": event.data.get("title"),
            "parent": event.data.get("parent")}  # fmt: skip
    for name, value in written.items():
        if value is not None:
            file.write(etree.Element("string", key=name, value=_NOT_XML.sub("\ufffd", value)))


def _event(entry: Entry, known: dict[str, str]) -> Any:
    event = entry.event
    written = etree.Element("event")
    written.tail = "\n"
    _add(written, "string", "concept:name", entry.activity)
    _add(written, "date", "time:timestamp", moment(event.at))
    _add(written, "string", "org:resource", event.actor)
    _add(written, "string", "lifecycle:transition", "complete")
    _add(written, "id", "identity:id", event.id)
    _add(written, "string", "kind", event.kind)
    for name in ("from_state", "to_state", "comment", "on_behalf_of", "definition"):
        if event.data.get(name) is not None:
            _add(written, "string", name, event.data[name])
    for name, value in entry.fields.items():
        if value is not None:
            _add(written, _tag(known.get(name, STRING), value), f"field.{name}", text(value))
    return written


def _tag(kind: str, value: Any) -> str:
    """The tag for a value; text if the kind in the definition does not fit it."""
    fits = {
        INTEGER: type(value) is int, FLOAT: type(value) in {int, float}, BOOLEAN: type(value) is bool,
        TIME: isinstance(value, str),
    }  # fmt: skip
    return _TAGS[kind] if fits.get(kind) else "string"


def _add(parent: Any, tag: str, key: str, value: str) -> None:
    etree.SubElement(parent, tag, key=key, value=_NOT_XML.sub("\ufffd", value))
