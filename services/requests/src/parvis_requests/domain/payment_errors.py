# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a payment."""

from parvis_requests.domain.errors import RequestError


class NoPaymentsError(RequestError):
    """This installation works with no provider of payments."""


class UnknownFeeError(RequestError):
    """A request of this type costs no such sum."""


class NotDueError(RequestError):
    """Nothing is to be paid now: not in this state, or not with these answers."""


class AlreadyPaidError(RequestError):
    """It was paid."""


class TooManyPaymentsError(RequestError):
    """As many payments of the request were begun as may be."""


class PaymentPendingError(RequestError):
    """A payment was begun whose page opens no more, and of which the provider says nothing yet."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("pending")
        self.retry_after = retry_after


class PaymentRefusedError(RequestError):
    """The provider makes no page for this payment, and says by this code why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderDownError(RequestError):
    """The provider of payments does not answer, or not in a way that can be read."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("provider")
        self.retry_after = retry_after
