# SPDX-License-Identifier: EUPL-1.2
"""How a person wants to be told, and what that means for a message: by which channels it goes, when, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from parvis_notifications.domain.errors import RepeatedChoiceError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import LEGAL, TOPICS, Channel, Topic

DEFAULT_CHANNELS: Final = (Channel.EMAIL,)
Choices = Mapping[Topic, tuple[Channel, ...]]
Spoken = Literal["fr", "en"]


class Outcome(StrEnum):
    """What was decided of one message and one channel."""

    SENT = "sent"
    DEFERRED = "deferred"
    WITHHELD = "withheld"


class Reason(StrEnum):
    """Why."""

    CHOSEN = "chosen"
    DEFAULT = "default"
    LEGAL_NOTICE = "legal-notice"
    QUIET_HOURS = "quiet-hours"
    NOT_CHOSEN = "not-chosen"
    NO_ADDRESS = "no-address"
    ADDRESS_UNREACHABLE = "address-unreachable"
    TOO_LATE = "too-late"


class Way(StrEnum):
    """How a choice was made."""

    ACCOUNT = "account"
    ONE_CLICK = "one-click"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Decision:
    """By that channel the message goes at once, at ``not_before`` or not at all."""

    channel: Channel
    outcome: Outcome
    reason: Reason
    not_before: datetime | None = None

    def unless_late(self, useless_at: datetime | None) -> "Decision":
        """The same, or not at all where nobody needs the message any more by then."""
        if self.not_before and useless_at and self.not_before >= useless_at:
            return Decision(self.channel, Outcome.WITHHELD, Reason.TOO_LATE)
        return self


@dataclass(frozen=True, slots=True)
class Reach:
    """A person's addresses by channel, and the channels whose address is known not to exist."""

    addresses: Mapping[Channel, str]
    unreachable: Collection[Channel] = ()


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's choices in one collectivity; the default is who never chose.

    ``language`` is None for that of the account. A topic that is not in ``choices`` goes by the default channels; one
    with no channel goes to the inbox alone.
    """

    language: Spoken | None = None
    quiet_hours: QuietHours | None = None
    choices: Choices = field(default_factory=dict)

    def channels(self, topic: Topic) -> tuple[Channel, ...]:
        """The channels of a topic."""
        return self.choices.get(topic, DEFAULT_CHANNELS)

    def choosing(self, topic: Topic, channel: Channel, *, wanted: bool) -> "Preferences":
        """The same with that channel for that topic, or without it."""
        chosen = dict.fromkeys(self.channels(topic))
        chosen.pop(channel, None)
        return replace(self, choices={**self.choices, topic: (*chosen, channel) if wanted else tuple(chosen)})

    def decide(
        self, occasion: Template, reach: Reach, now: datetime, useless_at: datetime | None = None
    ) -> tuple[Decision, ...]:
        """What becomes of a message by each channel.

        What the law has sent goes at once, by each channel that reaches the person. What quiet hours would hold until
        nobody needs it any more is left to the inbox.
        """
        made = (self._decide(channel, occasion, reach, now) for channel in Channel)
        return tuple(each.unless_late(useless_at) for each in made)

    def _decide(self, channel: Channel, occasion: Template, reach: Reach, now: datetime) -> Decision:
        topic = TOPICS[occasion]
        if channel not in reach.addresses:
            return Decision(channel, Outcome.WITHHELD, Reason.NO_ADDRESS)
        if channel in reach.unreachable:
            return Decision(channel, Outcome.WITHHELD, Reason.ADDRESS_UNREACHABLE)
        if occasion in LEGAL:
            return Decision(channel, Outcome.SENT, Reason.LEGAL_NOTICE)
        if channel not in self.channels(topic):
            return Decision(channel, Outcome.WITHHELD, Reason.NOT_CHOSEN)
        over_at = self.quiet_hours and self.quiet_hours.over_at(now)
        if over_at:
            return Decision(channel, Outcome.DEFERRED, Reason.QUIET_HOURS, over_at)
        return Decision(channel, Outcome.SENT, Reason.CHOSEN if topic in self.choices else Reason.DEFAULT)


def choices(given: Iterable[tuple[Topic, tuple[Channel, ...]]]) -> Choices:
    """The channels by topic; raises RepeatedChoiceError for a topic, or a channel of a topic, that comes twice."""
    pairs = list(given)
    named = Counter(topic for topic, _ in pairs)
    if any(count > 1 for count in named.values()) or any(len(set(each)) < len(each) for _, each in pairs):
        raise RepeatedChoiceError
    return dict(pairs)
