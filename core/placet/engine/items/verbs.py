"""Verbs on items that are not transitions: make, edit, comment, link, attach, give roles, ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256 as digest_of
from io import BytesIO
from typing import Any, BinaryIO

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Blocker
from placet.engine.act.input import COMMENT_LIMIT, clean_text, parse_key
from placet.engine.act.journal import new_id
from placet.engine.act.ports import Page, Stored
from placet.engine.act.records import Actor, EventRecord, Evidence, ItemRecord, WorkspaceRecord
from placet.engine.act.runner import Kernel, may_see, ref_of
from placet.engine.act.texts import places_of
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import Hand
from placet.engine.rules.previews import LinkEnd
from placet.engine.rules.refusals import method_missing
from placet.errors import BlockedError, ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError

_KIND = re.compile(r"^[a-z][a-z0-9_]{0,63}\Z")
_SHA256 = re.compile(r"^[0-9a-f]{64}\Z")
_URL = re.compile(r"^https?://[^\s]{1,2000}\Z")


class ItemVerbs(Kernel):
    """What people do with items besides moving them."""

    def create(
        self,
        asker: Actor,
        *,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any] | None = None,
        parent: str | None = None,
        links: Sequence[tuple[str, str]] = (),
        state: str | None = None,
    ) -> ItemRecord:
        """Make an item, where the rules allow it in a later state than the first.

        Raises:
            InvalidError: unknown workspace or type, fields that do not fit, a parent or target that is not there, a
                state in which no such item is made.
            ForbiddenError: the asker holds no role that may make one, or may make one in that state.
        """

        def do(work: UnitOfWork) -> ItemRecord:
            try:
                place = self.seen_workspace(work, asker, workspace)
            except NotFoundError:
                known = self.visible_workspaces(work, asker)
                raise InvalidError.unknown("/workspace", "workspace", workspace[:100], known) from None
            catalog = work.catalog(place.key)
            if type not in catalog.item_types:
                method = method_of(type)
                if method in catalog.missing:
                    refusal = method_missing(method, catalog.missing[method], type)
                    raise BlockedError(place.key, "create", [refusal])
                raise InvalidError.unknown("/type", "item type", type[:100], catalog.item_types)
            item_type = catalog.item_type(type)
            self.demand_creator(asker, place, item_type, state)
            _demand_open_fields(asker, item_type, state, fields or {})
            self._demand_visible(work, asker, {"/parent": parent} if parent is not None else {})
            self._demand_visible(work, asker, {f"/links/{n}/target": key for n, (_, key) in enumerate(links)})
            hand = Hand(work)
            record = hand.create(
                place.key, type, title, fields or {}, parent=parent, actor=asker.id, links=links, state=state
            )
            work.write()
            return record

        return self.act(f"create {type}", do)

    def demand_creator(
        self, asker: Actor, place: WorkspaceRecord, item_type: ItemType, state: str | None = None
    ) -> None:
        """Raises `ForbiddenError` for somebody who holds no role that may make items of a type, in a state."""
        creators = item_type.entries.get(state or "", item_type.creators)
        held = {role for role, people in place.roles.items() if asker.id in people}
        if not (held & set(creators) if creators else held) and asker.kind != "system":
            raise ForbiddenError(
                f"{asker.id} may not make a {item_type.id} in {place.key}"
                + (f" that begins in {state}" if state in item_type.entries else ""),
                needs=creators or place.roles,
            )

    def _demand_visible(self, work: UnitOfWork, asker: Actor, keys: Mapping[str, str]) -> None:
        """Raises `InvalidError` for an item that is not there, or that the asker may not see."""
        for pointer, key in keys.items():
            try:
                found = work.item(parse_key(key))
            except NotFoundError:
                found = None
            if found is None or not may_see(work, asker, found):
                raise InvalidError.at(pointer, f'there is no item "{key[:100]}"')

    def item(self, asker: Actor, key: str) -> ItemRecord:
        """The item. Raises `NotFoundError` also where the asker may not see it."""
        return self.look(lambda work: self.seen(work, asker, key))

    def edit(
        self,
        asker: Actor,
        key: str,
        *,
        title: str | None = None,
        fields: Mapping[str, Any] | None = None,
        expected: int | None = None,
    ) -> ItemRecord:
        """Change title and fields (a merge patch). An edit that changes nothing writes nothing.

        Raises:
            BlockedError: a field is frozen in the item's state, or segregation of duties stands against it.
            ForbiddenError, InvalidError, NotFoundError, StaleError
        """

        def do(work: UnitOfWork) -> ItemRecord:
            before = self.seen(work, asker, key)
            self.demand_version(work, before, expected)
            self._demand_editor(work, asker, before, "edit")
            after = Hand(work).edit(ref_of(before), title, fields or {}, asker.id)
            work.write()
            return after

        return self.act(f"edit {_type_hint(key)}", do)

    def _demand_editor(self, work: UnitOfWork, asker: Actor, record: ItemRecord, act: str) -> None:
        if asker.kind == "system":
            return
        place = work.workspace(record.workspace)
        item_type = work.item_type(record)
        held = {role for role, people in place.roles.items() if asker.id in people}
        held |= {role for role, people in record.roles.items() if asker.id in people}
        editors = item_type.editors if item_type is not None else ()
        if not (held & set(editors) if editors else held):
            raise ForbiddenError(
                f"{asker.id} may not {act} {record.key}", needs=editors or sorted(place.roles)
            )

    def comment(self, asker: Actor, key: str, text: str) -> EventRecord:
        """Say something about an item. Its version stays: nothing that was decided on has changed."""
        said = clean_text(text, "/text", limit=COMMENT_LIMIT, empty=False)

        def do(work: UnitOfWork) -> EventRecord:
            record = self.seen(work, asker, key)
            _, event = Hand(work).append(record, "comment", asker.id, {"comment": said}, content=False)
            work.write()
            return event

        return self.act("comment", do)

    def erase_text(self, asker: Actor, key: str, event: str, *, reason: str) -> EventRecord:
        """Erase what people typed in one event of an item, for good; the event of it says who did so, where, and why.

        The item itself stays as it is: a title or field that still says it is edited, which is an event of its own.

        Raises:
            ConflictError: nobody typed anything in the event, or it was erased already.
            ForbiddenError: for administrators.
            InvalidError: no reason.
            NotFoundError: no such item, or no such event of it.
        """
        self.demand_admin(asker, "erasing texts")
        said = clean_text(reason, "/reason", limit=COMMENT_LIMIT, empty=False)

        def do(work: UnitOfWork) -> EventRecord:
            record = self.seen(work, asker, key)
            found = work.session.event(event)
            if found is None or found.key != record.key:
                raise NotFoundError(f"event of {record.key}", event[:100])
            if found.text is None:
                raise ConflictError(f"nobody typed anything in event {event}: there is nothing to erase")
            if not work.session.erase_text(ref_of(record), found.seq, work.now):
                raise ConflictError(f"the texts of event {event} are erased already")
            data = {"event": event, "places": places_of(found.body), "comment": said}
            _, erasure = Hand(work).append(record, "erased", asker.id, data, content=False)
            work.write()
            return erasure

        # In one transaction: no text goes without the event that says so.
        return self.administer("erase_text", do)

    def ask(self, asker: Actor, key: str, *, check: str, to: str, comment: str = "") -> EventRecord:
        """Ask somebody to clear a blocker; an event that says who asked whom for what."""
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(work: UnitOfWork) -> EventRecord:
            record = self.seen(work, asker, key)
            item_type = work.item_type(record)
            transitions = item_type.workflow.transitions if item_type is not None else ()
            known = {c.id for t in transitions for g in t.gates for c in g.checks} | {"role", "segregation"}
            if check not in known:
                raise InvalidError.unknown("/check", f"check of {record.type}", check[:200], known)
            if work.session.actor(to) is None:
                raise InvalidError.unknown("/to", "actor", to[:100], work.session.actor_ids(to, 1000))
            data = {"check": check, "to": to, "comment": said}
            _, event = Hand(work).append(record, "asked", asker.id, data, content=False)
            work.write()
            return event

        return self.act("ask", do)

    def link(self, asker: Actor, key: str, link_type: str, target: str) -> ItemRecord:
        """Link an item to another that the asker can see. Linking what is linked changes nothing."""

        def do(work: UnitOfWork) -> ItemRecord:
            record = self.seen(work, asker, key)
            self._demand_editor(work, asker, record, "link")
            other = work.item(parse_key(target))
            if other is None or not may_see(work, asker, other):
                raise NotFoundError("item", target)
            after = Hand(work).link(ref_of(record), link_type, target, asker.id)
            work.write()
            return after

        return self.act("link", do)

    def unlink(self, asker: Actor, key: str, link_type: str, target: str) -> ItemRecord:
        """Take a link away."""

        def do(work: UnitOfWork) -> ItemRecord:
            record = self.seen(work, asker, key)
            self._demand_editor(work, asker, record, "unlink")
            after = Hand(work).unlink(ref_of(record), link_type, target, asker.id)
            work.write()
            return after

        return self.act("unlink", do)

    def links(self, asker: Actor, key: str) -> list[LinkEnd]:
        """The item's links in both directions, as far as the asker may see the other ends."""

        def see(work: UnitOfWork) -> list[LinkEnd]:
            record = self.seen(work, asker, key)
            types = work.catalog(record.workspace).link_types
            ends: list[LinkEnd] = []
            for link_type, keys in record.links.items():
                title = types[link_type].title if link_type in types else link_type
                for other in work.session.items([parse_key(each) for each in keys]):
                    ends += self._end(work, asker, link_type, title, "out", other)
            for link_type, definition in types.items():
                for other in work.session.linking(link_type, ref_of(record)):
                    ends += self._end(
                        work, asker, link_type, definition.inverse or definition.title, "in", other
                    )
            return ends

        return self.look(see)

    def _end(
        self, work: UnitOfWork, asker: Actor, link_type: str, title: str, direction: str, other: ItemRecord
    ) -> list[LinkEnd]:
        if not may_see(work, asker, other):
            return []
        return [LinkEnd(link_type, title, direction, other.key, other.type, other.title, other.state)]

    def children(self, asker: Actor, key: str) -> list[ItemRecord]:
        """The items whose parent this is, as far as the asker may see them."""

        def see(work: UnitOfWork) -> list[ItemRecord]:
            record = self.seen(work, asker, key)
            found = work.session.children(ref_of(record), None)
            return [child for child in found if may_see(work, asker, child)]

        return self.look(see)

    def attach(
        self,
        asker: Actor,
        key: str,
        *,
        kind: str,
        name: str = "",
        content: bytes | Stored | None = None,
        url: str | None = None,
        sha256: str | None = None,
        media_type: str = "application/octet-stream",
        valid_until: datetime | None = None,
    ) -> Evidence:
        """Attach proof: bytes, or what the evidence store has kept of them, or a reference to something elsewhere.

        The bytes are kept before the item says that it has them, so that no item ever points at nothing.
        """
        if not _KIND.match(kind):
            raise InvalidError.at("/kind", "is not a name of small letters, digits and _ such as test_result")
        if (content is None) == (url is None):
            raise InvalidError.at("", "send either a file or a url")
        if url is not None and not _URL.match(url):
            raise InvalidError.at("/url", "is not an http or https address")
        if sha256 is not None and not _SHA256.match(sha256):
            raise InvalidError.at("/sha256", "is not a SHA-256 in 64 small hex digits")
        if content is not None and sha256 not in {None, _digest(content)}:
            raise InvalidError.at("/sha256", "is not the SHA-256 of the file that was sent")
        name = clean_text(name or (url or kind), "/name", limit=2000, empty=False)
        media_type = clean_text(media_type, "/media_type", limit=200) or "application/octet-stream"
        self.item(asker, key)
        if isinstance(content, bytes):
            content = self.keep(BytesIO(content))
        stored, size = (sha256, 0) if content is None else content

        def do(work: UnitOfWork) -> Evidence:
            record = self.seen(work, asker, key)
            evidence = Evidence(
                id=new_id(),
                kind=kind,
                name=name,
                at=work.now,
                actor=asker.id,
                sha256=stored,
                url=url,
                media_type=media_type,
                size=size,
                valid_until=valid_until,
            )
            hand = Hand(work)
            work.put(replace(record, evidence=(*record.evidence, evidence)))
            after = (
                hand.settle(ref_of(record))
                if work.item_type(record) is not None
                else work.own(ref_of(record))
            )
            told = {
                "id": evidence.id,
                "kind": kind,
                "name": name,
                "sha256": stored,
                "url": url,
                "size": evidence.size,
            }
            hand.append(after, "evidence", asker.id, {"evidence": told, "valid_until": valid_until})
            work.write()
            return evidence

        return self.act("attach", do)

    def keep(self, content: BinaryIO) -> Stored:
        """Keep the rest of a file, to be attached."""
        return self.evidence_store.put(content)

    def evidence(self, asker: Actor, sha256: str) -> Evidence:
        """Evidence on an item that the asker may see."""

        def see(work: UnitOfWork) -> Evidence:
            for record in work.session.evidence_holders(sha256) if _SHA256.match(sha256) else ():
                if may_see(work, asker, record):
                    return next(e for e in record.evidence if e.sha256 == sha256)
            raise NotFoundError("evidence", sha256[:64])

        return self.look(see)

    def evidence_content(self, evidence: Evidence) -> BinaryIO:
        """The bytes of evidence as a file, for the caller to close. Raises `NotFoundError` where they are elsewhere."""
        sha256 = evidence.sha256 or ""
        content = self.evidence_store.open(sha256)
        if content is None:
            raise NotFoundError("content of the evidence", sha256)
        return content

    def history(self, asker: Actor, key: str, *, after: int = 0, limit: int = 100) -> Page[EventRecord]:
        """The item's events in order, from the one after number `after`."""

        def see(work: UnitOfWork) -> Page[EventRecord]:
            record = self.seen(work, asker, key)
            events = work.session.history(ref_of(record), after, limit + 1)
            return Page(events[:limit], str(events[limit - 1].seq) if len(events) > limit else None)

        return self.look(see)

    def set_item_role(self, asker: Actor, key: str, role: str, actors: Sequence[str]) -> ItemRecord:
        """Give an item holders of its own for a role; none takes them away, and the workspace's count again.

        Allowed to administrators and to those who hold the role in the workspace.
        """

        def do(work: UnitOfWork) -> ItemRecord:
            record = self.seen(work, asker, key)
            place = work.workspace(record.workspace)
            catalog = work.catalog(place.key)
            if role not in catalog.roles:
                raise NotFoundError("role", role[:100], catalog.roles)
            if not asker.admin and asker.id not in place.roles.get(role, ()):
                raise ForbiddenError(
                    f"{asker.id} may not name holders of {role}", needs=["administrator", role]
                )
            people = self.checked_people(work, actors, role, catalog.roles[role].max_holders)
            if people == record.roles.get(role, ()):
                return record
            roles = {name: holders for name, holders in {**record.roles, role: people}.items() if holders}
            old = list(record.roles.get(role, ()))
            hand = Hand(work)
            after, _ = hand.append(
                replace(record, roles=roles),
                "roles",
                asker.id,
                {"role": role, "changes": {role: [old, list(people)]}},
            )
            work.write()
            return after

        return self.act("set_item_role", do)

    def checked_people(
        self, work: UnitOfWork, actors: Sequence[str], role: str, max_holders: int | None
    ) -> tuple[str, ...]:
        """Actor ids that exist, without doubles, no more than the role takes."""
        people = tuple(dict.fromkeys(actors))
        known = work.session.actors(people)
        for n, person in enumerate(people):
            if person not in known:
                near = work.session.actor_ids(person, 1000)
                raise InvalidError.unknown(f"/actors/{n}", "actor", person[:100], near)
        if max_holders is not None and len(people) > max_holders:
            raise InvalidError.at(
                "/actors", f"{role} takes {max_holders} holder(s) at most, not {len(people)}"
            )
        return people


def _digest(content: bytes | Stored) -> str:
    return digest_of(content).hexdigest() if isinstance(content, bytes) else content.sha256


def _type_hint(key: str) -> str:
    """What acts on a workspace's items have in common, for learning which of them need a transaction."""
    return key.partition("-")[0]


def refused(record: ItemRecord, act: str, gate: str, message: str, remedy: str) -> BlockedError:
    """A refusal with one blocker that comes from the engine itself."""
    blocker = Blocker(
        message=message,
        remedy=remedy,
        message_id=f"{gate}.{act}",
        gate=gate,
        check=gate,
        source=method_of(record.type),
    )
    return BlockedError(record.key, act, [blocker])


def _demand_open_fields(
    asker: Actor, item_type: ItemType, state: str | None, fields: Mapping[str, Any]
) -> None:
    """Raises `InvalidError` for fields that are frozen from the first state on: its transitions and effects set them.

    What begins in a later state brings along what became of it elsewhere.
    """
    first = item_type.workflow.initial.id
    if asker.kind == "system" or state not in {None, first}:
        return
    frozen = [name for name in item_type.frozen_in.get(first, ()) if fields.get(name) is not None]
    if frozen:
        message = "is set by what happens to the item, and cannot be given when it is made"
        raise InvalidError([Fault(f"/fields/{name}", message) for name in frozen])
