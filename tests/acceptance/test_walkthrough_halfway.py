"""The walk-through, stopped where its change waits for its authorities, and started again in copies of what is stored.

Ways around those who must agree are tried there by the people of the story with their own tokens: none leads there. And
the story goes on from there to its end.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from placet_integration.demo import change as acts
from placet_integration.demo.controls import MEDIUM

from .conftest import placet, serving
from .walkthrough import controls
from .walkthrough.cast import CAST, Cast, Story, performed
from .walkthrough.steps import play

#: The last step before the authorities of the change have voted.
ASKED = 25
#: The last day of a suspension that would reach over the change.
UNTIL = "2026-07-10"
REASON = "as was agreed in the meeting of the board"

#: A folder with the story so far, and its names for items.
Half = tuple[Path, dict[str, Any]]


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'placet.db'}"


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Half:
    """The story up to the change that waits for its authorities."""
    folder = tmp_path_factory.mktemp("story")
    with performed(folder, url(folder)) as story:
        controls.operating(story)
        play(story, range(1, ASKED + 1))
        return folder, {name: value for name, value in vars(story).items() if name != "cast"}


@contextmanager
def going_on(half: Half, folder: Path) -> Iterator[Story]:
    """The story in a copy, with a server of its own."""
    before, names = half
    shutil.copytree(before, folder, dirs_exist_ok=True)
    env = {"PLACET_DATABASE_URL": url(folder)}
    with serving(folder, acts.DECIDED, env) as base:
        token = placet("token", "create", "root", folder=folder, env=env)
        with closing(Cast(base, token)) as cast:
            found = Story(cast)
            vars(found).update(names)
            yield found


@pytest.fixture
def story(half: Half, tmp_path: Path) -> Iterator[Story]:
    """The story as it stands there, for one test alone."""
    with going_on(half, tmp_path) as story:
        yield story


@pytest.fixture(scope="module")
def standing(half: Half, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story as it stands there, for tests that only ask; those that do something take one of their own."""
    with going_on(half, tmp_path_factory.mktemp("standing")) as story:
        yield story


class TestTheWalkThrough:
    def test_goes_on_to_its_end_when_its_server_was_stopped(self, story: Story) -> None:
        """On SQLite; on PostgreSQL it is played in one go."""
        play(story, range(ASKED + 1, 49))


def tried(story: Story, person: str, key: str, transition: str, **fields: Any) -> set[str]:
    """The checks that block somebody."""
    body = {"transition": transition, "fields": fields, "comment": REASON}
    problem = story.by(person).send("POST", f"/items/{key}/transitions?dry_run=true", body, expect=409)
    return {blocker["check"] for blocker in problem["blockers"]}


def sees(story: Story, person: str, key: str) -> bool:
    """Whether somebody can read an item at all."""
    return bool(story.by(person)._http.get(f"/items/{key}").status_code == 200)


def authorized(story: Story) -> None:
    """C1 has the votes of its authorities, for its time."""
    story.by("carl").edit(story.c1, planned_start=acts.START, planned_end=acts.END)
    story.decide(story.c1, acts.APPROVAL, otto="approve", finn="approve", gina="approve")
    assert story.by("carl").move(story.c1, "authorize_change")["state"] == "scheduled"


class TestTheChange:
    def test_is_authorized_by_nobody_alone(self, standing: Story) -> None:
        """Any one of those who see it."""
        people = [person for person in CAST if sees(standing, person, standing.c1)]
        assert {"maya", "carl", "otto", "dana", "ravi", "cora"} <= set(people)

        for person in people:
            assert "itil.approval_quorum" in tried(standing, person, standing.c1, "authorize_change"), person

    def test_is_not_outvoted_by_one_to_whom_the_others_delegated(self, story: Story) -> None:
        """One person is one voice, however many stand behind it."""
        for person in ("dana", "finn", "gina"):
            given = {"from_actor": person, "to_actor": "otto", "ends_at": "2026-07-20T00:00:00Z"}
            story.by(person).send("POST", "/delegations", given, expect=201)

        for _ in range(3):
            story.by("otto").vote(story.c1, acts.APPROVAL)

        assert "itil.approval_quorum" in tried(story, "carl", story.c1, "authorize_change")

    @pytest.mark.parametrize("person", ["maya", "carl", "otto", "ravi", "cora"])
    def test_is_not_decided_by_who_made_less_of_its_risk(self, story: Story, person: str) -> None:
        """Who answers its questions of risk votes on it no more, and the votes so far are void."""
        story.by(person).edit(story.c1, **MEDIUM)

        story.by(person).vote(story.c1, acts.APPROVAL, expect=409)
        assert "itil.approval_quorum" in tried(story, person, story.c1, "authorize_change")

    def test_delivers_nothing_that_its_authorities_have_not_seen(self, story: Story) -> None:
        """Else a change is authorized without its contents, and by those who built them."""
        authorized(story)
        assert "itil.approval_current" not in tried(story, "ravi", story.c1, "start_implementation")

        story.by("maya").link(story.c1, "itil.implements", story.reports)

        assert "itil.approval_current" in tried(story, "ravi", story.c1, "start_implementation")

    def test_goes_past_no_user_by_saying_that_it_deploys_nothing(self, story: Story) -> None:
        """Its initiator says so, and it delivers a product."""
        authorized(story)

        story.by("maya").edit(story.c1, is_deployment=False)

        assert "cobit.acceptance_tested" in tried(story, "ravi", story.c1, "start_implementation")

    def test_without_links_deploys_nothing_by_the_word_of_two(self, story: Story) -> None:
        """Who raises it and who decides it work together; a third person answers for the item that it touches."""
        maya, carl = story.by("maya"), story.by("carl")
        server = {"kind": "server", "criticality": 3, "data_class": "internal", "owner": "otto"}
        item = story.by("cora").create("itil.configuration_item", "Server", **server)
        key = maya.create(
            "itil.change", "Tidy the disk", type="normal", reason="maintenance", cis=[item], implementer="ravi",
            is_deployment=False, planned_start=acts.START, planned_end=acts.END, **acts.PLANS, **MEDIUM,
        )  # fmt: skip
        maya.move(key, "submit")
        story.by("ravi").attach(key, "test_result")
        carl.move(key, "request_authorization")
        carl.vote(key, acts.APPROVAL)
        carl.move(key, "authorize_change")

        for person in ("maya", "carl", "ravi"):
            story.by(person).attach(key, "no_deployment")
            assert "cobit.acceptance_tested" in tried(story, "ravi", key, "start_implementation"), person
        story.by("otto").attach(key, "no_deployment")

        assert "cobit.acceptance_tested" not in tried(story, "ravi", key, "start_implementation")


class TestTheControls:
    @pytest.mark.parametrize("person", ["cleo", "carl", "cora", "lena", "paul", "nils"])
    def test_are_taken_out_of_force_by_nobody_alone(self, standing: Story, person: str) -> None:
        """Of those that matter for the change and the stage, by those who have a part in them."""
        for name in (
            "change_authority_independent",
            "acceptance_tested",
            "promotion_segregated",
            "value_owned",
        ):
            key = standing.controls[name]
            others = [each for each in standing.controls.values() if each != key]
            cover = {"suspended_until": UNTIL, "compensating_controls": others}
            assert "cobit.release_votes" in tried(standing, person, key, "suspend_control", **cover)
            assert "cobit.retirement_votes" in tried(standing, person, key, "retire_control")

    def test_are_concluded_on_by_nobody_who_tests_or_operates_them(self, story: Story) -> None:
        """Who reviews does not test, who tests does not conclude, and nobody writes the conclusion."""
        period = {"period_start": "2026-03-02", "period_end": "2026-06-07"}
        control = story.controls["change_authority_independent"]
        key = story.by("lena").create("cobit.control_assessment", "Until June", parent=control, **period)

        for person in ("cleo", "carl"):
            assert {"cobit.tester_sod", "role"} <= tried(story, person, key, "request_evidence")
        assert "role" in tried(story, "lena", key, "request_evidence")
        assert "role" in tried(story, "nils", key, "conclude")
        for person in ("lena", "nils"):
            story.by(person).send(
                "PATCH", f"/items/{key}", {"fields": {"conclusion": "effective"}}, expect=409
            )


class TestTheNextStage:
    @pytest.mark.parametrize("person", ["petr", "olga", "hana", "tomas", "ute", "bruno", "kira"])
    def test_is_authorized_by_nobody_before_its_board_has_decided(self, standing: Story, person: str) -> None:
        """Neither by who manages the project nor by the executive alone."""
        found = tried(standing, person, standing.rollout, "authorize_stage")

        assert found & {"role", "prince2.project_state", "prince2.plan_approved"}
