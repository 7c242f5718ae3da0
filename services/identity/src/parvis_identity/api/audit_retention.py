# SPDX-License-Identifier: EUPL-1.2
"""For how long a collectivity keeps its audit trail."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.staff import JUST_NOW, actor_of, staff_of
from parvis_identity.db import audit_retention
from parvis_identity.domain.audit_retention import DEFAULT_MONTHS, LEAST_MONTHS, MOST_MONTHS
from parvis_identity.service.keep_audit import keep_audit
from parvis_identity.service.manage_agents import By
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token

routes = router(tags=["audit"])
_PATH: Final = "/v1/collectivity/audit-retention"
_MONTHS: Final = Field(
    ge=LEAST_MONTHS,
    le=MOST_MONTHS,
    strict=True,
    description="CNIL, deliberation 2021-122: six months to a year, up to three years where a documented internal"
    f" control needs them; {DEFAULT_MONTHS} unless said otherwise.",
)


class AuditRetention(BaseModel):
    """How long a line is kept."""

    model_config = ConfigDict(extra="forbid")

    months: Annotated[int, _MONTHS]


@routes.get(
    _PATH,
    **token("identity.collectivity.read"),
    operation_id="readAuditRetention",
    response_model=AuditRetention,
    responses=problems(401, 403),
)
async def read_audit_retention(request: Request) -> Response:
    """How long the lines of the caller's collectivity are kept."""
    caller = staff_of(request)
    async with parts_of(request).database.reading() as session:
        return _answer(await audit_retention.months(session, caller.collectivity))


@routes.put(
    _PATH,
    **token("identity.collectivity.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="setAuditRetention",
    response_model=AuditRetention,
    responses=problems(400, 401, 403, 412, 413, 422, 428),
)
async def set_audit_retention(body: AuditRetention, request: Request) -> Response:
    """Another period; older lines go within the hour, and the chain can still be checked."""
    caller, seen = staff_of(request), required_version(request)
    by = By(actor_of(caller), caller.collectivity, now())
    async with parts_of(request).database.unit_of_work() as uow:
        await keep_audit(uow.session, by, body.months, seen)
        await uow.commit()
    return _answer(body.months)


def _answer(months: int) -> Response:
    headers = {"ETag": entity_tag(months), "Cache-Control": "no-store"}
    return Response(AuditRetention(months=months).model_dump_json(), 200, headers, "application/json")
