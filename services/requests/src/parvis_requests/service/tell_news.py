# SPDX-License-Identifier: EUPL-1.2
"""Tell what another body says of a request: to its author in words, and by the act that its type's rule names."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.locale import Text
from parvis_requests.db import forwardings, merges, open311_bodies, requests
from parvis_requests.db.tables import Forwarding
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import ConditionError, NotAllowedError, PeriodEndedError, TransitionError
from parvis_requests.domain.forwarding import ENDS, STATUS_NAMES, ForwardingState, News
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.move_request import Move, move_request
from parvis_requests.service.open311_endpoints import Forwarders
from parvis_requests.service.tell_forwarding import name_of, say


async def tell_news(parts: Forwarders, body_id: UUID, request_id: UUID, news: News, now: datetime) -> bool:
    """Tell it in one transaction; False where it was told before, or says nothing new."""
    async with parts.database.reading() as session:
        collectivity = await forwardings.collectivity_of(session, request_id)
    if collectivity is None:
        return False
    async with parts.database.unit_of_work() as uow:
        # The request is locked before its forwarding, as whoever acts on it does.
        row = await requests.one(uow.session, Actor.service(collectivity), request_id, lock=True)
        found = await forwardings.one(uow.session, collectivity, request_id, lock=True)
        if found is None:
            return False
        forwarding = found[0]
        if news.update_id and not await forwardings.keep_update(uow.session, body_id, news.update_id, row, now):
            return False
        told = await _tell(uow.session, parts, row, forwarding, news, now)
        await uow.commit()
    return told


async def _tell(
    session: AsyncSession, parts: Forwarders, row: Row, forwarding: Forwarding, news: News, now: datetime
) -> bool:
    moves, says_more = news.moves(forwarding.remote_status), news.says_more(forwarding.news)
    if not (moves or says_more):
        return False
    status = news.status if moves else forwarding.remote_status
    state = ForwardingState.ENDED if status in ENDS else ForwardingState.FOLLOWED
    digest = news.digest if news.words else forwarding.news
    await forwardings.told(session, row.id, now, remote_status=status, state=state, news=digest)
    name = await name_of(session, forwarding)
    await say(session, forwarding, Visibility.PUBLIC, _words(name, news, moves=moves), parts.persons, now)
    if moves:
        await _act(session, parts, row, forwarding, news.status, now)
    return True


def _words(name: Text, news: News, *, moves: bool) -> Text:
    french, english = name.fr, name.en
    if moves and news.status in STATUS_NAMES:
        in_french, in_english = STATUS_NAMES[news.status]
        french, english = f"{name.fr} : demande {in_french}.", f"{name.en}: request {in_english}."
        separator = " "
    else:
        separator = " : "
    if not news.words:
        return Text(fr=french, en=english)
    return Text(fr=f"{french}{separator}{news.words}", en=f"{english}{separator.lstrip() or ' '}{news.words}")


async def _act(
    session: AsyncSession, parts: Forwarders, row: Row, forwarding: Forwarding, status: str, now: datetime
) -> None:
    """Make the transition that the rule names for that state, where the workflow lets the service make it now."""
    service = Actor.service(forwarding.collectivity)
    await session.refresh(row)  # the words were an act of their own
    rule = await open311_bodies.rule_of(session, forwarding.body_id, row.collectivity, row.type_code)
    action = rule.acts.get(status) if rule else None
    # One that goes along with another request does nothing by itself.
    if action is None or await merges.of(session, row.id):
        return
    form = await form_of(session, row, parts.catalogues)
    request = requests.entity(row)
    try:
        request.still_open(form.workflow, now)
        transition = request.allowed(form.workflow, action, service)
    except (TransitionError, NotAllowedError, PeriodEndedError):
        return  # agents have gone on by themselves; the words tell what the other body did
    holidays = (await parts.catalogues.of(row.collectivity)).holidays
    try:
        async with session.begin_nested():
            move = Move(form, transition, service, None, holidays, now)
            await move_request(session, row, move, persons=parts.persons)
    except (ConditionError, KeyDestroyedError):
        return
