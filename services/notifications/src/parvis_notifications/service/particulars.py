# SPDX-License-Identifier: EUPL-1.2
"""What a message says beside its reference, as the owner of the request knows it."""

from parvis_kit.locale import Language
from parvis_notifications.db.notices import ClaimedNotice
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.notice import day_of, last_day
from parvis_notifications.outgoing.owners import Owners, Receipt
from parvis_notifications.service.templates import spoken_day


class NeverError(Exception):
    """The notice cannot become a message; the argument is a stable kebab-case reason."""


async def particulars(owners: Owners, notice: ClaimedNotice, language: Language) -> dict[str, str]:
    """The values of the notice's template in that language.

    Raises NeverError where the owner knows of no such thing, or UnreachableError while it does not answer.
    """
    values = {"reference": notice.reference}
    if notice.effective_at is not None:
        values["day"] = spoken_day(last_day(notice.effective_at), language)
    if notice.reply_id is not None:
        reply = await owners.reply_text(notice.request_id, notice.reply_id, language)
        if reply is None:
            raise NeverError("reply-unknown")
        values["reply"] = reply
    match notice.template:
        case Template.REQUEST_SUBMITTED:
            receipt = await owners.receipt(notice.request_id, notice.collectivity, language)
            if receipt is None:
                raise NeverError("request-unknown")
            values |= _said(receipt, language)
        case Template.REQUEST_MOVED | Template.REQUEST_REPLIED | Template.REQUEST_DEEMED_REJECTED:
            step = await owners.step(notice.request_id, notice.sequence, notice.collectivity, language)
            if step is None:
                raise NeverError("request-unknown")
            values |= {"asked": step.request_type.label, "status": step.status.label, "remedy": step.remedy or ""}
    return values


def _said(receipt: Receipt, language: Language) -> dict[str, str]:
    contact = receipt.contact
    reached = (f"{contact.name} ({contact.team})", contact.postal_address, contact.email, contact.phone)
    return {
        "asked": receipt.request_type.label,
        "received": spoken_day(day_of(receipt.received_at), language),
        "service": "\n".join(line for line in reached if line),
        "statements": "\n\n".join(receipt.statements),
    }
