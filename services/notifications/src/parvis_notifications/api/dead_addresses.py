# SPDX-License-Identifier: EUPL-1.2
"""Addresses at which nothing arrives: the caller's own, and how many of the town's there are."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, language_of, now, parts_of, reader_of
from parvis_notifications.db import dead_addresses
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.own_addresses import DeadWay, own_dead_ways

routes = router(tags=["deliveries"])
_WORDS = {
    Channel.EMAIL: Text(
        fr="Nos courriels ne vous arrivent plus : confirmez votre adresse électronique, ou donnez-en une autre.",
        en="Our mails reach you no longer: confirm your e-mail address anew, or give another one.",
    ),
    Channel.SMS: Text(
        fr="Nos SMS ne vous arrivent plus : confirmez votre numéro, ou donnez-en un autre.",
        en="Our text messages reach you no longer: confirm your number anew, or give another one.",
    ),
    Channel.LETTER: Text(
        fr="La poste nous a rendu une lettre : corrigez votre adresse postale.",
        en="The post has brought a letter back: correct your postal address.",
    ),
}


class DeadAddressView(BaseModel):
    """That nothing arrives by a channel, and what helps."""

    channel: Channel
    explanation: str = Field(description="In words, in the language asked for.")
    status: str = Field(description="What the last report gave as status (RFC 3463), or a provider's code.")
    told_at: AwareDatetime
    everything: bool = Field(
        description="true: no message goes there but what the law has sent; false: no news and nothing of applications."
    )
    tried_after: AwareDatetime | None = Field(
        description="When it is tried again by itself; null: once it is confirmed."
    )


class DeadAddressList(BaseModel):
    """One item for each channel by which nothing arrives; none where all is well."""

    items: list[DeadAddressView]


class DeadAddressFigure(BaseModel):
    """Of one channel, without whose they are."""

    channel: Literal[Channel.EMAIL, Channel.SMS]
    addresses: int = Field(description="At which nothing arrives, of whatever was sent there.")
    subscribers: int = Field(description="Subscriptions that have one of them, and rest by that channel.")
    alone: int = Field(description="Of these, those that have no other address, and rest as a whole.")


class DeadAddressFigures(BaseModel):
    """How many of the town's addresses are dead now."""

    items: list[DeadAddressFigure]


@routes.get(
    "/v1/dead-addresses",
    **token("notifications.preferences.read"),
    operation_id="listDeadAddresses",
    response_model=DeadAddressList,
    responses=problems(401, 403),
)
async def list_(request: Request, response: Response) -> object:
    """By which of the caller's addresses nothing arrives: for a front-end to say when they sign in."""
    reader, language = reader_of(request), language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await own_dead_ways(session, reader, now())
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return DeadAddressList(items=[_view(each, language) for each in found])


@routes.get(
    "/v1/dead-address-figures",
    **token("notifications.deliveries.read"),
    operation_id="readDeadAddressFigures",
    response_model=DeadAddressFigures,
    responses=problems(401, 403),
)
async def figures(request: Request, response: Response) -> object:
    """How many addresses take nothing any more, and how many subscriptions rest for that."""
    found = await dead_addresses.figures(parts_of(request).runtime.database.pool, agent_of(request).collectivity)
    response.headers["Cache-Control"] = "no-store"
    return DeadAddressFigures(
        items=[
            DeadAddressFigure(
                channel=each.channel,
                addresses=each.addresses,
                subscribers=each.subscribers,
                alone=each.alone,
            )
            for each in found
        ]
    )


def _view(way: DeadWay, language: Language) -> DeadAddressView:
    return DeadAddressView(
        channel=way.channel,
        explanation=_WORDS[way.channel].in_language(language),
        status=way.status,
        told_at=way.told_at,
        everything=way.everything,
        tried_after=way.tried_after,
    )
