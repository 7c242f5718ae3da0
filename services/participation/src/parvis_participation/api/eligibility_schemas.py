# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives about who may vote."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from parvis_participation.api.schemas import Code, Input
from parvis_participation.domain.desk import Channel


class Level(StrEnum):
    """Levels of assurance of a sign-in (regulation (EU) 910/2014, article 8): low, substantial, high."""

    LOW = "eidas1"
    SUBSTANTIAL = "eidas2"
    HIGH = "eidas3"


class EligibilityRules(Input):
    """Who may vote: whoever meets all of it."""

    level: Level = Level.LOW
    minimum_age: int | None = Field(
        default=None, ge=10, le=99, description="In years, reached on the day the poll opens; null: none."
    )
    residence: bool = Field(
        default=False,
        description="Only people whose residence an agent has attested, as long as that holds.",
        strict=True,
    )
    areas: list[Code] = Field(
        default_factory=list,
        max_length=100,
        description="Only in these areas; empty: the whole town. Asks for `residence`.",
    )
    listed: bool = Field(default=False, description="Only people of the list that agents bring.", strict=True)

    channels: Annotated[list[Channel], Field(min_length=1, max_length=4)] = Field(
        default_factory=lambda: [Channel.ONLINE],
        description="The ways by which votes come; `server`: from devices that cannot seal a ballot, beside `online`.",
    )


def _sealed_by_whoever_can(rules: EligibilityRules) -> EligibilityRules:
    if Channel.SERVER in rules.channels and Channel.ONLINE not in rules.channels:
        told = {"fr": "Qui vote d'un appareil qui chiffre doit le pouvoir : ajoutez `online` à `server`."}
        raise PydanticCustomError("online-channel", "Whose device seals must be able to: add `online`.", told)
    return rules


NewEligibilityRules = Annotated[EligibilityRules, AfterValidator(_sealed_by_whoever_can)]


class EntitledView(BaseModel):
    """The list of those who may vote, frozen as the poll was published."""

    count: int
    digest: str = Field(description="SHA-256 over a salt and the sorted keys of all on the list, in hexadecimal.")


def _birth_date(text: str) -> str:
    try:
        date.fromisoformat(f"{text}-01-01"[:10] if len(text) == len("2000") else f"{text}-01"[:10])
    except ValueError as error:
        told = {"fr": "Donnez une date de naissance : AAAA-MM-JJ, ou AAAA-MM, ou AAAA."}
        raise PydanticCustomError("birth-date", "Give a birth date: YYYY-MM-DD, or YYYY-MM, or YYYY.", told) from error
    return text


Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Insee = Annotated[str, Field(pattern=r"^[0-9AB]{5}$")]


class CivilStatus(Input):
    """The pivot identity, as a register or a document says it. It is not kept."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    given_names: Name = Field(description="All civil first names, separated by spaces.")
    family_name: Name = Field(description="The name at birth.")
    gender: Annotated[str, Field(pattern=r"^(female|male)$")]
    birth_date: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
            description="YYYY-MM-DD; YYYY-MM or YYYY where no more is known.",
        ),
        AfterValidator(_birth_date),
    ]
    birth_place: Insee | None = Field(
        default=None, description="INSEE code of the commune; for a birth in France alone."
    )
    birth_country: Insee = Field(description="INSEE code of the country; 99100 is France.")


class NewEntitled(Input):
    """A part of the list of those who may vote in a poll."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    people: list[CivilStatus] = Field(min_length=1, max_length=500)


class ImportedView(BaseModel):
    """What became of a part of a list. Who was on it already is not added again."""

    added: int
    total: int = Field(description="How many are on the list now.")
    incomplete: list[int] = Field(
        description="The places in the call, from 0, of people whose civil status does not tell them from others."
    )


class Evidence(StrEnum):
    """What an agent saw of where somebody lives."""

    PROOF_OF_ADDRESS = "proof-of-address"
    TAX_NOTICE = "tax-notice"
    FAMILY_ALLOWANCE = "family-allowance"
    ELECTORAL_ROLL = "electoral-roll"


def _written(value: object) -> object:
    # Left alone, a number would be read as seconds since 1970.
    if not isinstance(value, str):
        told = {"fr": "Donnez une date : AAAA-MM-JJ."}
        raise PydanticCustomError("date", "Give a date: YYYY-MM-DD.", told)
    return value


class NewResidence(Input):
    """That an agent saw where a person lives."""

    person: UUID = Field(description="The id of the person's account.")
    area: Code | None = Field(default=None, description="The part of the town; null where it plays no part.")
    evidence: Evidence
    expires_on: Annotated[date, BeforeValidator(_written)] = Field(
        description="The last day on which it holds, at most three years from now."
    )


class ResidenceView(BaseModel):
    """An attestation of residence; a later one of the same person takes its place."""

    person: UUID
    area: str | None
    evidence: Evidence
    expires_on: date
    attested_at: datetime
