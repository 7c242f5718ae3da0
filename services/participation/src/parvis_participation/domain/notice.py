# SPDX-License-Identifier: EUPL-1.2
"""Notices of people without an account about illegal content: anybody may give one.

Article 16 of regulation (EU) 2022/2065.
"""

from typing import Final

from parvis_participation.domain.errors import ParticipationError
from parvis_participation.domain.moderation import Category

MOST_MAILED: Final = 3
"""Of so many notices a day mails go to one mailbox, three about each at most: strangers give others' addresses."""
MOST_OF_CASE: Final = 100
"""So many notices of strangers does one case take; moderators judge by no more."""


class NotifierError(ParticipationError):
    """A notice says who gives it, by name and address, unless it is about the sexual abuse of children."""


class TooManyNoticesError(ParticipationError):
    """Strangers have given as many notices as they may within an hour, or about one thing."""


def check_notifier(category: Category, name: str | None, email: str | None) -> None:
    """Raise NotifierError where a name and an address are missing (article 16, paragraph 2, point c)."""
    if category is not Category.CHILD_SEXUAL_ABUSE and (name is None or email is None):
        raise NotifierError


def check_number(within_hour: int, an_hour: int, of_case: int) -> None:
    """Raise TooManyNoticesError where one more is too many."""
    if within_hour >= an_hour or of_case >= MOST_OF_CASE:
        raise TooManyNoticesError
