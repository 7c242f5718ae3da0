# SPDX-License-Identifier: EUPL-1.2
"""How a person wants to be told, and what that means for a message: by which channels it goes, when, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_notifications.domain.digest import USUAL_TIME_ZONE, DigestTime, Rhythm, gatherable
from parvis_notifications.domain.errors import RepeatedChoiceError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import LEGAL, POSTABLE, TOPICS, Channel, Topic, optional

DEFAULT_CHANNELS: Final = (Channel.EMAIL,)
# By which people have something in writing. A call is none; and in a room nothing may ever come, whose homeserver stays
# away, or is theirs.
_UNPOSTED: Final = tuple(each for each in Channel if each not in {Channel.LETTER, Channel.VOICE, Channel.CHAT})
Choices = Mapping[Topic, tuple[Channel, ...]]


class Outcome(StrEnum):
    """What was decided of one message and one channel."""

    SENT = "sent"
    DEFERRED = "deferred"
    WITHHELD = "withheld"
    GATHERED = "gathered"
    """It goes with others, in one mail."""
    STANDBY = "standby"
    """It goes by that channel where those before it have failed for good."""


class Reason(StrEnum):
    """Why."""

    CHOSEN = "chosen"
    DEFAULT = "default"
    LEGAL_NOTICE = "legal-notice"
    QUIET_HOURS = "quiet-hours"
    CALLS_REST = "calls-rest"
    """The hours in which the town calls nobody."""
    DIGEST = "digest"
    NOT_CHOSEN = "not-chosen"
    NO_ADDRESS = "no-address"
    ADDRESS_UNREACHABLE = "address-unreachable"
    TOO_LATE = "too-late"
    REACHED_OTHERWISE = "reached-otherwise"
    NOT_OFFERED = "not-offered"
    NOT_BY_LETTER = "not-by-letter"
    """Nothing that is worth a letter."""
    IN_RESERVE = "in-reserve"
    """One that comes first in the person's order is tried."""
    NEXT_IN_ORDER = "next-in-order"
    """Those before it have failed for good."""
    ALREADY_READ = "already-read"
    """Those before it have failed, and the person has read the message in their inbox."""
    TEXTS_STOPPED = "texts-stopped"
    """STOP was written from the person's number (code des postes et des communications électroniques, L. 34-5)."""
    OVERTAKEN = "overtaken"
    """Those before it have failed, and a later message tells what is so now."""
    TAKEN_BACK = "taken-back"
    """What it tells of was taken back before it went."""


class Mode(StrEnum):
    """How the channels of a topic are used."""

    ALL = "all"
    """Each of them."""
    FIRST = "first"
    """In their order, until one reaches the person."""


class Way(StrEnum):
    """How a choice was made."""

    ACCOUNT = "account"
    ONE_CLICK = "one-click"
    PAGE = "page"
    STOP = "stop"
    COMPLAINT = "complaint"
    """Their mailbox provider tells that they called such a mail spam."""


@dataclass(frozen=True, slots=True)
class Decision:
    """By that channel the message goes at once, at ``not_before``, where others fail, or not at all.

    ``rank`` is its place among those that are tried one after the other, from 1; None where it is not of them.
    """

    channel: Channel
    outcome: Outcome
    reason: Reason
    not_before: datetime | None = None
    rank: int | None = None

    def unless_late(self, useless_at: datetime | None) -> "Decision":
        """The same, or not at all where nobody needs the message any more by then."""
        if self.not_before and useless_at and self.not_before >= useless_at:
            return Decision(self.channel, Outcome.WITHHELD, Reason.TOO_LATE)
        return self

    def gathered(self, goes_at: datetime | None) -> "Decision":
        """The same, or with others at that time where it is a mail that would go."""
        if goes_at is None or self.channel is not Channel.EMAIL or self.outcome is Outcome.WITHHELD:
            return self
        return Decision(self.channel, Outcome.GATHERED, Reason.DIGEST, goes_at)


@dataclass(frozen=True, slots=True)
class Reach:
    """A person's addresses by channel, the channels whose address is known not to exist, and those that there are.

    ``browsers`` are the ids of those that were subscribed: a message by web push goes to each. ``rest`` is when nobody
    is called who has no quiet hours of their own. ``chat`` is the id of the address in a messenger. ``time_zone`` is
    the town's, by which mails that gather go to who has chosen none. ``number`` is the blind index of their telephone
    number, ``texts_stopped`` whether STOP was written from it.
    """

    addresses: Mapping[Channel, str]
    unreachable: Collection[Channel] = ()
    offered: Collection[Channel] = DEFAULT_CHANNELS
    browsers: Sequence[UUID] = ()
    rest: QuietHours | None = None
    chat: UUID | None = None
    time_zone: str = USUAL_TIME_ZONE
    number: bytes | None = None
    texts_stopped: bool = False

    def leads(self, channel: Channel) -> bool:
        """Whether there is anywhere to send to by it."""
        return bool(self.browsers) if channel is Channel.PUSH else channel in self.addresses

    def fits(self, channel: Channel) -> bool:
        """Whether a message would reach the person by it."""
        return channel in self.offered and self.leads(channel) and channel not in self.unreachable


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's choices in one collectivity; the default is who never chose.

    ``digests`` are the topics whose mails are gathered, at ``digest_time`` (None: the usual one) as often as is said.
    ``language`` (BCP 47) is None for that of the account. A topic that is not in ``choices`` goes by the default
    channels; one with no channel goes to the inbox alone. ``modes`` has the topics whose channels are used otherwise
    than all at once.
    """

    language: str | None = None
    quiet_hours: QuietHours | None = None
    choices: Choices = field(default_factory=dict)
    digests: Mapping[Topic, Rhythm] = field(default_factory=dict)
    digest_time: DigestTime | None = None
    modes: Mapping[Topic, Mode] = field(default_factory=dict)

    def mode(self, topic: Topic) -> Mode:
        """How the channels of a topic are used."""
        return self.modes.get(topic, Mode.ALL)

    def channels(self, topic: Topic) -> tuple[Channel, ...]:
        """The channels of a topic."""
        return self.choices.get(topic, DEFAULT_CHANNELS)

    def choosing(self, topic: Topic, channel: Channel, *, wanted: bool) -> "Preferences":
        """The same with that channel for that topic, or without it."""
        chosen = dict.fromkeys(self.channels(topic))
        chosen.pop(channel, None)
        return replace(self, choices={**self.choices, topic: (*chosen, channel) if wanted else tuple(chosen)})

    def gathered_until(
        self, occasion: Template, now: datetime, useless_at: datetime | None, time_zone: str
    ) -> datetime | None:
        """When a message of a town of that time zone goes by mail with others; None where it goes by itself."""
        rhythm = self.digests.get(TOPICS[occasion])
        if rhythm is None or not gatherable(occasion):
            return None
        goes_at = self.next_digest(rhythm, now, time_zone)
        return None if useless_at is not None and useless_at <= goes_at else goes_at

    def next_digest(self, rhythm: Rhythm, now: datetime, time_zone: str) -> datetime:
        """When the next mail of what is gathered so often goes, by the town's time zone where they chose none."""
        usual = DigestTime(time_zone=self.quiet_hours.time_zone if self.quiet_hours else time_zone)
        return (self.digest_time or usual).next_after(now, rhythm)

    def decide(
        self,
        occasion: Template,
        reach: Reach,
        now: datetime,
        useless_at: datetime | None = None,
        *,
        pressing: bool = False,
    ) -> tuple[Decision, ...]:
        """What becomes of a message by each channel that there is, or that was chosen.

        What the law has sent goes at once, by each usual channel that reaches the person; by another one where they
        chose it, or where no usual one reaches them; by letter where no other one does. Nobody is called who has not
        chosen that, nor while they rest, whatever it is about. What quiet hours would hold until nobody needs it any
        more is left to the inbox. A ``pressing`` one waits for no others.
        """
        goes_at = None if pressing else self.gathered_until(occasion, now, useless_at, reach.time_zone)
        chosen = self.channels(TOPICS[occasion])
        channels = (channel for channel in Channel if channel in reach.offered or channel in chosen)
        made = (self._decide(channel, occasion, reach, now).gathered(goes_at) for channel in channels)
        return tuple(each.unless_late(useless_at) for each in made)

    def _decide(self, channel: Channel, occasion: Template, reach: Reach, now: datetime) -> Decision:
        topic = TOPICS[occasion]
        reason = self.against(channel, occasion, reach)
        if reason is not None:
            return Decision(channel, Outcome.WITHHELD, reason)
        if occasion in LEGAL and channel is not Channel.VOICE:
            return Decision(channel, Outcome.SENT, Reason.LEGAL_NOTICE)
        if over_at := self.quiet_until(channel, reach, now):
            reason = Reason.QUIET_HOURS if self.quiet_hours else Reason.CALLS_REST
            return Decision(channel, Outcome.DEFERRED, reason, over_at)
        return Decision(channel, Outcome.SENT, Reason.CHOSEN if topic in self.choices else Reason.DEFAULT)

    def quiet_until(self, channel: Channel, reach: Reach, now: datetime) -> datetime | None:
        """When the hours end in which nothing goes by it; None where it may go now."""
        quiet = self.quiet_hours or (reach.rest if channel is Channel.VOICE else None)
        return quiet.over_at(now) if quiet and channel is not Channel.LETTER else None  # which wakes nobody

    def against(self, channel: Channel, occasion: Template, reach: Reach) -> Reason | None:
        """Why a message does not go by a channel, if there is a reason."""
        if (reason := _unreached(channel, occasion, reach)) is not None:
            return reason
        chosen = channel in self.channels(TOPICS[occasion])
        if occasion not in LEGAL or channel is Channel.VOICE:
            return None if chosen else Reason.NOT_CHOSEN
        before = _UNPOSTED if channel is Channel.LETTER else DEFAULT_CHANNELS
        otherwise = channel not in DEFAULT_CHANNELS and any(reach.fits(each) for each in before)
        return Reason.REACHED_OTHERWISE if otherwise and not chosen else None


def _unreached(channel: Channel, occasion: Template, reach: Reach) -> Reason | None:
    """Why a message reaches the person by no means by that channel, if there is a reason."""
    stopped = channel is Channel.SMS and reach.texts_stopped and optional(occasion)
    # Which costs nothing, and the mailbox may be back; others are used beside it.
    legal_mail = channel is Channel.EMAIL and occasion in LEGAL
    against = {
        Reason.NOT_OFFERED: channel not in reach.offered,
        Reason.NOT_BY_LETTER: channel is Channel.LETTER and occasion not in POSTABLE,
        Reason.NO_ADDRESS: not reach.leads(channel),
        Reason.ADDRESS_UNREACHABLE: channel in reach.unreachable and not legal_mail,
        Reason.TEXTS_STOPPED: stopped,
    }
    return next((reason for reason, holds in against.items() if holds), None)


def choices(given: Iterable[tuple[Topic, tuple[Channel, ...]]]) -> Choices:
    """The channels by topic; raises RepeatedChoiceError for a topic, or a channel of a topic, that comes twice."""
    pairs = list(given)
    named = Counter(topic for topic, _ in pairs)
    if any(count > 1 for count in named.values()) or any(len(set(each)) < len(each) for _, each in pairs):
        raise RepeatedChoiceError
    return dict(pairs)
