# SPDX-License-Identifier: EUPL-1.2
"""The parameters of a search as Open311 writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_requests.db.open311 import Search
from parvis_requests.domain.open311 import INVALID, Open311Error
from parvis_requests.domain.reference import normal_reference
from parvis_requests.service.open311_services import Jurisdiction

MOST: Final = 1_000
_DEEPEST: Final = 100_000
_WINDOW: Final = timedelta(days=90)
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_STATUSES: Final = frozenset({"open", "closed"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters as they were given."""

    service_request_id: str | None
    service_code: str | None
    start_date: str | None
    end_date: str | None
    status: str | None
    updated_after: str | None = None
    updated_before: str | None = None


def search(town: Jurisdiction, asked: Asked, now: datetime) -> Search:
    """What is asked for; raises Open311Error. Reports that are named count alone, whatever else is said."""
    after, before = window(asked.start_date, asked.end_date, now)
    codes = _list(asked.service_code)
    statuses = set(_list(asked.status)) or _STATUSES
    if not statuses <= _STATUSES:
        raise Open311Error(INVALID, "status: open or closed")
    for code in codes:
        town.check(code)
    named = _list(asked.service_request_id)
    return Search(
        collectivity=town.collectivity,
        shown=town.shown,
        ends=town.catalogue.ends,
        services=codes,
        created_after=after,
        created_before=before,
        updated_after=instant("updated_after", asked.updated_after),
        updated_before=instant("updated_before", asked.updated_before),
        references=[reference for text in named if (reference := normal_reference(text))] if named else None,
        open="open" in statuses,
        ended="closed" in statuses,
    )


def window(
    start: str | None, end: str | None, now: datetime, longest: timedelta = _WINDOW
) -> tuple[datetime, datetime]:
    """From when to when: the latest 90 days unless said otherwise, and never more at once."""
    after, before = instant("start_date", start), instant("end_date", end)
    if after is None:
        before = before or now
        return before - longest, before
    return after, min(before or now, after + longest)


def place(page: str | None, page_size: str | None, most: int = MOST) -> tuple[int, int]:
    """Limit and offset; without a page all that one answer may hold."""
    limit = min(_number("page_size", page_size, most), most)
    offset = (_number("page", page, 1) - 1) * limit
    if offset > _DEEPEST:
        raise Open311Error(INVALID, "page: too deep; narrow the dates instead")
    return limit, offset


def _list(text: str | None) -> Sequence[str]:
    found = [part.strip() for part in (text or "").split(",") if part.strip()]
    if len(found) > MOST:
        raise Open311Error(INVALID, f"at most {MOST} values in a list")
    return found


def _number(name: str, text: str | None, usual: int) -> int:
    if not (text or "").strip():
        return usual
    if text is None or not (text.isascii() and text.isdecimal()) or not int(text[:9]) >= 1 or len(text) > 9:  # noqa: PLR2004 - digits
        raise Open311Error(INVALID, f"{name}: a whole number from 1 on is expected")
    return int(text)


def instant(name: str, text: str | None) -> datetime | None:
    """A W3C date-time, None where it is blank; raises Open311Error."""
    if not (text or "").strip():
        return None
    try:
        # A plus sign that was not encoded arrives as a blank.
        at = datetime.fromisoformat((text or "").strip().replace(" ", "+"))
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Open311Error(INVALID, f"{name}: a W3C date-time is expected") from error
    return min(max(at, _EARLIEST), _LATEST)
