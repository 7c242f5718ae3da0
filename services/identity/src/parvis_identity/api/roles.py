# SPDX-License-Identifier: EUPL-1.2
"""Which role opens what: the permission matrix, for whoever gives roles or builds a back office."""

from pydantic import BaseModel, Field
from starlette.responses import Response

from parvis_identity.domain.roles import MATRIX, NAMES, Role
from parvis_kit.locale import Text
from parvis_kit.web.operation import problems, public, router

routes = router(tags=["agents"])


class RoleView(BaseModel):
    """A role, and what a token of an agent who has it may carry."""

    code: Role
    name: Text
    scopes: list[str] = Field(description="The scopes that this role opens.")


class RoleListView(BaseModel):
    """The permission matrix; an agent with several roles has what any of them opens."""

    items: list[RoleView]


@routes.get(
    "/v1/roles",
    **public(),
    operation_id="listRoles",
    response_model=RoleListView,
    responses=problems(),
)
async def list_roles(response: Response) -> RoleListView:
    """The roles of agents, each with the scopes that it opens."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    names = {role: Text(fr=fr, en=en) for role, (fr, en) in NAMES.items()}
    return RoleListView(items=[RoleView(code=role, name=names[role], scopes=sorted(MATRIX[role])) for role in MATRIX])
