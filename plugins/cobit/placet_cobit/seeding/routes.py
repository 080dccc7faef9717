"""Routes that make the objectives and the default controls of a workspace, and list what controls can be bound to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from placet.api import Answer, Body, CurrentActor, CurrentEngine, Route, refused_with
from placet_cobit.controls.defaults import DefaultControl, shipped_controls
from placet_cobit.objectives.tables import ObjectiveTable, checked_table, shipped_table
from placet_cobit.seeding.seeds import Seeded, seed_controls, seed_objectives

router = APIRouter(route_class=Route)

WorkspaceQuery = Annotated[
    str, Query(alias="workspace", description="Key of the workspace.", examples=["ACME"])
]


class SeedObjectives(Body):
    """A table of objectives, in the place of the one that comes with the method."""

    table: Annotated[
        dict[str, Any] | None,
        Field(description="As the file `objectives.toml` of the method has it; left out: that file itself."),
    ] = None

    @property
    def wanted(self) -> ObjectiveTable:
        """The table to seed. Raises `InvalidError`."""
        return shipped_table() if self.table is None else checked_table(self.table)


class SeedControls(Body):
    """Default controls to make drafts of."""

    only: Annotated[
        list[str], Field(max_length=500, description="Ids of default controls; empty for all of them.")
    ] = Field(default_factory=list)
    controls: Annotated[
        list[DefaultControl] | None,
        Field(
            max_length=500, strict=False, description="An organization's own table; left out: the method's."
        ),
    ] = None


class SeededAnswer(Answer):
    """The items that were made, and those that were there."""

    made: list[str]
    kept: list[str]

    @classmethod
    def of(cls, found: Seeded) -> SeededAnswer:
        """The result of seeding."""
        return cls(made=found.made, kept=found.kept)


class OfferedCheckAnswer(Answer):
    """A check that a control can be bound to."""

    id: str
    title: str
    item_types: Annotated[list[str], Field(description="The item types that it can judge; empty: any.")]
    params: Annotated[Mapping[str, Any], Field(description="JSON Schema of its parameters.")]


class OfferedChecks(Answer):
    """The checks that controls can be bound to."""

    checks: list[OfferedCheckAnswer]


@router.post(
    "/objectives",
    operation_id="seed_cobit_objectives",
    response_description="The objectives.",
    responses=refused_with(404),
)
def post_objectives(
    workspace: WorkspaceQuery, wish: SeedObjectives, actor: CurrentActor, engine: CurrentEngine
) -> SeededAnswer:
    """Make the objectives that a workspace does not have yet, with practices and charts of roles.

    It can be repeated: objectives that are there stay as they are.
    """
    return SeededAnswer.of(seed_objectives(engine, actor, workspace, wish.wanted))


@router.post(
    "/controls",
    operation_id="seed_cobit_controls",
    response_description="The controls.",
    responses=refused_with(404),
)
def post_controls(
    workspace: WorkspaceQuery, wish: SeedControls, actor: CurrentActor, engine: CurrentEngine
) -> SeededAnswer:
    """Make drafts of default controls, each below its objective.

    It can be repeated: a workspace has one control of each, until that is retired.
    """
    table = shipped_controls() if wish.controls is None else wish.controls
    return SeededAnswer.of(seed_controls(engine, actor, workspace, table, wish.only))


@router.get("/checks", operation_id="list_cobit_checks", responses=refused_with(404))
def get_checks(workspace: WorkspaceQuery, actor: CurrentActor, engine: CurrentEngine) -> OfferedChecks:
    """List the checks that a control of a workspace can be bound to, with their parameters."""
    offered = engine.workspaces.catalog(actor, workspace).offered_checks
    return OfferedChecks(
        checks=[
            OfferedCheckAnswer(
                id=each.id,
                title=each.title,
                item_types=list(each.item_types),
                params=each.params.model_json_schema(),
            )
            for _, each in sorted(offered.items())
        ]
    )
