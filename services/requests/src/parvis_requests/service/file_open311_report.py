# SPDX-License-Identifier: EUPL-1.2
"""File what a client of Open311 reports: as a request of a person whom nobody knows but by the contact they left."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_files.errors import FileError
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.web.idempotency import IdempotentCall
from parvis_requests.db import attachments, reporters, retention
from parvis_requests.db.blobs import Blobs, undone_on_failure
from parvis_requests.db.hot import AlreadyAnsweredError, NewRequest
from parvis_requests.domain.asking import Asker
from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.files import Scan
from parvis_requests.domain.open311 import INVALID, Open311Error, answers_of
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.address_base import AddressBase
from parvis_requests.service.find_addresses import locate
from parvis_requests.service.keep_reporter import keep_reporter
from parvis_requests.service.open311_services import Jurisdiction
from parvis_requests.service.submit_request import SubmitRequest
from parvis_requests.service.upload_attachment import thumbnail_of, upload_attachment

Submit = Callable[[SubmitRequest, IdempotentCall, Callable[[NewRequest], bytes]], Awaitable[NewRequest]]


@dataclass(frozen=True, slots=True)
class Report:
    """What was posted: ``attributes`` as texts by code, ``media`` the contents of the files."""

    service_code: str
    description: str
    position: Position | None
    address: str | None
    attributes: Mapping[str, Sequence[str]]
    contact: Mapping[str, str]
    media: Sequence[bytes]


async def file_report(
    report: Report,
    client: str,
    jurisdiction: Jurisdiction,
    *,
    database: Database,
    persons: PersonKeys,
    blobs: Blobs,
    addresses: AddressBase | None,
    submit: Submit,
    call: IdempotentCall | None,
    seal_answer: Callable[[NewRequest], bytes],
    scan: Scan,
    now: datetime,
) -> NewRequest:
    """Store the request with its photos and the reporter's contact; once for a ``call`` that has a key of its own.

    ``addresses`` find the place of an address where the report names none.
    Contact and photos come first, each whole: a kill before the request is stored leaves what the worker removes.
    Raises Open311Error, AlreadyAnsweredError, or what :func:`submit_request` and :func:`upload_attachment` raise;
    nothing is stored then.
    """
    form = jurisdiction.service(report.service_code)
    position = report.position
    if position is None and form.definition.position_required:
        position = await _located(report.address, jurisdiction, addresses)
    answers = answers_of(form.answers_schema, report.attributes)
    form.check(answers)
    reporter = Actor(uuid7(), jurisdiction.collectivity, is_agent=False)
    async with database.unit_of_work() as uow:
        if report.contact:
            await keep_reporter(
                uow.session, reporter.person, reporter.collectivity, report.contact, persons=persons, now=now
            )
        async with undone_on_failure(blobs) as fresh:
            uploads = [
                await upload_attachment(uow.session, reporter, content, persons=persons, blobs=fresh, scan=scan)
                for content in report.media
            ]
        await uow.commit()
    command = SubmitRequest(
        collectivity=jurisdiction.collectivity,
        author=reporter.person,
        client_id=client,
        type_code=form.code,
        description=report.description or form.name["fr"],
        answers=answers,
        position=position,
        address=report.address,
        attachments=tuple(upload.attachment.id for upload in uploads),
        asker=Asker(has_account=False, has_address="email" in report.contact),
        files=tuple(attachments.file(upload.attachment) for upload in uploads),
    )
    # Open311 knows no idempotency key: without one each POST is a call of its own.
    alone = IdempotentCall(client.encode(), "open311", secrets.token_urlsafe(16), b"")
    try:
        return await submit(command, call or alone, seal_answer)
    except (RequestError, FileError, AlreadyAnsweredError):
        await _withdraw(reporter, [upload.attachment.id for upload in uploads], database, blobs)
        raise


async def _withdraw(reporter: Actor, files: Sequence[UUID], database: Database, blobs: Blobs) -> None:
    # What was refused is not kept. Rows go before blobs and key: what a kill leaves, the worker removes.
    async with database.unit_of_work() as uow:
        await reporters.remove(uow.session, reporter.person)
        await attachments.remove(uow.session, reporter.person, files)
        await retention.destroy(uow.session, reporter.collectivity, retention.KEY, [reporter.person])
        await uow.commit()
    for file in files:
        await blobs.delete(file)
        await blobs.delete(thumbnail_of(file))


async def _located(address: str | None, jurisdiction: Jurisdiction, addresses: AddressBase | None) -> Position:
    if addresses is None or address is None:
        raise Open311Error(INVALID, "lat and long: required by this service, which finds no place by its address")
    place = await locate(addresses, jurisdiction.catalogue, address)
    if place is None:
        raise Open311Error(INVALID, "address_string: no such address is known here; send lat and long")
    return place
