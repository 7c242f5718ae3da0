# SPDX-License-Identifier: EUPL-1.2
"""An agent has a request sent to the body that handles its type: one that was filed before the body did, mostly."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import forwardings, merges, open311_bodies, requests
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.forwarding import goes_on
from parvis_requests.domain.forwarding_errors import NotToForwardError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.decide_forwarding import Kept
from parvis_requests.service.tell_forwarding import say


async def forward_by_hand(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    *,
    persons: PersonKeys,
    catalogues: Catalogues,
    version: int,
    now: datetime,
) -> Kept:
    """Put it on its way, with a note of it, in the caller's transaction; the worker sends it.

    Raises NotAllowedError for whoever is no agent, NotFoundError, StaleVersionError, or NotToForwardError where nobody
    else handles its type, or not what came by Open311 as this did, or it went there before, has ended, or goes along
    with another one.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    key = requests.form_key(row)
    state = (await catalogues.forms_of(session, [key]))[key].workflow.state(row.status)
    gone = await forwardings.one(session, agent.collectivity, row.id)
    if gone or (state and state.final) or await merges.of(session, row.id):
        raise NotToForwardError
    # What the rule says now: the catalogue that this process keeps may be some seconds old.
    relays = (await open311_bodies.forwarded_types(session, agent.collectivity)).get(row.type_code)
    if relays is None or not goes_on(row.client_id, relays=relays):
        raise NotToForwardError
    await forwardings.begin(session, row, now)
    found = await forwardings.one(session, agent.collectivity, row.id)
    if found is None:
        raise NotToForwardError
    name = Text.model_validate(found[1].name)
    words = Text(fr=f"Un agent a demandé la transmission à {name.fr}.", en=f"An agent had it forwarded to {name.en}.")
    await say(session, found[0], Visibility.INTERNAL, words, persons, now)
    return Kept(found[0], name)
