# SPDX-License-Identifier: EUPL-1.2
"""A published template as a letter to one postal address, and the letter that a message makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from parvis_notifications.domain.languages import printable
from parvis_notifications.domain.message_template import Content, Fault, wrong_values
from parvis_notifications.outgoing.letter_pdf import Letter
from parvis_notifications.service.edit_templates import TemplateFaultsError
from parvis_notifications.service.postal_addresses import address_of, read_address
from parvis_notifications.service.render_template import Variants, as_given, render
from parvis_notifications.service.templates import spoken_day
from parvis_notifications.settings import Settings


@dataclass(frozen=True, slots=True)
class LetterWish:
    """Who writes to whom: lines of addresses, the sender's name apart."""

    language: str
    values: Mapping[str, str | list[str]]
    address_lines: Sequence[str]
    sender_lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LetterWords:
    """A message that goes by letter, opened: ``to`` are the kept lines of its address, ``link`` may be empty."""

    collectivity: str
    to: str
    subject: str
    text: str
    link: str
    language: str
    dated_at: datetime


def written_letter(content: Content, wish: LetterWish, sender: str, today: date) -> Letter:
    """The letter of that day; raises TemplateFaultsError, FilledTooLongError, PostalAddressError."""
    given = as_given(wish.values)
    if found := wrong_values(content.variables, given):
        raise TemplateFaultsError(found)
    had, variants = render(content, wish.language, given)
    check_printable(variants)
    return Letter(
        sender=(sender, *wish.sender_lines),
        address=address_of(wish.address_lines).printed,
        date=spoken_day(today, had),
        subject=variants.subject,
        text=variants.text,
        language=had.partition("-")[0],
    )


def check_printable(variants: Variants) -> None:
    """Nothing for what a letter shows as it is written; raises TemplateFaultsError for another script."""
    if not printable(variants.subject + variants.text):
        raise TemplateFaultsError([Fault("/personalisation", "script-not-printed")])


def letter_of(words: LetterWords, settings: Settings) -> Letter:
    """The same whenever it is asked for, while the town's name, address and clocks are; raises PostalAddressError."""
    return Letter(
        sender=sender_lines(words.collectivity, settings),
        address=read_address(words.to).printed,
        date=spoken_day(words.dated_at.astimezone(settings.clock(words.collectivity)).date(), words.language),
        subject=words.subject,
        text=f"{words.text}\n\n{words.link}" if words.link else words.text,
        language=words.language.partition("-")[0],
    )


def sender_lines(collectivity: str, settings: Settings) -> tuple[str, ...]:
    """Who writes, and where they are."""
    return (settings.sender_name(collectivity), *settings.letter_sender_lines.get(collectivity, ()))
