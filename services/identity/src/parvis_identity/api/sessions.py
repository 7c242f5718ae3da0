# SPDX-License-Identifier: EUPL-1.2
"""Where somebody is signed in, for themselves: as an API, and as a page."""

from collections.abc import Sequence
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.callers import somebody
from parvis_identity.api.context import form, identifier, language_of, now, parts_of
from parvis_identity.api.cookies import clear_session
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import CITIZEN, check_form, form_page, session_here
from parvis_identity.api.pages import page, page_router, redirect
from parvis_identity.domain.assurance import BY_KEY
from parvis_identity.domain.errors import UnknownSessionError
from parvis_identity.domain.session import Session
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["people"])
page_routes = page_router()
_PRIVATE: Final = {"Cache-Control": "no-store"}
_FORM: Final = "sessions"


class SessionView(BaseModel):
    """One browser in which the person is signed in."""

    id: UUID = Field(description="The `sid` of tokens that were handed out in it.")
    kind: Literal["citizen", "agent"]
    provider: str = Field(
        description="Who recognised the person: `franceconnect`, `franceconnect-plus`, `proconnect` or `local`."
    )
    acr: str | None = Field(description="How well, as the provider says.")
    amr: list[str] = Field(description="By what (RFC 8176), where that is known.")
    created_at: AwareDatetime
    last_seen_at: AwareDatetime = Field(description="To the minute.")
    expires_at: AwareDatetime
    current: bool = Field(description="The one that the caller's token is of.")


class SessionListView(BaseModel):
    """The caller's sessions, the latest used first; at most a hundred."""

    items: list[SessionView]


class SessionEndingBody(BaseModel):
    """Which sessions end."""

    model_config = ConfigDict(extra="forbid")

    session_id: UUID | None = Field(default=None, description="One of the caller's; all of them where it is absent.")


class SessionEndingView(BaseModel):
    """What has ended, with its refresh tokens; every service refuses its access tokens within a second."""

    ended: int = Field(ge=0, description="How many sessions.")


@routes.get(
    "/v1/me/sessions",
    **token("identity.sessions.read"),
    operation_id="listSessions",
    response_model=SessionListView,
    responses=problems(401, 403),
)
async def list_sessions(request: Request) -> Response:
    """The caller's own sessions, in whatever browser."""
    caller = somebody(principal_of(request))
    living = await parts_of(request).accounts.own_sessions.living(caller.person, now())
    view = SessionListView(items=[_view(session, caller.session) for session in living])
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    "/v1/me/session-endings",
    **token("identity.sessions.write"),
    operation_id="endSessions",
    response_model=SessionEndingView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def end_sessions(body: SessionEndingBody, request: Request) -> Response:
    """End one of the caller's sessions, or all, the present one too; with them ends what clients were allowed there."""
    caller = somebody(principal_of(request))
    ended = await parts_of(request).accounts.own_sessions.end(caller.person, body.session_id, now())
    return JSONResponse({"ended": ended}, headers=_PRIVATE)


@page_routes.get(
    "/account/sessions",
    **page_route(),
    operation_id="showSessions",
    response_class=Response,
    responses=pages(200, 401),
)
async def show_sessions(request: Request) -> Response:
    """Where the person is signed in, with a button for each."""
    here = await session_here(request)
    living = await parts_of(request).accounts.own_sessions.living(here.person, now())
    return form_page(
        request, "sessions.html", _FORM, language=language_of(request), sessions=_rows(living), here=str(here.id)
    )


@page_routes.post(
    "/account/sessions",
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "session": form_field("The one to end; all where it is absent.", format="uuid"),
        }
    ),
    operation_id="endSessionsOnPage",
    response_class=Response,
    responses=pages(200, 303, 400, 401, 413),
)
async def end_sessions_on_page(request: Request) -> Response:
    """End one, or all."""
    fields, here = await form(request), await session_here(request)
    check_form(request, fields, _FORM)
    id_ = identifier(fields.get("session")) if fields.get("session") else None
    try:
        await parts_of(request).accounts.own_sessions.end(here.person, id_, now())
    except UnknownSessionError:
        return redirect("/account/sessions")  # ended already, in another window
    if id_ not in {None, here.id}:
        return redirect("/account/sessions")
    response = page(request, "signed_out.html")
    clear_session(request, response, CITIZEN)
    return response


def _view(session: Session, current: str | None) -> SessionView:
    return SessionView.model_validate(
        {
            "id": session.id,
            "kind": session.kind,
            "provider": session.provider,
            "acr": session.acr,
            "amr": list(session.amr),
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "expires_at": session.expires_at,
            "current": str(session.id) == current,
        }
    )


def _rows(living: Sequence[Session]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(session.id),
            "provider": "passkey" if BY_KEY.intersection(session.amr) else session.provider,
            "since": session.created_at,
            "seen": session.last_seen_at,
        }
        for session in living
    ]
