# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What identity tells."""

from parvis_events.identity.account_merged import AccountMerged
from parvis_events.identity.data_accessed import DataAccessed
from parvis_events.identity.key_withdrawn import KeyWithdrawn
from parvis_events.identity.person_changed import PersonChanged
from parvis_events.identity.person_erased import PersonErased
from parvis_events.identity.person_registered import PersonRegistered
from parvis_events.identity.phone_code_asked import PhoneCodeAsked
from parvis_events.identity.session_revoked import SessionRevoked

__all__ = [
    "AccountMerged",
    "DataAccessed",
    "KeyWithdrawn",
    "PersonChanged",
    "PersonErased",
    "PersonRegistered",
    "PhoneCodeAsked",
    "SessionRevoked",
]
