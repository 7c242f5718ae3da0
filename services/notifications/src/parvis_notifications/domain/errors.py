# SPDX-License-Identifier: EUPL-1.2
"""What the rules of this service refuse."""


class NotFoundError(Exception):
    """There is no such object, or it is somebody else's."""


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
