# SPDX-License-Identifier: EUPL-1.2
"""The ways into one's own account, for themselves: as an API, and as a page."""

from typing import Any, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.callers import somebody
from parvis_identity.api.context import form, identifier, language_of, now, parts_of, query
from parvis_identity.api.cookies import browser_of
from parvis_identity.api.documents import form_field, page_route, pages, parameter
from parvis_identity.api.local_flow import check_form, form_page, session_here
from parvis_identity.api.pages import page_router, redirect
from parvis_identity.db.identity_links import Link
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import (
    LastWayInError,
    NotRecentError,
    Refusal,
    RefusedError,
    UnknownLinkError,
)
from parvis_identity.domain.session import RECENT
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["people"])
page_routes = page_router()
PATH: Final = "/account/identities"
_FORM: Final = "identities"
_PRIVATE: Final = {"Cache-Control": "no-store"}


class IdentityLinkView(BaseModel):
    """An identity of a provider by which the person comes in."""

    id: UUID
    provider: str | None = Field(
        description="`franceconnect`, `franceconnect-plus` or `proconnect`; null for one that is not used any more."
    )
    created_at: AwareDatetime
    last_used_at: AwareDatetime


class IdentityLinkListView(BaseModel):
    """The caller's links, the oldest first; at most fifty."""

    items: list[IdentityLinkView]


class UnlinkingBody(BaseModel):
    """Which identity opens the account no longer."""

    model_config = ConfigDict(extra="forbid")

    link_id: UUID


@routes.get(
    "/v1/me/identity-links",
    **token("identity.profile.read"),
    operation_id="listIdentityLinks",
    response_model=IdentityLinkListView,
    responses=problems(401, 403),
)
async def list_identity_links(request: Request) -> Response:
    """By which identities of providers the caller comes in."""
    links = await parts_of(request).about_people.link_identity.links(somebody(principal_of(request)).person)
    view = IdentityLinkListView.model_validate({"items": [_shown(request, link) for link in links]})
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    "/v1/me/identity-unlinkings",
    **token("identity.profile.write", sign_in={"max_age": int(RECENT.total_seconds())}),
    operation_id="unlinkIdentity",
    status_code=204,
    response_class=Response,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def unlink_identity(body: UnlinkingBody, request: Request) -> Response:
    """Unlink one, just after signing in, and never the last way in; what was verified of the person ends with it."""
    caller = somebody(principal_of(request))
    await parts_of(request).about_people.link_identity.unlink(caller.person, body.link_id, now())
    return Response(None, 204, _PRIVATE)


@page_routes.get(
    PATH,
    **page_route(parameter("notice", "What has just happened.", enum=["linked", "unlinked", "cancelled"])),
    operation_id="showIdentities",
    response_class=Response,
    responses=pages(200, 400, 401),
)
async def show_identities(request: Request) -> Response:
    """The ways into the account, with a button for each, and one to link FranceConnect."""
    here, parts = await session_here(request), parts_of(request)
    links = await parts.about_people.link_identity.links(here.person)
    party, notice = parts.sign_in.provider_for(Audience.CITIZEN), query(request).get("notice")
    return form_page(
        request,
        "identities.html",
        _FORM,
        language=language_of(request),
        links=[_shown(request, link) for link in links],
        provider=party.profile.name if party else None,
        notice=notice if notice in {"linked", "unlinked", "cancelled"} else None,
        leads_to=party.discovery_url if party else None,
    )


@page_routes.post(
    PATH,
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "link": form_field("The one to unlink; absent to link one more.", format="uuid"),
        },
        timeout=15,
    ),
    operation_id="changeIdentities",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 401, 403, 409, 413, 502),
)
async def change_identities(request: Request) -> Response:
    """Unlink, or leave for the provider to come back with one more."""
    fields, here, parts = await form(request), await session_here(request), parts_of(request)
    check_form(request, fields, _FORM)
    party = parts.sign_in.provider_for(Audience.CITIZEN)
    try:
        if fields.get("link"):
            await parts.about_people.link_identity.unlink_in(here, identifier(fields.get("link")), now())
        elif party:
            return redirect(await parts.sign_in.leave_to_link(party.profile.name, here, browser_of(request), now()))
    except NotRecentError as error:
        raise RefusedError(Refusal.NOT_RECENT) from error
    except LastWayInError as error:
        raise RefusedError(Refusal.LAST_WAY_IN) from error
    except UnknownLinkError:
        return redirect(PATH)  # unlinked already, in another window
    return redirect(f"{PATH}?notice=unlinked")


def _shown(request: Request, link: Link) -> dict[str, Any]:
    names = {provider.issuer: provider.profile for provider in parts_of(request).settings.providers}
    return {
        "id": link.id,
        "provider": names.get(link.issuer),
        "created_at": link.created_at,
        "last_used_at": link.last_used_at,
    }
