"""Overridden dependencies: in `app.dependency_overrides`, as FastAPI knows them, what a test puts in their place.

FastAPI looks for them in the application that a router was made for. The routers here are shared by all applications of
a process, and their routes answer some dependencies without FastAPI: both look here, where every route notes the
overrides of the application that serves its request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, solve_dependencies
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from placet.api.dependencies import current_actor
from placet.engine.act.people import Actor, Token
from placet.engine.workspaces.tokens import SCOPES

Call = Callable[..., Any]

#: Of the request that is served: by the dependency, the function that answers in its place.
OVERRIDES: ContextVar[Mapping[Call, Call]] = ContextVar("overrides", default=MappingProxyType({}))


class Overrides:
    """The overrides, as FastAPI reads them from an application: shared routers have this in its place."""

    @property
    def dependency_overrides(self) -> Mapping[Call, Call]:
        """Of the application that serves the request."""
        return OVERRIDES.get()


async def answer(request: Request, dependency: Call) -> Any:
    """The answer that stands in the place of a dependency, by FastAPI: it may itself depend on others.

    Raises `RequestValidationError` for parameters of the request that do not fit.
    """
    asked = get_dependant(path=request.scope["route"].path, call=dependency, name="answer")
    solved = await solve_dependencies(
        request=request,
        dependant=Dependant(dependencies=[asked]),
        dependency_overrides_provider=Overrides(),
        async_exit_stack=request.scope["fastapi_inner_astack"],
        embed_body_fields=False,
    )
    if solved.errors:
        raise RequestValidationError(solved.errors)
    return solved.values["answer"]


async def admit(request: Request) -> None:
    """Admit a request whose actor is overridden: its test needs no token, and none of a token's scopes is missing.

    Raises `RequestValidationError` likewise.
    """
    actor: Actor = await answer(request, current_actor)
    request.state.actor = actor
    request.state.token = Token("overridden", actor.id, "overridden", "", SCOPES, datetime.now(UTC))
    # The actor is known from here on, and not asked for again.
    OVERRIDES.set({call: other for call, other in OVERRIDES.get().items() if call is not current_actor})
