# SPDX-License-Identifier: EUPL-1.2
"""Have requests go to the administration that is competent for them, once nobody can take that back any more.

In one transaction the request ends here, its author is told, and there is a request there with the answers, the files
and the conversation. Files are sealed anew first: a kill in between leaves what the worker sweeps.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.errors import FileError
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.locale import Text
from parvis_kit.logs import logger
from parvis_requests.db import requests, transfers
from parvis_requests.db.blobs import Blobs, undone_on_failure
from parvis_requests.db.tables import Message, Transfer
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.move_request import Move, move_request
from parvis_requests.service.receive_transfer import receive_transfer
from parvis_requests.service.write_message import BODY, store_words

_BATCH: Final = 50
_NOT_DONE: Final = Text(
    fr="La transmission n'a pas eu lieu : la demande, ou le formulaire du destinataire, a changé entre-temps.",
    en="The transfer was not carried out: the request, or the receiver's form, has changed meanwhile.",
)
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Transfers:
    """The open parts that a transfer needs."""

    database: Database
    catalogues: Catalogues
    persons: PersonKeys
    blobs: Blobs
    index: BlindIndex


async def carry_out_transfers(parts: Transfers, now: datetime) -> int:
    """Carry out those that are due, each in a transaction of its own; returns how many requests went."""
    async with parts.database.reading() as session:
        due = await transfers.due(session, now, _BATCH)
    gone = 0
    for request_id, collectivity in due:
        try:
            await _carry_out(parts, request_id, collectivity, now)
            gone += 1
        except (RequestError, FileError, KeyDestroyedError) as error:
            _log.warning("transfer_failed", request=str(request_id), error=type(error).__name__)
            await _give_up(parts, request_id, collectivity, now)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("transfer_failed", request=str(request_id), error=type(error).__name__)
    return gone


async def _carry_out(parts: Transfers, request_id: UUID, collectivity: str, now: datetime) -> None:
    async with parts.database.unit_of_work() as uow, undone_on_failure(parts.blobs) as blobs:
        row, transfer = await _held(uow.session, request_id, collectivity)
        if transfer is None or transfer.done_at or transfer.failed_at:
            return
        form, here = await form_of(uow.session, row, parts.catalogues), await parts.catalogues.of(collectivity)
        # They were allowed to when they asked; what counts now is where the request stands.
        agent = Actor(
            transfer.agent, collectivity, is_agent=True, roles=form.workflow.transition(transfer.action).roles
        )
        transition = requests.entity(row).allowed(form.workflow, transfer.action, agent)
        requests.entity(row).still_open(form.workflow, now)
        reference, token, name = None, False, Text(fr=transfer.to_other or "", en=transfer.to_other or "")
        if transfer.to_collectivity and transfer.to_type:
            there = await parts.catalogues.of(transfer.to_collectivity)
            form_there = there.form(transfer.to_type)
            new, author = await receive_transfer(
                uow.session, row, transfer.to_collectivity, there, form_there, parts.persons, blobs, parts.index, now
            )
            transfer.to_request_id, reference, name = new.id, new.reference, there.name
            token = author.told_by_token
        why = await _why(uow.session, row, transfer, parts.persons)
        move = Move(form, transition, agent, None, here.holidays, now)
        after = (await move_request(uow.session, row, move, persons=parts.persons)).after_word()
        words = _words(here.name, name, reference, why, token=token)
        service = Actor.service(collectivity)
        await store_words(uow.session, after, service, Visibility.PUBLIC, words, persons=parts.persons, now=now)
        transfer.done_at = now
        await uow.commit()


async def _held(session: AsyncSession, request_id: UUID, collectivity: str) -> tuple[Row, Transfer | None]:
    row = await requests.one(session, Actor.service(collectivity), request_id, lock=True)
    return row, await transfers.of(session, request_id, lock=True)


async def _why(session: AsyncSession, row: Row, transfer: Transfer, persons: PersonKeys) -> str:
    note = await session.get(Message, transfer.note_id)
    return "" if note is None else (await persons.of(row.author)).open(BODY, note.body)


def _words(here: Text, there: Text, reference: str | None, why: str, *, token: bool) -> Text:
    french = f"Votre demande relève de {there.fr}, et non de {here.fr} : nous la lui avons transmise (article L114-2 du"
    french += " code des relations entre le public et l'administration)."
    english = f"Your request is the business of {there.en}, not of {here.en}: we have transmitted it (article L114-2 of"
    english += " the code des relations entre le public et l'administration)."
    if reference:
        french += f" Elle y porte la référence {reference}."
        english += f" Its reference there is {reference}."
    if token:
        french += " Le code de suivi qui vous a été remis y suit désormais votre demande."
        english += " The tracking token that you were given follows your request there from now on."
    return Text(fr=f"{french} {why}", en=f"{english} {why}")


async def _give_up(parts: Transfers, request_id: UUID, collectivity: str, now: datetime) -> None:
    async with parts.database.unit_of_work() as uow:
        row, transfer = await _held(uow.session, request_id, collectivity)
        if transfer is None or transfer.done_at:
            return
        transfer.failed_at = now
        try:
            after, service = requests.entity(row).after_word(), Actor.service(collectivity)
            await store_words(
                uow.session, after, service, Visibility.INTERNAL, _NOT_DONE, persons=parts.persons, now=now
            )
        except KeyDestroyedError:
            _log.info("transfer_of_an_erased_person", request=str(request_id))
        await uow.commit()
