# SPDX-License-Identifier: EUPL-1.2
"""For agents at the counter: find somebody's account, and attest that their identity document was seen."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import Document, Proof
from parvis_identity.service.attest_identity import Seen
from parvis_identity.service.find_account import FoundAccount
from parvis_identity.service.phone_numbers import e164
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText

routes = router(tags=["counter"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


def _birth_date(text: str) -> str:
    precision_of(text)
    return text


class BirthBody(BaseModel):
    """Birth as the document has it."""

    model_config = ConfigDict(extra="forbid")

    date: Annotated[str, AfterValidator(_birth_date)] = Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="`YYYY-MM-DD`."
    )
    place: str | None = Field(
        default=None, pattern=r"^([0-9]{2}|2[AB])[0-9]{3}$", description="INSEE code of the commune, in France."
    )
    country: str = Field(pattern=r"^99[0-9]{3}$", description="INSEE code of the country; 99100 is France.")


class ProofBody(BaseModel):
    """What an agent reads in the document; never its number."""

    model_config = ConfigDict(extra="forbid")

    document: Document = Field(description="Which kind of document was seen.")
    given_names: PlainText = Field(
        min_length=1, max_length=200, description="All civil first names, separated by spaces."
    )
    family_name: PlainText = Field(min_length=1, max_length=200, description="Name at birth.")
    gender: Literal["female", "male", "unspecified"]
    birth: BirthBody


class ProofView(BaseModel):
    """By what somebody's civil status was verified."""

    source: Literal["provider", "document"] = Field(description="FranceConnect, or an agent who saw a document.")
    document: Document | None
    proved_at: AwareDatetime


class PhoneBody(BaseModel):
    """The number that the person says is theirs."""

    model_config = ConfigDict(extra="forbid")

    phone: Annotated[str, AfterValidator(e164)] = Field(
        max_length=30, description="With its country code, or as it is dialled in France."
    )


class AccountSearchBody(BaseModel):
    """What the person at the counter says."""

    model_config = ConfigDict(extra="forbid")

    email: PlainText = Field(min_length=1, max_length=254, description="The exact address of the account.")


class AccountView(BaseModel):
    """An account of the agent's collectivity."""

    id: UUID
    given_names: str | None
    family_name: str | None
    birth_date: str | None
    created_at: AwareDatetime
    proof: ProofView | None = Field(description="Null where all this is only declared.")


class AccountListView(BaseModel):
    """Those that were found, the oldest first; at most twenty."""

    items: list[AccountView]


@routes.post(
    "/v1/account-searches",
    **token("identity.accounts.read"),
    operation_id="findAccounts",
    response_model=AccountListView,
    responses=problems(400, 401, 403, 413, 422),
)
async def find_accounts(body: AccountSearchBody, request: Request) -> Response:
    """Find the accounts with an address; each of their owners can see that they were found."""
    finder = parts_of(request).about_people.find_account
    found = await finder.by_email(principal_of(request), body.email, now())
    view = AccountListView.model_validate({"items": [_account(account) for account in found]})
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    "/v1/people/{person_id}/identity-proofs",
    **token("identity.proofs.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="attestIdentity",
    status_code=201,
    response_model=ProofView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def attest_identity(person_id: UUID, body: ProofBody, request: Request) -> Response:
    """Attest that the person's document was seen: the civil status in it takes the place of what was known before."""
    caller, about = principal_of(request), parts_of(request).about_people
    seen = Seen(body.document, _read(body))

    async def effect(session: AsyncSession) -> Answer:
        proof = await about.attest_identity.attest(session, caller, person_id, seen, now())
        return Answer.of(ProofView.model_validate(_proof(proof)), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    "/v1/people/{person_id}/phone-verifications",
    **token("identity.proofs.write"),
    operation_id="verifyPhone",
    status_code=204,
    response_class=Response,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def verify_phone(person_id: UUID, body: PhoneBody, request: Request) -> Response:
    """Attest that the number in somebody's account was heard to ring in their hands; any other is refused."""
    await parts_of(request).profiles.verify_phone.verify(principal_of(request), person_id, body.phone, now())
    return Response(None, 204, _PRIVATE)


def _read(body: ProofBody) -> Identity:
    return Identity(
        given_names=body.given_names,
        family_name=body.family_name,
        gender=body.gender,
        birth_date=body.birth.date,
        birth_place=body.birth.place,
        birth_country=body.birth.country,
    )


def _proof(proof: Proof) -> dict[str, Any]:
    return {"source": proof.source.value, "document": proof.document, "proved_at": proof.proved_at}


def _account(found: FoundAccount) -> dict[str, Any]:
    identity = found.person.identity
    return {
        "id": found.person.id,
        "given_names": identity.given_names,
        "family_name": identity.family_name,
        "birth_date": identity.birth_date,
        "created_at": found.person.created_at,
        "proof": _proof(found.proof) if found.proof else None,
    }
