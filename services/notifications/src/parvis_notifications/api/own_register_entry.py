# SPDX-License-Identifier: EUPL-1.2
"""People ask to be in the register of people who may need help, and read, correct and leave their own entry."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import FORBIDDEN
from parvis_kit.security.principal import Principal
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.register import normal
from parvis_notifications.api.register_schemas import OwnEntryBody, OwnEntryView, OwnVisit, RegisterContent
from parvis_notifications.domain.errors import EntryAddressError, EntryNumberError
from parvis_notifications.domain.own_entry import OwnEntry, SaidEntry, check_verified
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.own_register_entry import leave_own, own_entry, say_own

routes = router(tags=["register"])
_PATH: Final = "/v1/own-register-entries/mine"
_READ: Final = "notifications.own-register.read"
_WRITE: Final = "notifications.own-register.write"


@routes.get(
    _PATH,
    **token(_READ),
    operation_id="readOwnRegisterEntry",
    response_model=OwnEntryView,
    responses=problems(401, 403, 404),
)
async def read(request: Request, response: Response) -> object:
    """What is the caller's; 404 where nothing is, which says nothing of entries that are linked to no account."""
    citizen, runtime = _verified(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        own = await own_entry(session, runtime.persons, citizen)
    response.headers["Cache-Control"] = "no-store"
    return _view(own)


@routes.put(
    _PATH,
    **token(_WRITE),
    operation_id="sayOwnRegisterEntry",
    response_model=OwnEntryView,
    responses=problems(400, 401, 403, 413, 422, 429),
)
async def say(body: OwnEntryBody, request: Request, response: Response) -> object:
    """Correct one's entry at once (article R. 121-5), or ask for one, in the place of what one asked before."""
    citizen, runtime, said = _verified(request), parts_of(request).runtime, _said(body)
    async with runtime.database.unit_of_work() as uow:
        own = await say_own(uow.session, runtime.persons, runtime.blind_index, citizen, said, now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return _view(own)


@routes.delete(_PATH, **token(_WRITE), operation_id="leaveRegister", status_code=204, responses=problems(401, 403, 404))
async def leave(request: Request) -> None:
    """Leave the register, or take back what one asked; what was kept is unreadable then, and alerts come no more."""
    citizen, runtime = _verified(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        entry = await leave_own(uow.session, citizen, now())
        if entry is not None:
            await runtime.persons.destroy(entry)
        await uow.commit()


def _verified(request: Request) -> Principal:
    principal = principal_of(request)
    if not principal.is_citizen:
        raise FORBIDDEN.problem("Réservé aux usagers.", "For citizens alone.")
    check_verified(principal.acr)
    return principal


def _said(body: OwnEntryBody) -> SaidEntry:
    email = normal(Channel.EMAIL, body.email, EntryAddressError) if body.email else None
    phone = normal(Channel.SMS, body.phone, EntryNumberError) if body.phone else None
    content = body.model_dump(mode="json", exclude={"language", "position", "words"})
    position = body.position.coordinates if body.position else None
    return SaidEntry(content | {"email": email, "phone": phone}, body.language, position, body.words)


def _view(own: OwnEntry) -> OwnEntryView:
    content = RegisterContent.model_validate(own.content)
    visits = [OwnVisit(outcome=each.outcome, visited_at=each.at, note=each.note) for each in own.visits]
    return OwnEntryView(state=own.state, content=content, since_at=own.since, reason=own.reason, visits=visits)
