# SPDX-License-Identifier: EUPL-1.2
"""What agents are told of their work comes in few messages, however many requests it is about.

What is due is gathered before it is told, the most urgent first. What has come (a mention, a message, a merge) is
told at once where nothing like it was told lately; what follows within the window is told together when that is over.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Language, Text
from parvis_notifications.db import messages
from parvis_notifications.db.notices import Bundled, ClaimedNotice
from parvis_notifications.domain.message import BUNDLES, Template, told_together
from parvis_notifications.domain.notice import last_day
from parvis_notifications.service.templates import spoken_day

# A mail is read, the work queue is worked off: so many are named, and the others counted.
MOST_NAMED: Final = 20
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_AT_ONCE: Final = timedelta()
_DUE: Final = {
    Template.AGENT_REQUEST_DUE_SOON: Text(fr="délai légal", en="legal period"),
    Template.AGENT_APPEAL_DUE_SOON: Text(fr="contestation", en="appeal"),
    Template.AGENT_DOCUMENTS_MISSED: Text(fr="pièces non reçues", en="documents that did not come"),
}
# One of them, and several. Whoever was named is asked something: those come first.
_CAME: Final = {
    Template.AGENT_MENTIONED: (
        Text(fr="une note vous cite", en="a note mentions you"),
        Text(fr="{} notes vous citent", en="{} notes mention you"),
    ),
    Template.AGENT_REQUEST_SUPPLEMENTED: (
        Text(fr="un message ou des pièces reçus", en="a message or documents received"),
        Text(fr="{} envois reçus (messages ou pièces)", en="{} messages or sets of documents received"),
    ),
    Template.AGENT_REQUEST_MERGED: (
        Text(fr="rattachée à une autre demande", en="merged into another request"),
        Text(fr="rattachée {} fois à une autre demande", en="merged {} times"),
    ),
    Template.AGENT_REQUEST_PARTED: (
        Text(fr="suivie de nouveau à part", en="on its own again"),
        Text(fr="{} fois suivie de nouveau à part", en="on its own again {} times"),
    ),
    Template.AGENT_AUTHOR_ERASED: (
        Text(fr="contestation ouverte, compte de l’auteur effacé", en="appeal open, account of its author erased"),
        Text(
            fr="{} contestations ouvertes, compte de l’auteur effacé",
            en="{} appeals open, account of their author erased",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Windows:
    """How long what is due waits to be told with others, and what came after something like it was told."""

    due: timedelta = _AT_ONCE
    came: timedelta = _AT_ONCE


async def wait(
    session: AsyncSession, windows: Windows, template: Template, agent: UUID, collectivity: str, now: datetime
) -> timedelta:
    """How long an agent's notice waits for others."""
    bundle = BUNDLES.get(template)
    if bundle is Template.AGENT_WORK_DUE:
        return windows.due
    if bundle is None or not windows.came:
        return _AT_ONCE
    alike = told_together(template) | {bundle}
    last = await messages.last_told(session, collectivity, agent, alike, now - windows.came)
    return _AT_ONCE if last is None else max(_AT_ONCE, last + windows.came - now)


def one_of_each(due: Iterable[ClaimedNotice]) -> list[ClaimedNotice]:
    """Of what is told together, one notice: it takes the others along. If it fails, they come by themselves."""
    first: dict[object, ClaimedNotice] = {}
    for notice in due:
        bundle = BUNDLES.get(Template(notice.template))
        first.setdefault((notice.collectivity, notice.person, bundle) if bundle else notice.id, notice)
    return list(first.values())


def bundle_of(together: Sequence[Bundled]) -> Template | None:
    """What they are told as; None where they are one thing about one request, which has its own message."""
    came = Template(together[0].template) in _CAME if together else False
    told = {(each.template, each.reference) if came else each.id for each in together}
    return BUNDLES[Template(together[0].template)] if len(told) > 1 else None


def values_of(bundle: Sequence[Bundled], language: Language) -> dict[str, str]:
    """What the message says: how many, the first ones a line each, and how many more there are."""
    came = Template(bundle[0].template) in _CAME
    lines = _of_what_came(bundle, language) if came else _of_what_is_due(bundle, language)
    rest = len(lines) - MOST_NAMED
    return {
        "number": str(len(lines)),
        "lines": "\n".join(lines[:MOST_NAMED]),
        "rest": str(rest) if rest > 0 else "",
    }


def _of_what_is_due(bundle: Sequence[Bundled], language: Language) -> list[str]:
    """A line for each, the most urgent first."""
    lines = []
    for each in sorted(bundle, key=lambda each: (each.effective_at or _LAST, each.reference, each.template)):
        day = f", {spoken_day(last_day(each.effective_at), language)}" if each.effective_at else ""
        lines.append(_line(each.reference, _DUE[Template(each.template)].in_language(language) + day, language))
    return lines


def _of_what_came(bundle: Sequence[Bundled], language: Language) -> list[str]:
    """A line for each request: first those where the agent was named, then as they came."""
    numbers = Counter((each.reference, Template(each.template)) for each in bundle)
    requests = dict.fromkeys(each.reference for each in sorted(bundle, key=lambda each: each.id))
    named = sorted(requests, key=lambda each: not numbers[each, Template.AGENT_MENTIONED])
    lines = []
    for reference in named:
        said = [
            (one if number == 1 else several).in_language(language).format(number)
            for template, (one, several) in _CAME.items()
            if (number := numbers[reference, template])
        ]
        lines.append(_line(reference, ", ".join(said), language))
    return lines


def _line(reference: str, said: str, language: Language) -> str:
    colon = "\N{NO-BREAK SPACE}: " if language == "fr" else ": "
    return f"{reference}{colon}{said}"
