"""Methods have a say in who is given a role, on an item and in a workspace, no matter who appoints."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from shop import FIXER, MASTER, OpenShop, Shop, plugin

from placet import BlockedError, CheckContext, GateMode, Method, Verdict, blocked
from placet.engine.act.proposals import Proposal
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR


def guard(opinion: Callable[..., Any]) -> ModuleType:
    """A method without items that has an opinion on appointments."""
    return plugin(Method("guard", "Guard"), name="guard", placet_appoint=opinion)


def no_tom(ctx: CheckContext, role: str, person: str) -> Verdict | None:
    """Tom is given nothing; who asks on an item hears of which."""
    if person != "tom":
        return None
    where = ctx.item.key if ctx.item.type else ctx.workspace.key
    return blocked("{person:person} is not given {role:role} on {where}", remedy="appoint somebody else",
                   params={"person": person, "role": role, "where": where})  # fmt: skip


@pytest.fixture
def shop(open_shop: OpenShop, database_url: str) -> Shop:
    return open_shop(database_url, guard(no_tom), methods=["shop", "guard"])


def refusal(shop: Shop, role: str, *people: str, on: ItemRecord | None = None) -> BlockedError:
    assign, set_role = shop.engine.workspaces.assign, shop.engine.items.set_role
    with pytest.raises(BlockedError) as raised:
        _ = assign(SYSTEM_ACTOR, "SHOP", role, people) if on is None else set_role(
            shop["ida"], on.key, role, people
        )  # fmt: skip
    return raised.value


class TestAnAppointment:
    def test_in_a_workspace_is_refused_with_the_reason_and_its_method(self, shop: Shop) -> None:
        """Nobody of the same request is appointed."""
        found = refusal(shop, FIXER.id, "bea", "ben", "cid", "tom")

        [blocker] = found.blockers
        assert (blocker.message, blocker.gate, blocker.source) == (
            "Tom is not given fixer on SHOP", "guard.placet_appoint", "guard",
        )  # fmt: skip
        assert shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").roles[FIXER.id] == ("ben", "bea")

    def test_on_an_item_is_refused_alike(self, shop: Shop) -> None:
        item = shop.wish()

        found = refusal(shop, FIXER.id, "tom", on=item)

        assert [each.message for each in found.blockers] == [f"Tom is not given fixer on {item.key}"]

    def test_is_asked_about_those_alone_who_gain_it(self, shop: Shop) -> None:
        """Who holds it already keeps it, until it is taken away."""
        shop.engine.workspaces.change(
            SYSTEM_ACTOR, "SHOP", gate_modes={"guard.placet_appoint": GateMode.OBSERVE}
        )
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", FIXER.id, ["tom"])
        shop.engine.workspaces.change(SYSTEM_ACTOR, "SHOP", gate_modes={})

        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", FIXER.id, ["tom", "bea"])

        assert shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").roles[FIXER.id] == ("tom", "bea")

    def test_is_asked_about_again_when_a_proposal_is_approved(self, shop: Shop) -> None:
        """Proposed while the gate was only observed."""
        shop.person("ira", admin=True)
        modes = {"guard.placet_appoint": GateMode.OBSERVE}
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes=modes)
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["roles"])
        proposal = shop.engine.workspaces.assign(shop["ida"], "SHOP", MASTER.id, ["tom"])
        assert isinstance(proposal, Proposal)
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes={})

        with pytest.raises(BlockedError):
            shop.engine.proposals.decide(shop["ira"], "SHOP", proposal.id, "approve")

        assert shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP").roles[MASTER.id] == ("mia",)


class TestAMethodThatFails:
    def test_lets_nobody_be_appointed_and_is_named(self, open_shop: OpenShop, sqlite_url: str) -> None:
        def failing(person: str) -> Verdict | None:
            """It cannot be called for one of them."""
            if person == "tom":
                raise RuntimeError(person)
            return None

        shop = open_shop(sqlite_url, guard(failing), methods=["shop", "guard"])

        [blocker] = refusal(shop, MASTER.id, "tom").blockers

        assert blocker.message.startswith("check failed to run: RuntimeError: tom (")
        assert (blocker.verdict.value, blocker.source) == ("unknown", "guard")
