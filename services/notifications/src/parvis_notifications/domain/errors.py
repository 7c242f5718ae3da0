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
