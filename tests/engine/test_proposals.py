"""Governed changes of rules: proposed, decided by a second person, and applied as they were proposed."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from shop import FIXER, MASTER, METHOD, OpenShop, Shop, changed
from trials import examples

from placet import Appointment, BlockedError, BusinessCalendar, Role
from placet.api.models.workspaces import WorkspacePatch
from placet.definitions.verdicts import GateMode
from placet.engine.act.people import NotificationChoice, WorkspaceRecord
from placet.engine.act.proposals import Proposal, ProposalStatus
from placet.engine.act.records import SealedEvent
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.workspaces.configuration import (
    GOVERNABLE,
    PARTS,
    Decided,
    configuration,
    decided,
    governed_parts,
)
from placet.engine.workspaces.verbs import Workspaces
from placet.errors import ForbiddenError, InvalidError, NotFoundError

#: A change of each part that can be governed.
CHANGES: dict[str, Any] = {
    "methods": [],
    "settings": {"shop": {"largest_estimate": 8}},
    "gate_modes": {"shop.small": GateMode.OBSERVE},
    "calendars": {"default": BusinessCalendar("Europe/Vienna")},
    "notification_rules": {"core.comment": NotificationChoice(off=True)},
    "record_refusals": False,
    "require_if_match": True,
    "longest_delegation": timedelta(days=3),
    "effects_with": ["SHOP"],
}


def governed(shop: Shop, *parts: str, by: tuple[str, ...] = ()) -> Shop:
    """The shop with a second administrator, and parts of its rules governed."""
    shop.person("ira", admin=True)
    shop.engine.workspaces.change(shop["ida"], "SHOP", governed=parts or GOVERNABLE, governed_by=by)
    return shop


def propose(shop: Shop, **what: Any) -> Proposal:
    """The change that ida proposes."""
    found = shop.engine.workspaces.change(shop["ida"], "SHOP", **what)
    assert isinstance(found, Proposal)
    return found


def decide(shop: Shop, proposal: Proposal, by: str, decision: str = "approve") -> Proposal:
    return shop.engine.proposals.decide(shop[by], "SHOP", proposal.id, decision)


def listed(shop: Shop) -> list[Proposal]:
    return list(shop.engine.proposals.find(shop["ann"], "SHOP").rows)


class TestGovernedChanges:
    @pytest.mark.parametrize("part", PARTS)
    def test_of_every_part_wait_for_a_second_person(
        self, open_shop: OpenShop, sqlite_url: str, part: str
    ) -> None:
        """Nothing changes before the decision, and exactly what was proposed changes with it."""
        shop = governed(open_shop(sqlite_url), part)
        before = shop.engine.workspaces.get(shop["ida"], "SHOP")

        proposal = propose(shop, **{part: CHANGES[part]})

        waiting = shop.engine.workspaces.get(shop["ida"], "SHOP")
        assert getattr(waiting, part) == getattr(before, part)
        assert proposal.needs == ("administrator",)
        assert decide(shop, proposal, "ira").status is ProposalStatus.APPLIED
        after = shop.engine.workspaces.get(shop["ida"], "SHOP")
        assert getattr(after, part) != getattr(before, part)
        assert [proposal.changes.keys(), proposal.version] == [{part}, before.version]

    def test_of_other_parts_need_nobody(self, shop: Shop) -> None:
        """A name is not a rule, and what is not governed changes at once."""
        governed(shop, "settings")

        assert not isinstance(shop.engine.workspaces.change(shop["ida"], "SHOP", name="New"), Proposal)
        assert not isinstance(
            shop.engine.workspaces.change(shop["ida"], "SHOP", record_refusals=False), Proposal
        )

    def test_a_change_without_a_difference_is_not_proposed(self, shop: Shop) -> None:
        """There would be nothing to decide."""
        governed(shop)
        same = shop.engine.workspaces.change(shop["ida"], "SHOP", record_refusals=True)

        assert not isinstance(same, Proposal)
        assert listed(shop) == []

    def test_impossible_ones_are_refused_when_they_are_proposed(self, shop: Shop) -> None:
        """Nobody is asked to decide on a change that cannot be made."""
        governed(shop)
        item = shop.on_bench()

        with pytest.raises(InvalidError, match="largest_estimate"):
            propose(shop, settings={"shop": {"largest_estimate": "x"}})
        with pytest.raises(BlockedError, match="would be stranded"):
            propose(shop, methods=[])
        assert decide(shop, propose(shop, methods=[], force=True), "ira").status is ProposalStatus.APPLIED
        assert shop.item(item).state == "bench"

    @pytest.mark.parametrize(
        "what",
        [{"governed": []}, {"governed": ["methods"]}, {"governed_by": ["shop.fixer"]}],
        ids=["off", "fewer", "others"],
    )
    def test_government_itself_is_governed(self, shop: Shop, what: dict[str, Any]) -> None:
        """Nobody switches it off, narrows it or names other deciders alone."""
        governed(shop, "methods", "settings")

        decide(shop, propose(shop, **what), "ira")

        found = shop.engine.workspaces.get(shop["ida"], "SHOP")
        assert {name: list(getattr(found, name)) for name in what} == what

    def test_more_is_governed_at_once(self, shop: Shop) -> None:
        """It loosens nothing."""
        governed(shop, "settings")

        assert not isinstance(
            shop.engine.workspaces.change(shop["ida"], "SHOP", governed=GOVERNABLE), Proposal
        )

    def test_unknown_parts_and_roles_are_refused(self, shop: Shop) -> None:
        """With the nearest names."""
        with pytest.raises(InvalidError, match="did you mean"):
            shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["setings"])
        with pytest.raises(InvalidError, match="did you mean"):
            shop.engine.workspaces.change(shop["ida"], "SHOP", governed_by=["shop.mastr"])


class TestEveryPart:
    def test_of_a_configuration_can_be_governed(self) -> None:
        """Whatever can be changed about a workspace, by whichever way, except for its name, which is not a rule."""
        ways = [
            set(Decided.__dataclass_fields__),
            set(WorkspacePatch.model_fields) - {"force"},
            set(inspect.signature(Workspaces.change).parameters) - {"self", "actor", "key", "force"},
        ]

        for parts in ways:
            assert parts == {*PARTS, "governed", "governed_by", "name"}
        assert set(GOVERNABLE) == {*PARTS, "gates", "windows", "roles", "erasure"}

    @given(
        parts=st.sets(st.sampled_from(GOVERNABLE), min_size=1),
        sent=st.sets(st.sampled_from(PARTS), min_size=1),
    )
    @examples(25, HealthCheck.function_scoped_fixture)
    def test_changes_with_a_second_person_alone_where_it_is_governed(
        self, shop: Shop, parts: set[str], sent: set[str]
    ) -> None:
        """Whichever parts are governed, and whichever are sent together: all of it waits if one of them is governed."""
        acts = shop.engine._acts
        old = shop.engine.workspaces.get(shop["ida"], "SHOP")
        governing = replace(old, governed=tuple(parts))

        changed = acts.look(
            lambda unit: decided(governing, unit.now, Decided(**{p: CHANGES[p] for p in sent}))
        )
        before, after = configuration(governing), configuration(changed)
        changes = {part: [before[part], after[part]] for part in after if before[part] != after[part]}

        assert set(changes) == sent
        assert set(governed_parts(governing, changes)) == parts & sent


class TestWithoutASecondPerson:
    def test_nothing_is_governed(self, shop: Shop) -> None:
        """It is refused where it is switched on, with who can appoint somebody."""
        with pytest.raises(BlockedError) as refusal:
            shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["settings"])

        [blocker] = refusal.value.blockers
        assert blocker.message == "1 of 2 people could decide on changes of rules in SHOP"
        assert blocker.remedy == (
            "make one more person an administrator, or name roles in governed_by and appoint their holders: that is "
            "for administrators, Ida"
        )
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["settings"], governed_by=[MASTER.id])

    def test_no_workspace_is_opened_as_governed(self, shop: Shop) -> None:
        """Nobody could appoint its second person: it is opened, then staffed, then governed."""
        opened: dict[str, Any] = {"name": "Two", "methods": ["shop"]}
        parts: dict[str, Any] = {"governed": ["settings"], "governed_by": [MASTER.id]}
        with pytest.raises(BlockedError, match="could decide on changes of rules in TWO") as refusal:
            shop.engine.workspaces.create(shop["ida"], key="TWO", **opened, **parts)

        assert refusal.value.blockers[0].remedy == (
            "open it without governed parts, appoint somebody as shop.master, and govern it then; or make one more "
            "person an administrator: that is for administrators, ida"
        )
        shop.engine.workspaces.create(shop["ida"], key="TWO", **opened)
        shop.engine.workspaces.assign(shop["ida"], "TWO", MASTER.id, ["mia"])
        changed = shop.engine.workspaces.change(shop["ida"], "TWO", **parts)
        assert isinstance(changed, WorkspaceRecord)
        assert changed.governed == ("settings",)

    def test_the_linter_finds_it(self, shop: Shop) -> None:
        """A workspace that came into that state, as its second person left."""
        governed(shop, "settings", by=(MASTER.id,))
        for person in ("ira", "mia"):
            shop.engine.departures.deactivate(shop["ida"], person)

        found = {f.code: str(f) for f in shop.engine.reports.lint(shop["ida"], "SHOP")}

        assert found["nobody-decides"] == (
            "SHOP: changes of settings need a second person, and only ida can decide on them: appoint somebody as "
            "shop.master with placet role assign, on the machine of the database, or make one more person an "
            "administrator"
        )

    def test_nothing_is_proposed(self, shop: Shop) -> None:
        """It would wait for nobody: who left cannot decide."""
        governed(shop, "settings")
        shop.engine.departures.deactivate(shop["ida"], "ira")

        with pytest.raises(BlockedError, match="nobody but Ida could decide on this change"):
            propose(shop, settings=CHANGES["settings"])
        assert listed(shop) == []

    def test_roles_that_nobody_holds_in_the_workspace_do_not_help(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A role that is held on items has no holders in a workspace."""
        captain = Role(
            "shop.captain", "Captain", held_on=["shop.repair"], on_item=Appointment(["shop.master"])
        )
        method = changed(METHOD, roles=[*METHOD.roles, captain])
        shop = open_shop(sqlite_url, method=method)

        with pytest.raises(
            InvalidError, match=r"Captain \(shop\.captain\) is held on a repair, and nobody holds it"
        ):
            shop.engine.workspaces.change(shop["ida"], "SHOP", governed_by=["shop.captain"])


class TestTheSecondPerson:
    def test_is_not_who_proposed_it(self, shop: Shop) -> None:
        """The proposer can withdraw it, and nothing else."""
        governed(shop)
        proposal = propose(shop, record_refusals=False)

        for decision in ("approve", "reject"):
            with pytest.raises(BlockedError, match="Ida proposed this change, and does not decide on it"):
                decide(shop, proposal, "ida", decision)
        with pytest.raises(ForbiddenError, match="reject it instead"):
            decide(shop, proposal, "ira", "withdraw")
        assert decide(shop, proposal, "ida", "withdraw").status is ProposalStatus.WITHDRAWN

    def test_is_an_administrator_or_holds_a_named_role(self, shop: Shop) -> None:
        """Others are refused, and see who can."""
        governed(shop, "settings", by=(MASTER.id,))
        proposal = propose(shop, settings=CHANGES["settings"])

        assert proposal.needs == ("administrator", MASTER.id)
        with pytest.raises(
            ForbiddenError,
            match="Ben may not decide on a change of rules in SHOP, which is for the administrator or master",
        ):
            decide(shop, proposal, "ben")
        assert decide(shop, proposal, "mia").decided_by == "mia"

    def test_is_a_person(self, shop: Shop) -> None:
        """Neither a service account nor the system."""
        governed(shop)
        proposal = propose(shop, record_refusals=False)
        robot = shop.engine.people.add(SYSTEM_ACTOR, id="robot", name="Robot", kind="service", admin=True)

        for actor in (robot, SYSTEM_ACTOR):
            with pytest.raises(ForbiddenError):
                shop.engine.proposals.decide(actor, "SHOP", proposal.id, "approve")

    def test_finds_it_in_their_worklist(self, shop: Shop) -> None:
        """Only who may decide it, and only while it can be decided."""
        governed(shop, "settings", by=(MASTER.id,))
        proposal = propose(shop, settings=CHANGES["settings"])

        seen = {id: [p.id for p in shop.engine.reports.worklist(shop[id]).proposals] for id in shop.people}

        assert {id for id, found in seen.items() if found} == {"ira", "mia"}
        decide(shop, proposal, "mia", "reject")
        assert shop.engine.reports.worklist(shop["ira"]).proposals == ()


class TestAProposal:
    def test_is_stale_once_the_rules_have_changed(self, any_shop: Shop) -> None:
        """It was made on other rules; it can still be rejected."""
        governed(any_shop, "settings")
        proposal = propose(any_shop, settings=CHANGES["settings"])
        any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", gate_modes={"shop.small": GateMode.WARN})

        assert [each.status for each in listed(any_shop)] == [ProposalStatus.STALE]
        assert any_shop.engine.reports.worklist(any_shop["ira"]).proposals == ()
        with pytest.raises(BlockedError, match="the rules have changed since version"):
            decide(any_shop, proposal, "ira")
        assert decide(any_shop, proposal, "ira", "reject").status is ProposalStatus.REJECTED

    def test_outlives_changes_of_role_holders(self, any_shop: Shop) -> None:
        """Who holds a role is not what was proposed."""
        governed(any_shop, "settings")
        proposal = propose(any_shop, settings=CHANGES["settings"])
        any_shop.person("zoe", FIXER)

        assert decide(any_shop, proposal, "ira").status is ProposalStatus.APPLIED

    def test_expires(self, shop: Shop) -> None:
        """After seven days it has to be proposed again."""
        governed(shop)
        proposal = propose(shop, record_refusals=False)
        shop.clock.forward(days=7)

        assert proposal.expires_at - proposal.proposed_at == timedelta(days=7)
        assert [each.status for each in listed(shop)] == [ProposalStatus.EXPIRED]
        with pytest.raises(BlockedError, match="nobody decided this proposal until"):
            decide(shop, proposal, "ira")

    def test_is_decided_once(self, any_shop: Shop) -> None:
        """On either database."""
        governed(any_shop)
        proposal = propose(any_shop, record_refusals=False)
        decide(any_shop, proposal, "ira")

        with pytest.raises(BlockedError, match="Ira approved this proposal, and it is in force"):
            decide(any_shop, proposal, "ira", "reject")
        with pytest.raises(NotFoundError):
            decide(any_shop, replace(proposal, id="x"), "ira")

    def test_is_an_event_of_the_workspace_and_so_is_the_decision(self, any_shop: Shop) -> None:
        """The record names both people, and the digest."""
        governed(any_shop)
        decide(any_shop, propose(any_shop, gate_modes={"shop.small": GateMode.OBSERVE}), "ira", "reject")
        proposal = propose(any_shop, gate_modes={"shop.small": GateMode.OBSERVE})
        decide(any_shop, proposal, "ira")

        query = any_shop.engine.event_log.query(any_shop["ida"], workspace="SHOP")
        events = [e for e in any_shop.engine.event_log.events(query).rows if not e.number][-4:]

        assert [(e.kind, e.actor) for e in events] == [
            ("change_proposed", "ida"), ("proposal_decided", "ira"), ("change_proposed", "ida"),
            ("workspace_changed", "ira"),
        ]  # fmt: skip
        assert events[-1].data["proposal"] == {
            "id": proposal.id, "digest": proposal.digest, "by": "ida", "decision": "approve"
        }  # fmt: skip
        assert events[-1].data["changes"] == {"gate_modes": [{}, {"shop.small": "observe"}]}
        assert any_shop.engine.reports.verify(any_shop["ida"]).ok


def notified(shop: Shop, kind: str) -> dict[str, dict[str, str]]:
    """The people notified of the last event of a kind, with their reasons by rule."""
    query = shop.engine.event_log.query(shop["ida"], kinds=[kind])
    event = shop.engine.event_log.events(query).rows[-1]
    made = shop.engine.notifications.notify(event)
    assert shop.engine.notifications.draft([SealedEvent(0, "", event)]).notifications == []
    return {each.actor: {b.rule: b.reason for b in each.because} for each in made}


class TestNotifications:
    def test_of_changed_rules_go_to_administrators_and_deciders(self, any_shop: Shop) -> None:
        """Everybody whose votes rest on the rules learns of it, governed or not; not who did it."""
        any_shop.person("ira", admin=True)
        any_shop.engine.workspaces.change(
            any_shop["ida"], "SHOP", gate_modes={"shop.small": GateMode.OBSERVE}
        )

        found = notified(any_shop, "workspace_changed")

        assert found["ira"] == {"core.rules_changed": "you administer the workspaces"}
        assert "mia" in found
        assert "ida" not in found
        inbox = any_shop.engine.inbox.page(any_shop["mia"]).page.rows
        assert [(n.key, n.title, n.message) for n in inbox] == [
            ("SHOP", "The shop", "Ida changed the rules: gate modes")
        ]
        assert any_shop.engine.inbox.read(any_shop["mia"], inbox[0].id).read_at is not None

    def test_of_a_proposal_go_to_who_can_decide_it_and_of_the_decision_to_its_proposer(
        self, shop: Shop
    ) -> None:
        """Nobody has to look for it."""
        governed(shop, by=(MASTER.id,))
        proposal = propose(shop, record_refusals=False)

        assert notified(shop, "change_proposed") == {
            "ira": {"core.rules_proposed": "you administer the workspaces"},
            "mia": {"core.rules_proposed": "you hold the role master, which decides on changes of rules"},
        }
        decide(shop, proposal, "mia", "reject")
        assert notified(shop, "proposal_decided") == {
            "ida": {"core.proposal_decided": "you proposed the change"}
        }

    def test_cannot_be_switched_off(self, shop: Shop) -> None:
        """Otherwise one change would hide the next."""
        off = {"core.rules_changed": NotificationChoice(off=True)}

        with pytest.raises(InvalidError, match="changes of rules are always notified"):
            shop.engine.workspaces.change(shop["ida"], "SHOP", notification_rules=off)
