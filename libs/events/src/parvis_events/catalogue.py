# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""The model of each event type."""

from typing import Any, Final

from parvis_events import identity, notifications, participation, requests

MODELS: Final[dict[str, type[Any]]] = {
    identity.AccountMerged.TYPE: identity.AccountMerged,
    identity.DataAccessed.TYPE: identity.DataAccessed,
    identity.KeyWithdrawn.TYPE: identity.KeyWithdrawn,
    identity.PersonChanged.TYPE: identity.PersonChanged,
    identity.PersonRegistered.TYPE: identity.PersonRegistered,
    identity.SessionRevoked.TYPE: identity.SessionRevoked,
    notifications.MessageSent.TYPE: notifications.MessageSent,
    notifications.WebhookTested.TYPE: notifications.WebhookTested,
    participation.AnswerSubmitted.TYPE: participation.AnswerSubmitted,
    participation.BudgetCounted.TYPE: participation.BudgetCounted,
    participation.BudgetPublished.TYPE: participation.BudgetPublished,
    participation.BudgetVoteOpened.TYPE: participation.BudgetVoteOpened,
    participation.CommentPublished.TYPE: participation.CommentPublished,
    participation.CommentWithdrawn.TYPE: participation.CommentWithdrawn,
    participation.ConsultationClosed.TYPE: participation.ConsultationClosed,
    participation.ConsultationOpened.TYPE: participation.ConsultationOpened,
    participation.ModerationDecided.TYPE: participation.ModerationDecided,
    participation.PollCounted.TYPE: participation.PollCounted,
    participation.PollPublished.TYPE: participation.PollPublished,
    participation.ProjectAnalysed.TYPE: participation.ProjectAnalysed,
    participation.ProjectDeposited.TYPE: participation.ProjectDeposited,
    participation.ProposalPublished.TYPE: participation.ProposalPublished,
    participation.ProposalWithdrawn.TYPE: participation.ProposalWithdrawn,
    requests.AddressConfirmed.TYPE: requests.AddressConfirmed,
    requests.AgentAlerted.TYPE: requests.AgentAlerted,
    requests.AgentMentioned.TYPE: requests.AgentMentioned,
    requests.AppointmentBooked.TYPE: requests.AppointmentBooked,
    requests.AppointmentCancelled.TYPE: requests.AppointmentCancelled,
    requests.AppointmentMoved.TYPE: requests.AppointmentMoved,
    requests.AreaChanged.TYPE: requests.AreaChanged,
    requests.ConfirmationAsked.TYPE: requests.ConfirmationAsked,
    requests.DataAccessed.TYPE: requests.DataAccessed,
    requests.FollowedRequestMoved.TYPE: requests.FollowedRequestMoved,
    requests.RequestDecided.TYPE: requests.RequestDecided,
    requests.RequestDueSoon.TYPE: requests.RequestDueSoon,
    requests.RequestPurged.TYPE: requests.RequestPurged,
    requests.RequestReplied.TYPE: requests.RequestReplied,
    requests.RequestResolved.TYPE: requests.RequestResolved,
    requests.RequestStatusChanged.TYPE: requests.RequestStatusChanged,
    requests.RequestSubmitted.TYPE: requests.RequestSubmitted,
    requests.RequestSupplemented.TYPE: requests.RequestSupplemented,
    requests.RequestTaken.TYPE: requests.RequestTaken,
    requests.RequestTypePublished.TYPE: requests.RequestTypePublished,
    requests.RequestTypeRetired.TYPE: requests.RequestTypeRetired,
}
