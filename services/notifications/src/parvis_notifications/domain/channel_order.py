# SPDX-License-Identifier: EUPL-1.2
"""In which order channels are tried where one is to do: who comes first, and what follows one that has failed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Decision, Mode, Outcome, Preferences, Reach, Reason
from parvis_notifications.domain.topic import LEGAL, TOPICS, Channel

_ANY_WAY: Final = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.LETTER, Channel.CHAT)
"""By which what must reach its reader is tried beside what was chosen: nobody is called for it who has not chosen
calls, and in a room of a messenger nothing may ever come."""
_DECIDED: Final = frozenset(
    {
        Template.REQUEST_MOVED,
        Template.REQUEST_REPLIED,
        Template.REQUEST_DEEMED_ACCEPTED,
        Template.REQUEST_DEEMED_REJECTED,
        Template.APPEAL_DECIDED,
    }
)
"""What tells of decisions: a time limit to contest one runs from its notification (code de justice administrative,
articles R. 421-1 and R. 421-5)."""
_MAY_FOLLOW: Final = {Reason.NO_ADDRESS, Reason.ADDRESS_UNREACHABLE}
"""Why a channel was left out that may reach the person by the time that its turn comes."""
OVERTAKEN_BY: Final = {
    Template.APPOINTMENT_OFFERED: {
        Template.APPOINTMENT_BOOKED,
        Template.APPOINTMENT_MOVED,
        Template.APPOINTMENT_CANCELLED,
    },
    Template.APPOINTMENT_BOOKED: {Template.APPOINTMENT_MOVED, Template.APPOINTMENT_CANCELLED},
    Template.APPOINTMENT_MOVED: {Template.APPOINTMENT_MOVED, Template.APPOINTMENT_CANCELLED},
    Template.APPOINTMENT_REMINDER: {Template.APPOINTMENT_MOVED, Template.APPOINTMENT_CANCELLED},
    Template.MEETING_PLACE_FOUND: {Template.MEETING_CHANGED, Template.MEETING_CANCELLED},
    Template.MEETING_CHANGED: {Template.MEETING_CHANGED, Template.MEETING_CANCELLED},
    Template.MEETING_REMINDER: {Template.MEETING_CHANGED, Template.MEETING_CANCELLED},
    Template.REQUEST_TAKEN: {Template.REQUEST_RESOLVED},
}
"""After which messages about the same thing another one says nothing that holds."""


def order_of(preferences: Preferences, occasion: Template) -> tuple[Channel, ...]:
    """The channels in the order in which they are tried; empty where each goes by itself and none follows another."""
    topic = TOPICS[occasion]
    named = preferences.channels(topic)
    if occasion in LEGAL or (occasion in _DECIDED and named):
        return tuple(dict.fromkeys((*named, *_ANY_WAY)))
    return named if preferences.mode(topic) is Mode.FIRST else ()


def arranged(made: Sequence[Decision], preferences: Preferences, occasion: Template) -> tuple[Decision, ...]:
    """What was decided of each channel, with its place in the order; those that are not to go yet stand by.

    Of the channels that somebody has named to be tried in turn the first goes that reaches them. What the law has sent
    goes besides by mail where they have not named it. What the law has sent, and decisions, go by each further channel
    that there is where all before it have failed.
    """
    topic = TOPICS[occasion]
    known = {each.channel: each for each in made}
    places = {channel: n for n, channel in enumerate((c for c in order_of(preferences, occasion) if c in known), 1)}
    named = preferences.channels(topic) if preferences.mode(topic) is Mode.FIRST else ()
    able = [channel for channel in named if channel in known and known[channel].outcome is not Outcome.WITHHELD]
    spared = _spared(preferences, occasion)
    return tuple(replace(_held(each, able, spared), rank=places.get(each.channel)) for each in made)


def _held(decision: Decision, able: Sequence[Channel], spared: Collection[Reason]) -> Decision:
    if decision.reason is Reason.REACHED_OTHERWISE:
        return replace(decision, outcome=Outcome.STANDBY)
    if decision.channel in able[1:] or (decision.reason in spared and decision.channel in _ANY_WAY):
        return Decision(decision.channel, Outcome.STANDBY, Reason.IN_RESERVE)
    return decision


def _spared(preferences: Preferences, occasion: Template) -> Collection[Reason]:
    """Why a channel is spared while another does that takes its turn all the same; who wants no channel has none."""
    if occasion in _DECIDED and preferences.channels(TOPICS[occasion]):
        return {Reason.REACHED_OTHERWISE, Reason.NOT_CHOSEN}
    return {Reason.REACHED_OTHERWISE}


def may_follow(outcome: Outcome, reason: Reason, rank: int | None) -> bool:
    """Whether a channel of which that was decided may yet have its turn."""
    return rank is not None and (outcome is Outcome.STANDBY or (outcome is Outcome.WITHHELD and reason in _MAY_FOLLOW))


def following(
    preferences: Preferences,
    channel: Channel,
    occasion: Template,
    reach: Reach,
    now: datetime,
    useless_at: datetime | None,
) -> Decision:
    """What becomes of a message by a channel whose turn has come, as its person has chosen and is reached by now.

    Quiet hours hold, even for what the law has sent: it was on its way for hours or days.
    """
    reason = preferences.against(channel, occasion, reach)
    if reason is not None and (reason not in _spared(preferences, occasion) or channel not in _ANY_WAY):
        return Decision(channel, Outcome.WITHHELD, reason)
    over_at = preferences.quiet_until(channel, reach, now)
    outcome = Outcome.DEFERRED if over_at else Outcome.SENT
    return Decision(channel, outcome, Reason.NEXT_IN_ORDER, over_at).unless_late(useless_at)
