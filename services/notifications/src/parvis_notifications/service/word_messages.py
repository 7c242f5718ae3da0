# SPDX-License-Identifier: EUPL-1.2
"""A message in words: in the language that its reader has, and beside it for the ways which that language has not."""

import json
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from parvis_notifications.db.notices import ClaimedNotice
from parvis_notifications.domain.languages import printable, shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.occasions import FOLLOWS
from parvis_notifications.domain.topic import OWN_ENTRY, TOPICS, Channel
from parvis_notifications.domain.voice import spoken
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.own_words import Worded, worded
from parvis_notifications.service.particulars import Particulars, Told, particulars
from parvis_notifications.service.templates import Templates, Words
from parvis_notifications.service.write_call import said_of


@dataclass(frozen=True, slots=True)
class Wording:
    """``voice`` is what a call says, where it may be told by one; ``spare`` what stands in for the words, as JSON."""

    said: Worded
    voice: Words | None = None
    spare: str | None = None

    def spoken(self) -> str | None:
        """All that a call says of it."""
        return said_of(self.voice) if self.voice else None


async def word(
    templates: Templates, owners: Owners, notice: ClaimedNotice, found: Particulars, clock: ZoneInfo
) -> Wording:
    """The message of a notice, its times by these clocks; raises what ``particulars`` does.

    Own words that cannot be used make way: what was asked for them is then asked anew, as days are written out in the
    language of the words. The same where no voice speaks it, or no letter shows it: that is French then.
    """
    said = worded(templates, notice.template, found.language, _values(found, found.told), found.override)
    if said.language != found.language:
        plain = replace(found, override=None)
        said = await _in_another(templates, owners, notice, plain, said.language, clock)
    called = Channel.VOICE in found.preferences.channels(TOPICS[Template(notice.template)])
    silent = called and not spoken(said.language)
    posted = found.reach.leads(Channel.LETTER) and not printable(f"{said.words.subject}{said.words.body}")
    if not (silent or posted):
        return Wording(said, said.words if called else None)
    spare = await _in_another(templates, owners, notice, found, shipped(said.language), clock)
    kept = {"language": spare.language, "subject": spare.words.subject, "body": spare.words.body}
    voice = (spare if silent else said).words if called else None
    return Wording(said, voice, json.dumps(kept))


async def _in_another(
    templates: Templates, owners: Owners, notice: ClaimedNotice, found: Particulars, language: str, clock: ZoneInfo
) -> Worded:
    # The reason of a refusal is as the agent wrote it.
    told = found.told if notice.template in OWN_ENTRY else await particulars(owners, notice, language, clock)
    return worded(templates, notice.template, language, _values(found, told), found.override)


def _values(found: Particulars, told: Told) -> dict[str, str]:
    """The values of a template; that of ``FOLLOWS`` is empty where no page shows the person what it is about."""
    return told.values | {FOLLOWS: "yes" if found.contact.can_follow else ""}
