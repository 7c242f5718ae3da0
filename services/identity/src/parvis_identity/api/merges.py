# SPDX-License-Identifier: EUPL-1.2
"""For administrators and supervisors: join two accounts that are one person's, one prepares and another decides."""

from dataclasses import asdict
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.problems import MERGE_IMPOSSIBLE
from parvis_identity.api.staff import JUST_NOW
from parvis_identity.domain.agreement import Agreement
from parvis_identity.domain.errors import MergeImpossibleError
from parvis_identity.domain.merge import Merge, Reason
from parvis_identity.domain.pivot import Document
from parvis_identity.service.merge_accounts import Wish
from parvis_kit.problems import Problem
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token

routes = router(tags=["counter"])
_PATH: Final = "/v1/account-merges"
_WHY: Final[dict[str, tuple[str, str]]] = {
    "one-account": ("Ce sont les mêmes comptes.", "These are the same account."),
    "merged-already": ("L'un des comptes a déjà été fusionné.", "One of the accounts was merged already."),
    "staff": ("L'un des comptes est celui d'un agent.", "One of the accounts is an agent's."),
    "two-local-accounts": (
        "Les deux comptes ont un mot de passe ou des clés d'accès ; la personne doit d'abord fermer l'un des deux.",
        "Both accounts have a password or passkeys; the person must close one of them first.",
    ),
    "keep-the-other": (
        "Gardez plutôt l'autre compte : lui seul a un mot de passe ou des clés d'accès.",
        "Keep the other account: only that one has a password or passkeys.",
    ),
    "birth-differs": (
        "Date ou lieu de naissance diffèrent : ce sont deux personnes.",
        "Date or place of birth differ: these are two people.",
    ),
    "names-differ": (
        "Les noms ou le sexe diffèrent : ce n'est pas un doublon, mais peut-être un changement d'état civil.",
        "Names or gender differ: this is no duplicate, but perhaps a change of civil status.",
    ),
    "document-needed": (
        "L'état civil des deux comptes n'est pas le même en tout : dites quelle pièce vous avez vue.",
        "The civil status of the two accounts is not the same throughout: say which document you saw.",
    ),
    "own-merge": (
        "Un autre agent que celui qui l'a préparée doit décider de la fusion.",
        "Another agent than the one who prepared it must decide on the merge.",
    ),
    "not-due": (
        "Les personnes prévenues peuvent encore s'y opposer ; revenez après le délai.",
        "The people who were told can still object; come back when the time is over.",
    ),
    "erasure-waits": (
        "L'effacement de l'un des comptes est demandé ; il faut d'abord y renoncer.",
        "One of the accounts is to be erased; that has to be taken back first.",
    ),
    "changed": (
        "Les comptes ont changé depuis ; préparez à nouveau la fusion.",
        "The accounts have changed meanwhile; prepare the merge again.",
    ),
}


class MergeBody(BaseModel):
    """Which account goes into which, and why."""

    model_config = ConfigDict(extra="forbid")

    kept: UUID = Field(description="The account that stays.")
    absorbed: UUID = Field(description="The account that is no more afterwards.")
    reason: Reason
    document: Document | None = Field(default=None, description="Which kind of document shows that it is one person.")


class DecisionBody(BaseModel):
    """What becomes of the merge."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["carry-out", "discard"] = Field(description="Nothing undoes a merge that was carried out.")


class SideView(BaseModel):
    """What hangs on an account."""

    links: int = Field(ge=0, description="Identities of providers; they all lead to the account that is kept.")
    sessions: int = Field(ge=0, description="Living ones; those of the absorbed account end.")
    local: bool = Field(description="True for an account with a password or passkeys.")


class ComparisonView(BaseModel):
    """How far the two accounts agree, without saying on what.

    `compatible`: the one says less than the other, such as a birth date without its day; `unknown`: one says nothing.
    """

    given_names: Agreement
    family_name: Agreement
    gender: Agreement
    birth_date: Agreement
    birth_place: Agreement
    birth_country: Agreement


class MergeView(BaseModel):
    """A merge, and what the accounts were when it was prepared."""

    id: UUID
    kept: UUID
    absorbed: UUID
    reason: Reason
    document: Document | None
    state: Literal["prepared", "done", "discarded"]
    kept_side: SideView
    absorbed_side: SideView
    comparison: ComparisonView
    agent: UUID = Field(description="Who prepared it; somebody else decides.")
    created_at: AwareDatetime
    due_at: AwareDatetime = Field(description="From when on it can be carried out; until then both can object.")
    decided_by: UUID | None = Field(description="The second agent; null where one of the accounts objected.")
    decided_at: AwareDatetime | None
    objected_at: AwareDatetime | None


@routes.post(
    _PATH,
    **token("identity.merges.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="prepareAccountMerge",
    status_code=201,
    response_model=MergeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def prepare_account_merge(body: MergeBody, request: Request) -> Response:
    """See what joining two accounts would do, and tell both; nothing is changed yet."""
    caller, parts = principal_of(request), parts_of(request)
    wish = Wish(kept=body.kept, absorbed=body.absorbed, reason=body.reason, document=body.document)

    async def effect(session: AsyncSession) -> Answer:
        try:
            merge = await parts.about_people.merge_accounts.prepare(session, caller, wish, now())
        except MergeImpossibleError as error:
            raise _impossible(error) from error
        return Answer.of(_view(merge), {"Location": f"{_PATH}/{merge.id}", **_headers(merge)})

    return await parts.about_people.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.get(
    f"{_PATH}/{{merge_id}}",
    **token("identity.merges.read"),
    operation_id="readAccountMerge",
    response_model=MergeView,
    responses=problems(401, 403, 404, 422),
)
async def read_account_merge(merge_id: UUID, request: Request) -> Response:
    """A merge, whatever became of it: who prepared it and who decided."""
    merge = await parts_of(request).about_people.merge_accounts.find(principal_of(request), merge_id)
    return Response(_view(merge).model_dump_json(), 200, _headers(merge), "application/json")


@routes.post(
    f"{_PATH}/{{merge_id}}/decisions",
    **token("identity.merges.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="decideAccountMerge",
    response_model=MergeView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def decide_account_merge(merge_id: UUID, body: DecisionBody, request: Request) -> Response:
    """Carry out what another agent prepared, when it is due, or discard it; the absorbed account's sessions end."""
    merging, version = parts_of(request).about_people.merge_accounts, required_version(request)
    carry_out, caller = body.decision == "carry-out", principal_of(request)
    try:
        merge = await merging.decide(caller, merge_id, version, carry_out=carry_out, now=now())
    except MergeImpossibleError as error:
        raise _impossible(error) from error
    return Response(_view(merge).model_dump_json(), 200, _headers(merge), "application/json")


def _impossible(error: MergeImpossibleError) -> Problem:
    return MERGE_IMPOSSIBLE.problem(*_WHY[error.reason])


def _headers(merge: Merge) -> dict[str, str]:
    return {"ETag": entity_tag(merge.version), "Cache-Control": "no-store"}


def _view(merge: Merge) -> MergeView:
    members: dict[str, Any] = asdict(merge) | {"state": merge.state.value}
    return MergeView.model_validate(members)
