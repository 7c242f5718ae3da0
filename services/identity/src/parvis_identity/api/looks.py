# SPDX-License-Identifier: EUPL-1.2
"""How the pages look: those of the collectivity whose services somebody is about to use."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import parts_of
from parvis_identity.db import collectivities
from parvis_identity.domain.collectivity import Collectivity, UnknownCollectivityError
from parvis_identity.domain.colour import style_sheet
from parvis_identity.service.clean_logo import MEDIA_TYPES
from parvis_kit.web.operation import problems, public, router

routes = router(tags=["pages"])
Slug = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{1,31}$", description="The collectivity.")]
_Which = Annotated[str | None, Query(alias="v", max_length=64, description="Which version the page was written for.")]
# The address of each version is its own: it can be kept for ever.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_NOW: Final = "public, max-age=300"
_PICTURE: Final = {"schema": {"type": "string"}}
_ALONE: Final = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


def wear(request: Request, collectivity: Collectivity | None) -> None:
    """Have the page that answers look like this collectivity's, whatever page it will be."""
    request.state.town = collectivity


def worn(request: Request) -> Collectivity | None:
    """The collectivity that the page looks like, if that is known."""
    town: Collectivity | None = getattr(request.state, "town", None)
    return town


async def wear_home_of(request: Request, person: UUID) -> None:
    """Have the page look like the collectivity where a person opened their account."""
    async with parts_of(request).database.reading() as session:
        wear(request, await collectivities.of_person(session, person))


async def wear_that_of(request: Request, slug: str) -> None:
    """Have the page look like the collectivity of that name, where there is one."""
    async with parts_of(request).database.reading() as session:
        wear(request, await collectivities.find(session, slug))


def links(town: Collectivity) -> dict[str, str | None]:
    """The addresses of a collectivity's style and logo; None for what it has not chosen."""
    base, look = f"/login/looks/{town.slug}", town.look
    return {
        "style": f"{base}/style.css?v={look.version}" if look.colour else None,
        "logo": f"{base}/logo?v={look.logo}" if look.logo else None,
    }


@routes.get(
    "/login/looks/{collectivity}/style.css",
    **public(cors=False),
    operation_id="readLook",
    response_class=Response,
    responses=problems(400, 404, 422)
    | {200: {"description": "Style sheet", "content": {"text/css": {"schema": {"type": "string"}}}}},
)
async def read_look(collectivity: Slug, request: Request, which: _Which = None) -> Response:
    """The colours of a collectivity, as its pages need them on a light and on a dark screen."""
    async with parts_of(request).database.reading() as session:
        town = await collectivities.find(session, collectivity)
    if town is None or town.look.colour is None:
        raise UnknownCollectivityError
    headers = {"Cache-Control": _FOR_EVER if which == str(town.look.version) else _FOR_NOW}
    return Response(style_sheet(town.look.colour), 200, headers | _ALONE, "text/css")


@routes.get(
    "/login/looks/{collectivity}/logo",
    **public(cors=False),
    operation_id="readLogo",
    response_class=Response,
    responses=problems(400, 404, 422)
    | {200: {"description": "Picture", "content": dict.fromkeys(MEDIA_TYPES, _PICTURE)}},
)
async def read_logo(collectivity: Slug, request: Request, which: _Which = None) -> Response:
    """The logo of a collectivity; opened by itself, it can do nothing."""
    async with parts_of(request).database.reading() as session:
        town = await collectivities.find(session, collectivity)
        logo = await collectivities.logo(session, collectivity)
    if town is None or logo is None:
        raise UnknownCollectivityError
    headers = {"Cache-Control": _FOR_EVER if which == town.look.logo else _FOR_NOW}
    return Response(logo.content, 200, headers | _ALONE, logo.media_type)
