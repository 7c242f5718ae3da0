# SPDX-License-Identifier: EUPL-1.2
"""A published template as a letter to one postal address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from parvis_kit.locale import Language
from parvis_notifications.domain.message_template import Content, wrong_values
from parvis_notifications.domain.postal_address import french_address
from parvis_notifications.outgoing.letter_pdf import Letter
from parvis_notifications.service.edit_templates import TemplateFaultsError
from parvis_notifications.service.render_template import as_given, render
from parvis_notifications.service.templates import spoken_day

_PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class LetterWish:
    """Who writes to whom: lines of addresses, the sender's name apart."""

    language: str
    values: Mapping[str, str | list[str]]
    address_lines: Sequence[str]
    sender_lines: Sequence[str] = ()


def written_letter(content: Content, wish: LetterWish, sender: str, now: datetime) -> Letter:
    """The letter of today; raises TemplateFaultsError, FilledTooLongError, PostalAddressError."""
    given = as_given(wish.values)
    if found := wrong_values(content.variables, given):
        raise TemplateFaultsError(found)
    had, variants = render(content, wish.language, given)
    spoken: Language = "en" if had.partition("-")[0] == "en" else "fr"
    return Letter(
        sender=(sender, *wish.sender_lines),
        address=french_address(wish.address_lines),
        date=spoken_day(now.astimezone(_PARIS).date(), spoken),
        subject=variants.subject,
        text=variants.text,
        language=had.partition("-")[0],
    )
