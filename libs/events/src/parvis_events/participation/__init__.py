# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What participation tells."""

from parvis_events.participation.amendment_news_told import AmendmentNewsTold
from parvis_events.participation.answer_submitted import AnswerSubmitted
from parvis_events.participation.assembly_mandate_begun import AssemblyMandateBegun
from parvis_events.participation.assembly_mandate_ended import AssemblyMandateEnded
from parvis_events.participation.assembly_news_told import AssemblyNewsTold
from parvis_events.participation.assembly_session_told import AssemblySessionTold
from parvis_events.participation.budget_counted import BudgetCounted
from parvis_events.participation.budget_published import BudgetPublished
from parvis_events.participation.budget_vote_called_off import BudgetVoteCalledOff
from parvis_events.participation.budget_vote_extended import BudgetVoteExtended
from parvis_events.participation.budget_vote_opened import BudgetVoteOpened
from parvis_events.participation.comment_published import CommentPublished
from parvis_events.participation.comment_withdrawn import CommentWithdrawn
from parvis_events.participation.consultation_closed import ConsultationClosed
from parvis_events.participation.consultation_extended import ConsultationExtended
from parvis_events.participation.consultation_opened import ConsultationOpened
from parvis_events.participation.content_notice_told import ContentNoticeTold
from parvis_events.participation.conversation_closed import ConversationClosed
from parvis_events.participation.conversation_published import ConversationPublished
from parvis_events.participation.discussion_news_told import DiscussionNewsTold
from parvis_events.participation.guest_forgotten import GuestForgotten
from parvis_events.participation.meeting_news_told import MeetingNewsTold
from parvis_events.participation.moderation_decided import ModerationDecided
from parvis_events.participation.petition_answer_told import PetitionAnswerTold
from parvis_events.participation.petition_answered import PetitionAnswered
from parvis_events.participation.petition_closed import PetitionClosed
from parvis_events.participation.petition_decided import PetitionDecided
from parvis_events.participation.petition_news_told import PetitionNewsTold
from parvis_events.participation.petition_submitted import PetitionSubmitted
from parvis_events.participation.petition_threshold_reached import PetitionThresholdReached
from parvis_events.participation.petition_withdrawn import PetitionWithdrawn
from parvis_events.participation.poll_cancelled import PollCancelled
from parvis_events.participation.poll_counted import PollCounted
from parvis_events.participation.poll_extended import PollExtended
from parvis_events.participation.poll_published import PollPublished
from parvis_events.participation.process_closing_told import ProcessClosingTold
from parvis_events.participation.process_news_told import ProcessNewsTold
from parvis_events.participation.process_phase_begun import ProcessPhaseBegun
from parvis_events.participation.process_published import ProcessPublished
from parvis_events.participation.project_analysed import ProjectAnalysed
from parvis_events.participation.project_deposited import ProjectDeposited
from parvis_events.participation.proposal_milestone_reported import ProposalMilestoneReported
from parvis_events.participation.proposal_milestone_told import ProposalMilestoneTold
from parvis_events.participation.proposal_published import ProposalPublished
from parvis_events.participation.proposal_withdrawn import ProposalWithdrawn
from parvis_events.participation.survey_closed import SurveyClosed
from parvis_events.participation.survey_opened import SurveyOpened
from parvis_events.participation.survey_results_published import SurveyResultsPublished

__all__ = [
    "AmendmentNewsTold",
    "AnswerSubmitted",
    "AssemblyMandateBegun",
    "AssemblyMandateEnded",
    "AssemblyNewsTold",
    "AssemblySessionTold",
    "BudgetCounted",
    "BudgetPublished",
    "BudgetVoteCalledOff",
    "BudgetVoteExtended",
    "BudgetVoteOpened",
    "CommentPublished",
    "CommentWithdrawn",
    "ConsultationClosed",
    "ConsultationExtended",
    "ConsultationOpened",
    "ContentNoticeTold",
    "ConversationClosed",
    "ConversationPublished",
    "DiscussionNewsTold",
    "GuestForgotten",
    "MeetingNewsTold",
    "ModerationDecided",
    "PetitionAnswerTold",
    "PetitionAnswered",
    "PetitionClosed",
    "PetitionDecided",
    "PetitionNewsTold",
    "PetitionSubmitted",
    "PetitionThresholdReached",
    "PetitionWithdrawn",
    "PollCancelled",
    "PollCounted",
    "PollExtended",
    "PollPublished",
    "ProcessClosingTold",
    "ProcessNewsTold",
    "ProcessPhaseBegun",
    "ProcessPublished",
    "ProjectAnalysed",
    "ProjectDeposited",
    "ProposalMilestoneReported",
    "ProposalMilestoneTold",
    "ProposalPublished",
    "ProposalWithdrawn",
    "SurveyClosed",
    "SurveyOpened",
    "SurveyResultsPublished",
]
