# SPDX-License-Identifier: EUPL-1.2
"""Where OVHcloud tells that the state of a text message has changed: nothing is signed, so that nothing is believed."""

from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import NOT_FOUND
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.context import parts_of
from parvis_notifications.api.provider_forms import Provider
from parvis_notifications.db import text_receipts

routes = router(tags=["inbound"])
Key = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{24,100}$", description="What ends this address, as the town has set it.")
]
Number = Annotated[str, Query(alias="id", pattern=r"^[0-9]{1,20}$", description="The message's number there.")]
Told = Annotated[str | None, Query(max_length=1_000, description="Told, and not believed.")]
ToldMore = Annotated[str | None, Query(alias="descriptionDlr", max_length=1_000, description="Told, and not believed.")]


@routes.get(
    "/v1/text-providers/{provider}/receipts/{key}",
    **service(cors=False),
    operation_id="bringTextReceipt",
    status_code=204,
    responses=problems(400, 404, 422),
)
async def bring_receipt(
    provider: Provider,
    key: Key,
    number: Number,
    request: Request,
    ptt: Told = None,  # noqa: ARG001 - part of what comes
    date: Told = None,  # noqa: ARG001 - part of what comes
    description: Told = None,  # noqa: ARG001 - part of what comes
    description_dlr: ToldMore = None,  # noqa: ARG001 - part of what comes
) -> Response:
    """Take it that the state of a text message has changed: its provider is asked what became of it. Safe to repeat."""
    runtime = parts_of(request).runtime
    if not any(each.name == provider and each.rings_with(key) for each in runtime.settings.sms_providers):
        raise NOT_FOUND.problem("Cette adresse n'est celle d'aucun fournisseur.", "This address is no provider's.")
    async with runtime.database.unit_of_work() as uow:
        await text_receipts.look(uow.session, provider, number)
        await uow.commit()
    return Response(status_code=204)
