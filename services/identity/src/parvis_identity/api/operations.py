# SPDX-License-Identifier: EUPL-1.2
"""What the operators' command ``parvis`` asks, on the internal port: how a collectivity begins."""

from typing import Annotated, Final

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from starlette.requests import Request

from parvis_identity.api.agent_schemas import Email
from parvis_identity.api.collectivity import CollectivityName
from parvis_identity.api.context import now, parts_of
from parvis_identity.domain.audit import Actor
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.collectivity import Collectivity
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_identity.domain.redirect_uri import registration_error
from parvis_identity.service.manage_agents import By
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["operations"])
_SCOPE: Final = "identity.operations.write"
_Slug = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{1,31}$", description="The collectivity.")]
_Siret = Annotated[str, StringConstraints(pattern="^[0-9]{14}$")]


class FoundingBody(BaseModel):
    """A local authority."""

    model_config = ConfigDict(extra="forbid")

    name: CollectivityName
    sirets: list[_Siret] = Field(max_length=100, description="Establishments whose staff may be its agents.")
    desk_redirect_uris: list[str] = Field(
        default=[], max_length=10, description="Where its agents' desk takes codes; a client is made for it, once."
    )

    @field_validator("desk_redirect_uris")
    @classmethod
    def _registrable(cls, uris: list[str]) -> list[str]:
        for uri in uris:
            problem = registration_error(uri)
            if problem:
                raise ValueError(f"{uri!r}: {problem}")
        return uris


class AdministratorBody(BaseModel):
    """Who is to administer it."""

    model_config = ConfigDict(extra="forbid")

    email: Email = Field(description="The professional address that ProConnect will vouch for.")


class DoneView(BaseModel):
    """What came of it."""

    changed: bool = Field(description="False where all stood as it was wanted.")
    status: str | None = Field(default=None, description="Of the administrator: `invited` or `active`.")


@routes.put(
    "/internal/v1/collectivities/{collectivity}",
    **token(_SCOPE),
    operation_id="foundCollectivity",
    response_model=DoneView,
    responses=problems(400, 401, 403, 413, 422),
)
async def found_collectivity(collectivity: _Slug, body: FoundingBody, request: Request) -> DoneView:
    """A collectivity, or what it was founded with brought up to date; safe to repeat."""
    by, parts = _by(request, collectivity), parts_of(request)
    wanted = Collectivity(collectivity, body.name.fr, body.name.en, frozenset(body.sirets))
    async with parts.database.unit_of_work() as uow:
        changed = await parts.found_collectivity.found(uow.session, by, wanted, body.desk_redirect_uris)
        await uow.commit()
    return DoneView(changed=changed)


@routes.put(
    "/internal/v1/collectivities/{collectivity}/administrator",
    **token(_SCOPE),
    operation_id="inviteAdministrator",
    response_model=DoneView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def invite_administrator(collectivity: _Slug, body: AdministratorBody, request: Request) -> DoneView:
    """Somebody who administers it; whoever is its agent becomes an administrator too. Safe to repeat."""
    by, parts = _by(request, collectivity), parts_of(request)
    async with parts.database.unit_of_work() as uow:
        agent, changed = await parts.found_collectivity.invite_administrator(uow.session, by, body.email)
        await uow.commit()
    return DoneView(changed=changed, status=agent.status.value)


def _by(request: Request, collectivity: str) -> By:
    caller = principal_of(request)
    if caller.collectivity != EVERYWHERE:
        raise NotForThisCallerError
    return By(Actor("operator", caller.client_id), collectivity, now())
