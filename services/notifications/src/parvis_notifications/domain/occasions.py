# SPDX-License-Identifier: EUPL-1.2
"""The service's own messages as their writers see them: what each is filled in with, and what the law has it say."""

from typing import Final

from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import OfOccasion

_MEETING: Final = ("asked", "instructions", "place", "time")
FOLLOWS: Final = "follows"
"""Not said but asked: ``((follows??text))`` is for whom an account or a token shows what the message is about."""


SAID_BY_OWNERS: Final = frozenset(
    {"asked", "instructions", "kind", "place", "reason", "remedies", "reply", "service", "statements", "status"}
)
"""The variables whose values the owners of requests and appointments word, in French or English; those that are not
here are days, times and references, which each language has its own way of."""


def _of(*known: str, law: tuple[str, ...] = ()) -> OfOccasion:
    return OfOccasion(frozenset(known), frozenset(law))


OCCASIONS: Final[dict[Template, OfOccasion]] = {
    # Code des relations entre le public et l'administration, article R. 112-5: the day of receipt, the service in
    # charge with its addresses, and what silence means by which day (the statements).
    Template.REQUEST_SUBMITTED: _of(
        "asked", "received", "reference", "service", "statements", law=("received", "service", "statements")
    ),
    # The same for appeals (article L. 411-3).
    Template.APPEAL_LODGED: _of("asked", "kind", "reference", "statements", law=("kind", "statements")),
    # Code de justice administrative, article R. 421-5: a refusal that does not say how it is contested, and until
    # when, starts no time limit.
    Template.REQUEST_MOVED: _of("asked", FOLLOWS, "reference", "remedies", "status", law=("remedies", "status")),
    Template.REQUEST_REPLIED: _of("asked", "reference", "remedies", "reply", "status", law=("remedies", "reply")),
    Template.REQUEST_DEEMED_REJECTED: _of("day", "reference", "remedies", law=("day", "remedies")),
    Template.REQUEST_DEEMED_ACCEPTED: _of("day", "reference", law=("day",)),
    Template.APPEAL_DECIDED: _of(
        "asked", "kind", "reason", "reference", "statements", law=("kind", "reason", "statements")
    ),
    Template.REQUEST_TAKEN: _of("reference"),
    Template.REQUEST_RESOLVED: _of("reference"),
    Template.SATISFACTION_ASKED: _of("day", "reference"),
    Template.VALIDITY_REMINDER: _of("asked", "day", "reference"),
    Template.APPOINTMENT_OFFERED: _of(*_MEETING, FOLLOWS, "until"),
    Template.APPOINTMENT_BOOKED: _of(*_MEETING, FOLLOWS, "changes"),
    Template.APPOINTMENT_MOVED: _of(*_MEETING, FOLLOWS, "changes", "reason"),
    Template.APPOINTMENT_CANCELLED: _of("asked", "place", "reason", "time"),
    Template.APPOINTMENT_REMINDER: _of(*_MEETING, FOLLOWS),
    Template.FOLLOWED_REQUEST_MOVED: _of("reference"),
    Template.FOLLOWED_REQUEST_MERGED: _of("reference"),
    Template.FOLLOWED_REQUEST_PARTED: _of("reference"),
    Template.OWN_ENTRY_MADE: _of(),
    Template.OWN_ENTRY_LINKED: _of(),
    # Who is not told why cannot put it right.
    Template.OWN_ENTRY_REFUSED: _of("reason", law=("reason",)),
    # What is decided, answered or published stands where each of these leads to.
    Template.PETITION_ADMITTED: _of(),
    Template.PETITION_REFUSED: _of(),
    Template.PETITION_THRESHOLD_REACHED: _of(),
    Template.PETITION_ANSWERED: _of(),
    Template.PROCESS_NEWS: _of(),
    Template.PROPOSAL_MILESTONE: _of(),
    Template.PROPOSAL_DISCUSSED: _of(),
    Template.PROJECT_DISCUSSED: _of(),
    Template.CONSULTATION_DISCUSSED: _of(),
    Template.AMENDMENT_OFFERED: _of(),
    Template.AMENDMENT_ACCEPTED: _of(),
    Template.AMENDMENT_REJECTED: _of(),
    Template.AMENDMENT_CONFLICTING: _of(),
    Template.AMENDMENT_LAPSED: _of(),
    Template.PETITION_RESTORED: _of(),
    Template.PETITION_WITHDRAWN: _of(),
    Template.ASSEMBLY_NEWS: _of(),
    Template.MANDATE_BEGUN: _of(),
    Template.MANDATE_ENDED: _of(),
    # Without its time nobody comes, or stays at home.
    Template.PROCESS_CLOSING: _of("time", law=("time",)),
    Template.SESSION_CONVENED: _of("time", law=("time",)),
    Template.SESSION_CANCELLED: _of("time", law=("time",)),
    Template.MEETING_PLACE_FOUND: _of("time", law=("time",)),
    Template.MEETING_CHANGED: _of("time", law=("time",)),
    Template.MEETING_CANCELLED: _of("time", law=("time",)),
    Template.MEETING_REMINDER: _of("time", law=("time",)),
}
"""Those that a collectivity may word itself. Not among them: what agents are told, the confirmation of an address, and
statements of reasons on moderation, whose whole text the regulation (EU) 2022/2065 sets. What must stand in one is
what the law has it say, or what it is of no use without."""
