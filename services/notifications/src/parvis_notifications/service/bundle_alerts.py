# SPDX-License-Identifier: EUPL-1.2
"""What is due in an agent's work is told in one message, the most urgent first, however many requests it is about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_notifications.db.notices import Bundled, ClaimedNotice
from parvis_notifications.domain.message import BUNDLED, Template
from parvis_notifications.domain.notice import last_day
from parvis_notifications.service.templates import spoken_day

# A mail is read, the work queue is worked off: so many are named, and the others counted.
MOST_NAMED: Final = 20
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_KINDS: Final = {
    Template.AGENT_REQUEST_DUE_SOON: Text(fr="délai légal", en="legal period"),
    Template.AGENT_APPEAL_DUE_SOON: Text(fr="contestation", en="appeal"),
    Template.AGENT_DOCUMENTS_MISSED: Text(fr="pièces non reçues", en="documents that did not come"),
}


def one_of_each(due: Iterable[ClaimedNotice]) -> list[ClaimedNotice]:
    """Of what is told together, one notice: it takes the others along. If it fails, they come by themselves."""
    first: dict[object, ClaimedNotice] = {}
    for notice in due:
        together = notice.template in BUNDLED
        first.setdefault((notice.collectivity, notice.person) if together else notice.id, notice)
    return list(first.values())


def values_of(bundle: Sequence[Bundled], language: Language) -> dict[str, str]:
    """What the message says: how many, the most urgent ones a line each, and how many more there are."""
    urgent = sorted(bundle, key=lambda each: (each.effective_at or _LAST, each.reference, each.template))
    rest = len(urgent) - MOST_NAMED
    return {
        "number": str(len(urgent)),
        "lines": "\n".join(_line(each, language) for each in urgent[:MOST_NAMED]),
        "rest": str(rest) if rest > 0 else "",
    }


def _line(each: Bundled, language: Language) -> str:
    colon = "\N{NO-BREAK SPACE}: " if language == "fr" else ": "
    day = f", {spoken_day(last_day(each.effective_at), language)}" if each.effective_at else ""
    return f"{each.reference}{colon}{_KINDS[Template(each.template)].in_language(language)}{day}"
