# SPDX-License-Identifier: EUPL-1.2
"""The e-mail address of the caller's own account: another one, confirmed by a code, or none."""

from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.callers import own_account
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.me_views import PRIVATE, MeView, me_answer
from parvis_identity.api.problems import RATE_LIMITED
from parvis_identity.domain.address import MAX_LENGTH, deliverable
from parvis_identity.domain.session import RECENT
from parvis_identity.service.throttle import TooManyAttemptsError
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token

routes = router(tags=["people"])
_RECENTLY: Final = {"max_age": int(RECENT.total_seconds())}


def _email(text: str) -> str:
    address = deliverable(text)
    if address is None:
        raise ValueError("not an e-mail address")
    return address


class EmailChangeBody(BaseModel):
    """The address that is to be the account's."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, AfterValidator(_email)] = Field(max_length=MAX_LENGTH)


class EmailChangeView(BaseModel):
    """A code goes to the address."""

    expires_at: AwareDatetime = Field(description="Until when the code works; five wrong ones end it before.")


class EmailConfirmationBody(BaseModel):
    """The code that came to the new address."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[0-9]{6}$")


@routes.post(
    "/v1/me/email-changes",
    **token("identity.profile.write", headers=[IDEMPOTENCY_KEY], sign_in=_RECENTLY),
    operation_id="askForEmailChange",
    status_code=201,
    response_model=EmailChangeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429),
)
async def ask_for_email_change(body: EmailChangeBody, request: Request) -> Response:
    """Have a code sent to an address that is to be the account's, just after signing in; one code works at a time."""
    caller, profiles = principal_of(request), parts_of(request).profiles
    by = own_account(caller)

    async def effect(session: AsyncSession) -> Answer:
        try:
            until = await profiles.change_email.ask(session, by, body.email, now())
        except TooManyAttemptsError as error:
            raise RATE_LIMITED.problem(headers={"Retry-After": str(error.seconds)}) from error
        return Answer.of(EmailChangeView(expires_at=until), PRIVATE)

    return await profiles.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    "/v1/me/email-confirmations",
    **token("identity.profile.write"),
    operation_id="confirmEmail",
    response_model=MeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def confirm_email(body: EmailConfirmationBody, request: Request) -> Response:
    """Show by the code that the new address is read: it is the account's now, and the former one is told."""
    by = own_account(principal_of(request))
    account = await parts_of(request).profiles.change_email.confirm(by, body.code, now())
    return me_answer(account, by.kind)


@routes.post(
    "/v1/me/email-removals",
    **token("identity.profile.write", sign_in=_RECENTLY),
    operation_id="removeEmail",
    response_model=MeView,
    responses=problems(401, 403, 404, 409),
)
async def remove_email(request: Request) -> Response:
    """Have no address any more, just after signing in; not where the account is signed in to with it."""
    by = own_account(principal_of(request))
    return me_answer(await parts_of(request).profiles.change_email.remove(by, now()), by.kind)
