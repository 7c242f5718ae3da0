# SPDX-License-Identifier: EUPL-1.2
"""A request that another administration is competent for.

Source: code des relations entre le public et l'administration, article L114-2 (it is transmitted, and the person told)
and article L114-3 (from when on silence counts).
"""

from dataclasses import dataclass
from datetime import date

from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.legal import Clock, Regime, Silence


class TransferError(RequestError):
    """The request cannot be transferred so: there, or by that act, or not any more."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is competent: a collectivity of this installation, by a type of request of it; or another body, by name."""

    collectivity: str | None
    request_type: str | None
    body: str | None


def clock_there(regime: Regime | None, first_received_on: date, received_on: date) -> Clock | None:
    """The legal period at the competent administration.

    Where silence refuses, it runs from the receipt by the administration that was asked first; where silence grants,
    from the receipt by the competent one (article L114-3).
    """
    if regime is None:
        return None
    return Clock(first_received_on if regime.silence is Silence.REJECTED else received_on)
