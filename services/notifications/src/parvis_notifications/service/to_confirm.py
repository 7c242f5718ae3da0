# SPDX-License-Identifier: EUPL-1.2
"""Mails to who has no account and is to show that an address is theirs: nothing else is known of them."""

from zoneinfo import ZoneInfo

from parvis_notifications.db.notices import ClaimedNotice
from parvis_notifications.domain.notice import last_day
from parvis_notifications.domain.preferences import Preferences, Reach
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.particulars import NeverError, Particulars, Told
from parvis_notifications.service.templates import spoken_day, spoken_time


async def address_to_confirm(owners: Owners, notice: ClaimedNotice, clock: ZoneInfo) -> Particulars:
    """The mail about what was filed or is to be followed; raises NeverError or UnreachableError."""
    found = await owners.confirmation(notice.request_id, notice.collectivity)
    if found is None:
        raise NeverError("nothing-to-confirm")
    language = found.contact.spoken
    values = {
        "asked": found.request_type.label if found.request_type else "",
        "followed": found.follows or "",
        "day": spoken_day(last_day(found.confirm_before, clock), language),
    }
    reach = Reach({Channel.EMAIL: found.email}, set())
    return Particulars(found.contact, language, Told(values), Preferences(), reach, found.link)


async def meeting_to_confirm(owners: Owners, notice: ClaimedNotice, clock: ZoneInfo) -> Particulars:
    """The mail about a place at a meeting; it brings who has confirmed and asks again back to their registration.

    Raises as :func:`address_to_confirm`.
    """
    found = await owners.guest(notice.person, notice.collectivity)
    if found is None or notice.effective_at is None:
        raise NeverError("nothing-to-confirm")
    language, until = found.contact.spoken, None if found.confirmed else found.confirm_before
    values = {
        "time": spoken_time(notice.effective_at, language, clock),
        "until": spoken_time(until, language, clock) if until else "",
    }
    told, reach = Told(values, useless_at=until or notice.effective_at), Reach({Channel.EMAIL: found.email}, set())
    return Particulars(found.contact, language, told, Preferences(), reach, found.link)
