# SPDX-License-Identifier: EUPL-1.2
"""The telephone of the caller's own account, verified by a code that a text message brings."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.callers import own_account
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.me_views import PRIVATE, MeView, me_answer
from parvis_identity.api.problems import RATE_LIMITED
from parvis_identity.api.source import source_of
from parvis_identity.domain.phone_code import NoPhoneCodeError
from parvis_identity.service.throttle import TooManyAttemptsError
from parvis_kit.problems import NOT_FOUND
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token

routes = router(tags=["people"])
internal_routes = router(tags=["internal"])


class PhoneCodeView(BaseModel):
    """A text message with a code goes to the account's number."""

    expires_at: AwareDatetime = Field(description="Until when the code works; five wrong ones end it before.")


class PhoneConfirmationBody(BaseModel):
    """The code that the text message brought."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[0-9]{6}$")


class CodeToSendView(BaseModel):
    """What a text message says, and to whom."""

    phone: str = Field(description="E.164.")
    code: str
    language: str
    expires_at: AwareDatetime


@routes.post(
    "/v1/me/phone-codes",
    **token("identity.profile.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="askForPhoneCode",
    status_code=201,
    response_model=PhoneCodeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429),
)
async def ask_for_phone_code(request: Request) -> Response:
    """Have a code sent to the number of one's own account by text message; one code works at a time."""
    caller, profiles = principal_of(request), parts_of(request).profiles
    by = own_account(caller)

    async def effect(session: AsyncSession) -> Answer:
        try:
            until = await profiles.confirm_phone.ask(session, by, source_of(request), now())
        except TooManyAttemptsError as error:
            raise RATE_LIMITED.problem(headers={"Retry-After": str(error.seconds)}) from error
        return Answer.of(PhoneCodeView(expires_at=until), PRIVATE)

    return await profiles.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    "/v1/me/phone-confirmations",
    **token("identity.profile.write"),
    operation_id="confirmPhone",
    response_model=MeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def confirm_phone(body: PhoneConfirmationBody, request: Request) -> Response:
    """Show by the code that the telephone is at hand: text messages may go to its number from now on."""
    by = own_account(principal_of(request))
    account = await parts_of(request).profiles.confirm_phone.confirm(by, body.code, now())
    return me_answer(account, by.kind)


@internal_routes.get(
    "/internal/v1/phone-codes/{code_id}",
    **token("identity.people.read"),
    operation_id="readPhoneCode",
    response_model=CodeToSendView,
    responses=problems(401, 403, 404, 422),
)
async def read_phone_code(code_id: Annotated[UUID, Path()], request: Request) -> CodeToSendView:
    """The code that a text message is to bring, and the number; 404 once it is of no use."""
    try:
        found = await parts_of(request).profiles.confirm_phone.to_send(code_id, principal_of(request), now())
    except NoPhoneCodeError as error:
        raise NOT_FOUND.problem() from error
    return CodeToSendView(phone=found.phone, code=found.code, language=found.language, expires_at=found.expires_at)
