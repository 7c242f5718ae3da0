# SPDX-License-Identifier: EUPL-1.2
"""Appointments at a secret address, for programs that read calendars again and again: whose, and for how long."""

from datetime import timedelta
from typing import Final

from parvis_requests.domain.errors import NotAllowedError
from parvis_requests.domain.request import Actor

MAX_FEEDS: Final = 5
MAX_AGENDAS: Final = 20
MAX_EVENTS: Final = 1_000
# What is past for longer is shown no more.
SHOWN_FOR: Final = timedelta(days=30)
# Nobody tells this service when an agent leaves: their addresses end by themselves, and are renewed.
_AGENTS: Final = timedelta(days=90)
_PEOPLES: Final = timedelta(days=365)
_OVERSEE: Final = frozenset({"administrator", "supervisor"})


def lifetime(actor: Actor) -> timedelta:
    """For how long an address shows something, from when it was given."""
    return _AGENTS if actor.is_agent else _PEOPLES


def oversees(actor: Actor) -> bool:
    """Whether the actor sees and revokes the addresses of all agents of the collectivity."""
    return actor.is_agent and bool(actor.roles & _OVERSEE)


def for_oneself(actor: Actor) -> Actor:
    """The actor, where they act for themselves: whom somebody assists keeps their own secrets."""
    if actor.by is not None:
        raise NotAllowedError
    return actor
