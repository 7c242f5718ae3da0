# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account contests what their request was refused, by its tracking token."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, service
from parvis_requests.api import appeals
from parvis_requests.api.appeal_schemas import AppealList, AppealView, NewAppeal
from parvis_requests.api.tracked import PATH, TRACKING_TOKEN, TrackedRoute, tracked

routes = router(tags=["tracked"], route_class=TrackedRoute)
_ALL: Final = PATH + "/appeals"


@routes.post(
    _ALL,
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY]),
    operation_id="contestTrackedRequest",
    status_code=201,
    response_model=AppealView,
    responses=problems(400, 403, 404, 409, 413, 422),
)
async def lodge(body: NewAppeal, request: Request) -> Response:
    """Contest what it was refused."""
    return await appeals.lodge(tracked(request), body, request)


@routes.get(
    _ALL,
    **service(headers=[TRACKING_TOKEN]),
    operation_id="listTrackedAppeals",
    response_model=AppealList,
    responses=problems(404, 422),
)
async def list_(request: Request, response: Response) -> AppealList:
    """All appeals of it, and until when the court is open."""
    return await appeals.list_(tracked(request), request, response)


@routes.post(
    _ALL + "/{appeal_id}/withdrawal",
    **service(headers=[TRACKING_TOKEN, IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="withdrawTrackedAppeal",
    status_code=201,
    response_model=AppealView,
    responses=problems(400, 403, 404, 409, 412, 413, 422, 428),
)
async def withdraw(appeal_id: UUID, request: Request) -> Response:
    """Take an appeal back."""
    return await appeals.withdraw(tracked(request), appeal_id, request)
