# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with an act on a request; the API answers each with a problem of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class RequestError(Exception):
    """Any of the errors below."""


class NotFoundError(RequestError):
    """No such object, or not for this caller: the two are never told apart."""


class NotAllowedError(RequestError):
    """The caller may see the object but not do this to it."""


class AccountRequiredError(RequestError):
    """Only who has an account asks for this."""


class NotOnBehalfError(RequestError):
    """Agents file this for nobody."""


class TooManyFilingsError(RequestError):
    """Too many people without an account have filed lately."""


class ChannelError(RequestError):
    """It is not asked for by this way, or the caller is not who files what came by it."""


class UnknownTypeError(RequestError):
    """The collectivity offers no request type of that code."""


class OutsideTownError(RequestError):
    """The position lies in no area of the collectivity."""


class PositionMissingError(RequestError):
    """This request type needs a position."""


class UnknownAttachmentError(RequestError):
    """An attachment does not exist, belongs to somebody else or already belongs to a request."""


class FileWaitsError(RequestError):
    """The antivirus has not yet seen the file."""


class FileQuarantinedError(RequestError):
    """The antivirus found something in the file: nobody opens it."""


class TransitionError(RequestError):
    """The request's state does not allow this action."""


class ConditionError(RequestError):
    """The workflow's conditions for this action are not met; ``unmet`` names each: reason, field:…, document:…."""

    def __init__(self, unmet: Sequence[str]) -> None:
        super().__init__(", ".join(unmet))
        self.unmet = unmet


class DraftExistsError(RequestError):
    """The request type has a draft already: that one is to be changed."""


class NotForCallerError(RequestError):
    """This request type is not for this sort of caller, or not to be asked for online."""


class LevelTooLowError(RequestError):
    """This request type wants an identity of more assurance than the caller's."""


class EmailRequiredError(RequestError):
    """Who files this without an account leaves an address."""


class TooManyMailsError(RequestError):
    """The mail that an address is confirmed with was sent too often, or a moment ago."""


class PeriodEndedError(RequestError):
    """The legal period is over: silence has decided, and nobody may decide otherwise in its place."""


class TooManyDraftsError(RequestError):
    """The person keeps as many drafts as anybody may."""


class MergeError(RequestError):
    """These two requests do not go together, or this one goes along with none."""


class MergeOtherTypeError(MergeError):
    """They are of different types, or one and the same."""


class MergeOtherWorkflowError(MergeError):
    """They are of versions of a type whose steps, or times of keeping, differ."""


class MergeSilenceError(MergeError):
    """Silence decides on each by itself."""


class MergeEndedError(MergeError):
    """One of them has ended."""


class MergeTakenError(MergeError):
    """The one goes along with another already, or the other does, or has as many as may go along with it."""


class MergedError(RequestError):
    """This request goes along with another one: that one is to be acted on."""


class FollowError(RequestError):
    """One's own request, or past the number of followers or of requests that one follows."""


class PublicationError(RequestError):
    """Requests of this type show no words and no photos to the public."""


class ReopeningError(RequestError):
    """The request's type does not let it be opened again, or no longer."""


class RatingClosedError(RequestError):
    """It ended too long ago to say how one was served."""


class AlreadyRatedError(RequestError):
    """The author has said before how they were served."""


class ExtensionError(RequestError):
    """The legal period of this request may not be extended, or was extended already."""


class NoImplicitDecisionError(RequestError):
    """Silence has not granted this request: there is nothing to attest."""


class NotEndedError(RequestError):
    """The request goes on: there is nothing to archive yet."""


class FormerAnswersError(RequestError):
    """The file has answers that its former team and supervisors alone read: an archive without them would be short."""


class MentionError(RequestError):
    """Only a note names somebody, and only agents of the collectivity."""


class NotMentionedError(RequestError):
    """No note names the agent, or none that the caller may take the mention out of."""


class StaleVersionError(RequestError):
    """Somebody changed the request since the caller read it."""


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """One wrong answer: where it stands in the answers (steps of a path) and which JSON Schema keyword it breaks."""

    path: Sequence[str | int]
    keyword: str
    message: str


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """What is wrong with the documents given: ``missing``, or ``not-asked`` for a code that is not asked for."""

    code: str
    fault: str


class InvalidDocumentsError(RequestError):
    """Documents lack, or were given that are not asked for."""

    def __init__(self, faults: Sequence[DocumentFault]) -> None:
        super().__init__(f"{len(faults)} wrong documents")
        self.faults = faults


Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a definition: where it stands (steps of a path), and a stable code that says which it is."""

    path: Path
    code: str


class InvalidFilesError(RequestError):
    """Files that the request type does not take: kind, size, number, or one that is in quarantine."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} wrong files")
        self.faults = faults


class InvalidTemplateError(RequestError):
    """Words with variables that are none: each fault's code is what stands between the braces."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} unknown variables")
        self.faults = faults


class TooManyTemplatesError(RequestError):
    """The collectivity keeps as many reply templates as any may."""


class InvalidTeamError(RequestError):
    """A team with members who are none, or with absences that cannot be."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class TeamExistsError(RequestError):
    """The collectivity has a team of that code already."""


class TeamInUseError(RequestError):
    """Work is in the team, or comes to it by a rule."""


class UnknownTeamError(RequestError):
    """The collectivity has no team of that code."""


class NotAMemberError(RequestError):
    """The agent is not in the team that has the request."""


class AgentAbsentError(RequestError):
    """The agent is absent until then; ``deputy`` stands in, where somebody does."""

    def __init__(self, until: datetime, deputy: UUID | None) -> None:
        super().__init__("absent")
        self.until = until
        self.deputy = deputy


class TooManyTeamsError(RequestError):
    """The collectivity has as many teams as any may."""


class DefinitionError(RequestError):
    """A request type cannot be published as it is defined."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class InvalidAnswersError(RequestError):
    """The answers do not fit the form of the request type."""

    def __init__(self, faults: Sequence[AnswerFault]) -> None:
        super().__init__(f"{len(faults)} wrong answers")
        self.faults = faults


class NoAddressBaseError(RequestError):
    """Nobody is asked for addresses in this installation."""


class AddressBaseDownError(RequestError):
    """The address base does not answer, or not so soon: ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("the address base does not answer")
        self.retry_after = retry_after
