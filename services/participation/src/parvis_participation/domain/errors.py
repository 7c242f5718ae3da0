# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with an act in a consultation; the API answers each with a problem of its own."""

from dataclasses import dataclass
from enum import StrEnum

from parvis_participation.domain.pabulib.faults import Fault, sentence


class ParticipationError(Exception):
    """Any of the errors below."""


class NotFoundError(ParticipationError):
    """No such consultation, or not for this caller: the two are never told apart."""


class NotAllowedError(ParticipationError):
    """The caller may see the consultation but not do this."""


class NotOpenError(ParticipationError):
    """The consultation takes no answers now."""


class UnknownOptionError(ParticipationError):
    """The question has no such option."""


class AlreadyAnsweredError(ParticipationError):
    """This person has answered this consultation."""


class ResultsNotPublicError(ParticipationError):
    """The results are shown to everybody once the consultation is closed."""


class TransitionError(ParticipationError):
    """The consultation's state does not allow this action."""


class StaleVersionError(ParticipationError):
    """Somebody changed the consultation since the caller read it."""


class BadPeriodError(ParticipationError):
    """A consultation closes after it opens."""


class RepeatedOptionError(ParticipationError):
    """Two options have the same code."""


class CostError(ParticipationError):
    """A project costs something."""


class BallotFault(StrEnum):
    """What is wrong with a ballot."""

    UNKNOWN = "unknown-option"
    REPEATED = "repeated-option"
    NUMBER = "number-of-options"
    POINTS = "points"
    COST = "over-budget"
    UNREADABLE = "unreadable"


class BallotError(ParticipationError):
    """The rules of the vote do not allow this ballot."""

    def __init__(self, fault: BallotFault) -> None:
        super().__init__(fault)
        self.fault = fault


class MethodError(ParticipationError):
    """The counting rule does not fit the kind of ballot, or one of its parameters cannot be."""


class PabulibError(ParticipationError):
    """What a Pabulib file may not say, in which ``line`` and ``column``: from 1 on, 0 where it is no cell, or all."""

    def __init__(self, line: int, fault: Fault, given: object = "", *, column: int = 0) -> None:
        place = f"line {line}, column {column}" if column else f"line {line}"
        super().__init__(f"{place}: {sentence(fault, str(given), french=False)}")
        self.line, self.column, self.fault, self.given = line, column, fault, str(given)


class NotVerifiedError(ParticipationError):
    """No provider has verified who this person is, so that one person could vote twice."""


class PollNotOpenError(ParticipationError):
    """The poll takes no ballots now."""


class AlreadyVotedError(ParticipationError):
    """The roll of this poll has this person already, with another ballot than this one."""


class CommitmentTakenError(ParticipationError):
    """Another ballot in the urn has this commitment."""


class EnvelopeError(ParticipationError):
    """A sealed ballot that has not the form of this poll's ballots."""


class BoardKeyError(ParticipationError):
    """What is given as the board's public key is none."""


class SharesError(ParticipationError):
    """These shares do not make the board's key."""


class NotCountableError(ParticipationError):
    """A poll is counted once, after its close."""


class NotCountedError(ParticipationError):
    """The files of a poll are published once it is counted."""


class AreaBudgetError(ParticipationError):
    """Each option's area has a budget, and each budget an option; no two budgets are for one area."""


class BoardSizeError(ParticipationError):
    """No more members are needed to count than the board has."""


class LimitsError(ParticipationError):
    """The limits of a ballot contradict one another, or do not belong to its kind."""


class AlteredPollError(ParticipationError):
    """The poll in the database is not the one whose digest was published."""


class PhasesError(ParticipationError):
    """Each phase of a participatory budget begins after the one before it."""


class PhaseError(ParticipationError):
    """The present phase of the participatory budget does not allow this act."""


class UnknownAreaError(ParticipationError):
    """The participatory budget has no money for such an area."""


class VoteGivenError(ParticipationError):
    """This person has voted in this participatory budget."""


class VoteFinalError(ParticipationError):
    """The participatory budget does not let votes be changed or taken back."""


class BudgetNotCountedError(ParticipationError):
    """The result of a participatory budget is there once its votes are counted."""


class NotChosenError(ParticipationError):
    """Only a project that was chosen has milestones."""


class ThreadDepthError(ParticipationError):
    """The comment that would be answered stands too deep in its thread."""


class UnknownParentError(ParticipationError):
    """The thread has no such comment."""


class CommentGoneError(ParticipationError):
    """The comment has been withdrawn or removed."""


class AlreadyReportedError(ParticipationError):
    """This person has reported this version of it."""


class OwnContentError(ParticipationError):
    """Nobody reports their own words: they change them, or take them back."""


class CaseDecidedError(ParticipationError):
    """Nothing is to be decided in this case any more, or not yet again."""


class SameModeratorError(ParticipationError):
    """An appeal is decided by another moderator than the first decision."""


class GroundError(ParticipationError):
    """What is removed has a ground, what is kept has none."""


class AppealError(ParticipationError):
    """The decision cannot be contested: it was before, or the time for it is over."""


class TooManyError(ParticipationError):
    """This person has written or reported as much as one may within an hour."""


class ProposalGoneError(ParticipationError):
    """The proposal has been withdrawn or removed."""


class ProjectGoneError(ParticipationError):
    """A moderator has removed the project."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """What is wrong with one member of a survey or of its answers: the path to it, and a code."""

    path: tuple[str | int, ...]
    code: str


class FormError(ParticipationError):
    """A survey's questions cannot be asked so."""

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults


class AnswersError(ParticipationError):
    """The survey does not take these answers."""

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults


class SurveyNotOpenError(ParticipationError):
    """The survey takes no answers now."""


class SurveyFrozenError(ParticipationError):
    """What a survey asks does not change once people may answer it."""


class SurveyAnsweredError(ParticipationError):
    """This person has answered this survey."""


class QuotaFullError(ParticipationError):
    """Enough people have answered who said that of themselves."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class SurveyResultsLaterError(ParticipationError):
    """The results of the survey are not published yet."""


class UncrossableError(ParticipationError):
    """Only questions to which each person gives one of few answers are crossed."""


class SecondAgentError(ParticipationError):
    """What one agent has entered from paper, another one confirms."""


class PaperDiffersError(ParticipationError):
    """Two agents read different answers on one sheet."""

    def __init__(self, questions: tuple[str, ...]) -> None:
        super().__init__(questions)
        self.questions = questions


class PaperEnteredError(ParticipationError):
    """The sheet of this reference was entered, or confirmed, before."""


class PetitionStateError(ParticipationError):
    """The petition's state does not allow this."""


class ReasonsError(ParticipationError):
    """A petition is refused with reasons."""


class ThresholdsError(ParticipationError):
    """An admitted petition has thresholds, each higher than the one before; a refused one has none."""


class ProcessPhaseError(ParticipationError):
    """The present phase of the participatory process does not allow this act."""
