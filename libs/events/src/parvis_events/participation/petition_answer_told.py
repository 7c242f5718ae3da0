# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionAnswerTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionAnswerTold:
    """The town has answered a petition, and this signer asked to be told.

    Attributes:
        signature_id: The signature; also the Kafka key and the CloudEvents subject.
        signer: Whom to tell.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-answer-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.signature.v1"

    signature_id: UUID
    collectivity: str
    petition_id: UUID
    signer: UUID
    occurred_at: datetime
    sequence: int
