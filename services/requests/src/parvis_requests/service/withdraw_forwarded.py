# SPDX-License-Identifier: EUPL-1.2
"""The author takes back a request that another body handles, or was to: it is told, or an agent is to tell it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import forwardings
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.team import Alert
from parvis_requests.service.alert_agents import alert_agents
from parvis_requests.service.write_message import store_words


async def withdraw_forwarded(session: AsyncSession, request: Request, *, persons: PersonKeys, now: datetime) -> Request:
    """In the transaction in which its author ends it, which holds it locked; returns the request as it then is.

    What has not left does not leave any more. A body that takes updates is sent one, in its turn and once it has given
    a number; of any other, and of a call that came to nothing known, agents are alerted.
    """
    found = await forwardings.one(session, request.collectivity, request.id, lock=True)
    if found is None or found[0].state in (ForwardingState.GIVEN_UP, ForwardingState.ENDED):
        return request
    row, name = found[0], Text.model_validate(found[1].name)
    by_update = found[1].has_updates and row.state != ForwardingState.FAILED
    after, service = request.after_word(), Actor.service(request.collectivity)
    if row.state == ForwardingState.WAITING:
        row.state, row.version, row.updated_at = ForwardingState.GIVEN_UP, row.version + 1, now
        words = Text(
            fr=f"La personne a retiré sa demande avant sa transmission à {name.fr}, qui n'a donc pas lieu.",
            en=f"The person took their request back before it was forwarded to {name.en}: it is not.",
        )
    elif by_update:
        words = Text(
            fr=f"La personne a retiré sa demande : {name.fr} en est informé.",
            en=f"The person took their request back: {name.en} is told.",
        )
    else:
        number = f" ({row.service_request_id})" if row.service_request_id else ""
        words = Text(
            fr=f"La personne a retiré sa demande : dites-le à {name.fr}{number}, à qui rien ne peut en être transmis.",
            en=f"The person took their request back: tell {name.en}{number}, to which nothing can be sent of it.",
        )
    note = await store_words(session, after, service, Visibility.INTERNAL, words, persons=persons, now=now)
    if row.state != ForwardingState.GIVEN_UP:
        if by_update:
            await forwardings.enqueue_withdrawal(session, row, note, now)
        else:
            await alert_agents(session, after, Alert.SUPPLEMENTED, now)
    return after
