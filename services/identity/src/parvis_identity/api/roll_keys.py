# SPDX-License-Identifier: EUPL-1.2
"""The keys of voters, on the internal port."""

import re
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from parvis_identity.api.context import parts_of
from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.person import Identity
from parvis_identity.service.roll_keys import Account, Voter
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["internal"])
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_PATH = "/internal/v1/roll-keys"
_ROUTE: dict[str, Any] = {"responses": problems(400, 401, 403, 413, 422)}
Label = Annotated[
    str, Field(pattern=r"^[a-z0-9/-]{1,100}$", description="Names one vote: the keys of two cannot be joined.")
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[0-9AB]{5}$")]


def _birth_date(text: str) -> str:
    precision_of(text)
    return text


def _written(value: object) -> object:
    # pydantic would take a number, and a string of digits, as seconds since 1970.
    if value is None or (isinstance(value, str) and _DATE.fullmatch(value)):
        return value
    french = {"fr": "Donnez une date : AAAA-MM-JJ."}
    raise PydanticCustomError("date", "Give a date: YYYY-MM-DD.", french)


class VotingAccount(BaseModel):
    """Who votes, in which vote; in the body, for addresses are written down along the way."""

    model_config = ConfigDict(extra="forbid")

    person: UUID
    label: Label
    born_by: Annotated[date | None, BeforeValidator(_written)] = Field(
        default=None, description="Asks whether they were born on this day or before."
    )


class RollKeyView(BaseModel):
    """Under which key the person stands on the roll of that vote."""

    person_key: str | None = Field(description="32 bytes, in hexadecimal; null where nobody verified who they are.")
    old_enough: bool | None = Field(description="Null where it was not asked, or where nobody knows.")


class VotingAccounts(BaseModel):
    """Those who vote in one moment, whatever the vote."""

    model_config = ConfigDict(extra="forbid")

    accounts: list[VotingAccount] = Field(min_length=1, max_length=100)


class AccountKeysView(BaseModel):
    """The keys in the order of the accounts, each as if it alone was asked for."""

    roll_keys: list[RollKeyView]


class CivilStatus(BaseModel):
    """The pivot identity, as a document or a register says it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    given_names: Name
    family_name: Name
    gender: Annotated[str, Field(pattern=r"^(female|male)$")]
    birth_date: Annotated[str, Field(max_length=10), AfterValidator(_birth_date)]
    birth_place: Code | None = None
    birth_country: Code


class NewRollKeys(BaseModel):
    """People without an account, in one vote."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    label: Label
    people: list[CivilStatus] = Field(min_length=1, max_length=500)


class RollKeysView(BaseModel):
    """The keys in the order of the people; null for one whose civil status does not tell them apart."""

    person_keys: list[str | None]


@routes.post(_PATH, **token("identity.rolls.read"), operation_id="makeRollKey", response_model=RollKeyView, **_ROUTE)
async def make_roll_key(body: VotingAccount, request: Request) -> RollKeyView:
    """An account holder's key on the roll of a vote: as the version before asks, while both run."""
    made = await make_account_keys(VotingAccounts(accounts=[body]), request)
    return made.roll_keys[0]


@routes.post(
    f"{_PATH}/of-accounts",
    **token("identity.rolls.read"),
    operation_id="makeAccountKeys",
    response_model=AccountKeysView,
    **_ROUTE,
)
async def make_account_keys(body: VotingAccounts, request: Request) -> AccountKeysView:
    """Account holders' keys on the rolls of votes, for the service that keeps the rolls."""
    accounts = [Account(one.person, one.label, one.born_by) for one in body.accounts]
    made = await parts_of(request).roll_keys.of(accounts, principal_of(request))
    return AccountKeysView(roll_keys=[_view(voter) for voter in made])


@routes.post(
    f"{_PATH}/of-civil-statuses",
    **token("identity.rolls.read", body_limit=1_048_576),
    operation_id="makeRollKeys",
    response_model=RollKeysView,
    **_ROUTE,
)
async def make_roll_keys(body: NewRollKeys, request: Request) -> RollKeysView:
    """The keys of people on a list, or at a desk; the same as their accounts have, where these are verified."""
    people = [Identity(**person.model_dump()) for person in body.people]
    made = parts_of(request).roll_keys.of_civil_statuses(people, body.label, principal_of(request))
    return RollKeysView(person_keys=[key.hex() if key else None for key in made])


def _view(voter: Voter | None) -> RollKeyView:
    return RollKeyView(person_key=voter.key.hex() if voter else None, old_enough=voter.old_enough if voter else None)
