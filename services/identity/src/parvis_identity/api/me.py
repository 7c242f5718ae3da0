# SPDX-License-Identifier: EUPL-1.2
"""The caller's own account, and what of it they may change."""

from typing import Annotated, Any, Final, Literal

from fastapi import Body, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.callers import own_account
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.me_views import PRIVATE, MeView, me_answer, tag_of
from parvis_identity.api.merge_patch import MERGE_PATCH, merge_patch_only
from parvis_identity.api.problems import CERTIFIED
from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.pivot import Source
from parvis_identity.domain.profile import CertifiedError
from parvis_identity.service.phone_numbers import e164
from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Problem
from parvis_kit.web.etag import not_modified, required_version
from parvis_kit.web.operation import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, principal_of, problems, router, token
from parvis_kit.web.types import PlainText

routes = router(tags=["people"])
_BIRTH: Final = {"date": "birth_date", "place": "birth_place", "country": "birth_country"}
_WHY: Final = {
    Source.PROVIDER: Text(
        fr="FranceConnect garantit votre état civil. Faites-le corriger auprès de l'Insee ou de votre mairie de "
        "naissance : la correction est reprise à votre prochaine connexion. À l'accueil de la mairie, un agent peut "
        "aussi attester une pièce d'identité plus récente.",
        en="FranceConnect vouches for your civil status. Have it corrected with Insee or the town hall where you were "
        "born: the correction is taken over when you next sign in. At the town hall's counter, an agent can also "
        "attest a more recent identity document.",
    ),
    Source.DOCUMENT: Text(
        fr="Un agent a attesté votre état civil d'après une pièce d'identité. Présentez à l'accueil de la mairie une "
        "pièce à jour pour le faire corriger.",
        en="An agent attested your civil status from an identity document. Show an up-to-date document at the town "
        "hall's counter to have it corrected.",
    ),
}


def _date(text: str | None) -> str | None:
    if text is not None:
        precision_of(text)
    return text


def _number(text: str | None) -> str | None:
    return None if text is None else e164(text)


def _absent(schema: dict[str, Any]) -> None:
    # A member that is not sent stays as it is: there is no default.
    schema.pop("default", None)


Name = Annotated[PlainText, Field(min_length=1, max_length=200)]


class BirthPatch(BaseModel):
    """Birth, as the person declares it."""

    model_config = ConfigDict(extra="forbid")

    date: Annotated[str | None, AfterValidator(_date)] = Field(
        default=None, pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$", json_schema_extra=_absent
    )
    place: str | None = Field(default=None, pattern=r"^([0-9]{2}|2[AB])[0-9]{3}$", json_schema_extra=_absent)
    country: str | None = Field(default=None, pattern=r"^99[0-9]{3}$", json_schema_extra=_absent)


class MePatch(BaseModel):
    """RFC 7396 merge patch of one's own account; civil status only while nobody vouches for it (`certified_by`)."""

    model_config = ConfigDict(extra="forbid")

    language: Literal["fr", "en"] = Field(
        default="fr", description="In which the person is written to.", json_schema_extra=_absent
    )
    preferred_name: Name | None = Field(
        default=None, description="Name used; null where it is the family name.", json_schema_extra=_absent
    )
    phone: Annotated[str | None, AfterValidator(_number)] = Field(
        default=None,
        max_length=30,
        description="With its country code, or as it is dialled in France; null removes it. Kept as E.164.",
        json_schema_extra=_absent,
    )
    given_names: Name = Field(default="", json_schema_extra=_absent)
    family_name: Name = Field(default="", description="Name at birth.", json_schema_extra=_absent)
    gender: Literal["female", "male", "unspecified"] | None = Field(default=None, json_schema_extra=_absent)
    birth: BirthPatch = Field(default_factory=BirthPatch, json_schema_extra=_absent)

    def wanted(self) -> dict[str, str | None]:
        """The values that were sent, by the names of the identity's members."""
        sent: dict[str, Any] = self.model_dump(exclude_unset=True)
        born = sent.pop("birth", {})
        return sent | {_BIRTH[name]: value for name, value in born.items()}


@routes.get(
    "/v1/me",
    **token("identity.profile.read", headers=[IF_NONE_MATCH]),
    operation_id="readMe",
    response_model=MeView,
    responses=problems(401, 403, 404) | NOT_MODIFIED,
)
async def read_me(request: Request) -> Response:
    """The caller's own account, and who vouches for what is in it."""
    account = await parts_of(request).read_person.account(principal_of(request))
    if not_modified(request, tag_of(account)):
        return Response(None, 304, PRIVATE | {"ETag": tag_of(account)})
    return me_answer(account, principal_of(request).kind.value)


@routes.patch(
    "/v1/me",
    **token("identity.profile.write", headers=[IF_MATCH]),
    operation_id="changeMe",
    dependencies=[Depends(merge_patch_only)],
    response_model=MeView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
)
async def change_me(patch: Annotated[MePatch, Body(media_type=MERGE_PATCH)], request: Request) -> Response:
    """Change one's own account; the e-mail address is changed by a code that is sent to the new one."""
    by, version = own_account(principal_of(request)), required_version(request)
    try:
        account = await parts_of(request).profiles.change_profile.change(by, patch.wanted(), version, now())
    except CertifiedError as error:
        raise certified(error) from error
    return me_answer(account, by.kind)


def certified(error: CertifiedError) -> Problem:
    """Why these members cannot be changed here, and where they can."""
    why = _WHY[error.by]
    members = dict.fromkeys("birth" if name in _BIRTH.values() else name for name in error.members)
    errors = [FieldError(f"/{name}", CERTIFIED.code, why) for name in members]
    return CERTIFIED.problem(why.fr, why.en, errors=errors)
