# SPDX-License-Identifier: EUPL-1.2
"""Votes that do not come from one's own device: at a desk of the town hall, and on paper."""

from enum import StrEnum

from parvis_participation.domain.errors import ParticipationError


class Channel(StrEnum):
    """How a ballot came: from the voter's own device, from the desk's, on paper, or sealed by the town's server."""

    ONLINE = "online"
    DESK = "desk"
    PAPER = "paper"
    SERVER = "server"


class ChannelError(ParticipationError):
    """The poll takes no votes this way."""


class IncompleteCivilStatusError(ParticipationError):
    """The civil status does not tell this person from others."""


class VoucherError(ParticipationError):
    """This is no voucher for this poll, or its time is over."""


class BatchDiffersError(ParticipationError):
    """The second agent entered other ballots than the first."""


class BatchConfirmedError(ParticipationError):
    """Two agents have entered this batch alike: it does not change any more."""


class BatchesOpenError(ParticipationError):
    """A batch of paper ballots waits for its second agent."""


class TooMuchPaperError(ParticipationError):
    """There are more paper ballots than people who voted on paper."""


class NotClosedError(ParticipationError):
    """Paper is entered after the close and before the count."""
