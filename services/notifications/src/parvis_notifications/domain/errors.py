# SPDX-License-Identifier: EUPL-1.2
"""What the rules of this service refuse."""

from collections.abc import Sequence


class NotFoundError(Exception):
    """There is no such object, or it is somebody else's."""


class ApplicationMailError(NotFoundError):
    """A mail that an application sent: what ends its mails is the application's own."""


class InfectedFileError(Exception):
    """The antivirus has stopped a file that an application wanted to send: nothing of it is kept."""


class AntivirusAwayError(Exception):
    """The antivirus, which sees each file before it is kept, does not answer."""


class StaleVersionError(Exception):
    """The object has changed since the caller read it."""


class ContactRefusedError(Exception):
    """The owner of a webhook subscription cannot be written to at that address."""


class NotActiveError(Exception):
    """Nothing is sent to a subscription that has been disabled."""


class TooManySubscriptionsError(Exception):
    """A client has as many webhook subscriptions as it may have."""


class EmptyQuietHoursError(Exception):
    """Quiet hours begin when they end."""


class UnknownTimeZoneError(Exception):
    """There is no such time zone."""


class RepeatedChoiceError(Exception):
    """A topic, or a channel of a topic, was named twice."""


class TooManyStreamsError(Exception):
    """A person follows their inbox by as many streams as they may have."""


class NoStreamLeftError(Exception):
    """This process keeps as many streams open as it can."""


class NameTakenError(Exception):
    """Another template of the collectivity bears that name."""


class OccasionTakenError(Exception):
    """Another template of the collectivity words that message already."""


class TooManyTemplatesError(Exception):
    """A collectivity has as many templates as it may have."""


class NothingToPublishError(Exception):
    """The draft says what the published version says."""


class UnknownTopicsError(Exception):
    """A topic was named that the town does not have."""


class WrongCodeError(Exception):
    """This is not the code that was sent."""


class TooManyPendingError(Exception):
    """More people than usual ask to be told without an account, and do not confirm it."""


class NumberError(Exception):
    """Not the number of a mobile telephone in a country to which text messages go."""


class NoAreaError(Exception):
    """An outline that says of no place whether it lies inside.

    The argument is a code: ``too-short``, ``open-ring``, ``crosses-itself`` or ``outside-the-world``.
    """


class PlaceError(Exception):
    """A place is neither a position nor an outline, or both."""


class AddressError(Exception):
    """Neither an e-mail address nor a number that can be written to, or both at once."""


class NotMovableError(Exception):
    """What goes to many stands where that cannot be done with it."""


class InboundNumberError(Exception):
    """What comes to that number is another application's, or the key is none that real people's texts are for."""


class TooManyKeysError(Exception):
    """A collectivity has as many working keys as it may have."""


class GuestsOnlyError(Exception):
    """A team key was to write to somebody who is none of its guests."""


class RecipientRefusedError(Exception):
    """Nobody can be written to at that address or number."""


class TemplateUnknownError(Exception):
    """There is no published template of that id that goes by that channel."""


class ScheduleRefusedError(Exception):
    """A message was to go in the past, or too far ahead."""


class TooManySentError(Exception):
    """A key has sent as much as it may in this ``span``: ``minute``, ``day``, ``letter-day``, ``call-day``."""

    def __init__(self, span: str, allowed: int, retry_seconds: int) -> None:
        super().__init__(span)
        self.span = span
        self.allowed = allowed
        self.retry_seconds = retry_seconds


class NotCancellableError(Exception):
    """A message is in somebody's hands already, or gone."""


class UnknownAreaError(Exception):
    """An alert names an area that the town does not have, or no area at all without being for everywhere."""


class SameAgentError(Exception):
    """An alert is approved by another agent than the one who wrote it."""


class OverError(Exception):
    """An alert ends before it begins, or has ended."""


class HelpMovedError(Exception):
    """No help was asked for, it was asked for again since, or it stands so already."""


class NoteRefusedError(Exception):
    """Nothing is known of that person any more; a note about them cannot be sealed."""


class NothingFollowedError(Exception):
    """An update or an all-clear names no alert that was sent and has no follower, or a first alert names one."""


class EntryAddressError(Exception):
    """Somebody of the register is entered with what is no e-mail address."""


class EndpointRefusedError(Exception):
    """A browser was named by an address to which nothing is sent; the argument is a stable kebab-case code."""


class ServerKeyError(Exception):
    """A browser was subscribed for a key that is not this deployment's."""


class TooManyBrowsersError(Exception):
    """A person has as many browsers told as they may have."""


class EntryPositionError(Exception):
    """Somebody of the register lives elsewhere, and nobody said where that is."""


class StreetError(Exception):
    """The register is to be listed by a street of which no word is given."""


class VisitTimeError(Exception):
    """Somebody of the register was called on before the alert, or at a time that is still to come."""


class EntryNumberError(Exception):
    """Somebody of the register is entered with what is no telephone number."""


class TooManyReceivedError(Exception):
    """A town has taken in as many messages as it takes in an hour."""


class ChatAddressError(Exception):
    """This is no address of the messenger."""


class NoChatError(Exception):
    """Nobody is written to in a messenger in that collectivity."""


class TooManyCodesError(Exception):
    """So many codes were asked for in a day, by one account or for one address, as may be."""


class LanguageNotOfferedError(Exception):
    """Nobody is written to in that language there; ``offered`` are those that may be chosen."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__(offered)
        self.offered = offered


class UnknownLanguagesError(Exception):
    """Some of the languages are none; ``places`` says which, counted from 0."""

    def __init__(self, places: Sequence[int]) -> None:
        super().__init__(places)
        self.places = places
