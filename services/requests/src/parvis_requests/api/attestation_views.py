# SPDX-License-Identifier: EUPL-1.2
"""The attestation of a grant by silence, in words."""

from datetime import date, datetime
from typing import Final

from pydantic import BaseModel, Field

from parvis_kit.locale import Language, Text
from parvis_requests.api.legal_views import spoken_day
from parvis_requests.api.schemas import Labelled
from parvis_requests.api.views import instant, type_label
from parvis_requests.domain.calendar import day_of
from parvis_requests.outgoing.attestation_pdf import AttestationWords
from parvis_requests.service.attest_grant import Attestation

_ATTESTED: Final = Text(
    fr="{name} atteste que la demande {reference} ({object}){by}, reçue le {received}, est acceptée depuis le {decided}"
    " par une décision implicite née du silence de l'administration (article L232-3 du code des relations entre le"
    " public et l'administration ; {source}).",
    en="{name} attests that request {reference} ({object}){by}, received on {received}, has been granted since"
    " {decided} by an implicit decision that arose from the administration's silence (article L232-3 of the code of"
    " relations between the public and the administration; {source}).",
)
_BY: Final = Text(fr=" présentée par {person}", en=" made by {person}")
_TITLE: Final = Text(fr="Attestation de décision implicite d'acceptation", en="Attestation of an implicit grant")
_CLOSING: Final = Text(
    fr="Attestation délivrée pour faire valoir ce que de droit.", en="Issued for whatever purpose it may serve by law."
)
_PERSON: Final = Text(fr="Demandeur", en="Made by")
_OBJECT: Final = Text(fr="Objet", en="Object")
_REFERENCE: Final = Text(fr="Référence", en="Reference")
_RECEIVED: Final = Text(fr="Demande reçue le", en="Received on")
_DECIDED: Final = Text(fr="Acceptée depuis le", en="Granted since")
_SOURCE: Final = Text(fr="Fondement", en="Legal ground")


class AttestationView(BaseModel):
    """That silence has granted a request (article L232-3 of the CRPA)."""

    reference: str
    request_type: Labelled
    person: str | None = Field(
        default=None,
        description="What its author is called, as their account or contact says; null where nobody says it now, and to"
        " agents who may not know who filed.",
    )
    received_on: date
    received_at: datetime
    effective_at: datetime
    decided_on: date
    issued_at: datetime
    source: str
    statement: str


def attestation_view(attestation: Attestation, language: Language, issued_at: datetime) -> AttestationView:
    """An attestation in words."""
    return AttestationView(
        reference=attestation.reference,
        request_type=type_label(attestation.form, language),
        person=attestation.person,
        received_on=attestation.received_on,
        received_at=instant(attestation.received_at),
        effective_at=instant(attestation.effective_at),
        decided_on=attestation.decided_on,
        issued_at=instant(issued_at),
        source=attestation.source.in_language(language),
        statement=_statement(attestation, language),
    )


def attestation_words(attestation: Attestation, language: Language, issued_at: datetime) -> AttestationWords:
    """The same for its PDF."""
    contact, label = attestation.contact, type_label(attestation.form, language).label
    name = contact.name.in_language(language)
    sender = [name, *filter(None, (contact.postal_address, contact.email, contact.phone))]
    facts = (
        (_PERSON, attestation.person),
        (_OBJECT, label),
        (_REFERENCE, attestation.reference),
        (_RECEIVED, spoken_day(attestation.received_on, language)),
        (_DECIDED, spoken_day(attestation.decided_on, language)),
        (_SOURCE, attestation.source.in_language(language)),
    )
    return AttestationWords(
        sender=sender,
        reference=attestation.reference,
        date=spoken_day(day_of(issued_at), language),
        title=_TITLE.in_language(language),
        statement=_statement(attestation, language),
        facts=[{"name": each.in_language(language), "value": value} for each, value in facts if value],
        closing=_CLOSING.in_language(language),
        language=language,
    )


def _statement(attestation: Attestation, language: Language) -> str:
    person = attestation.person
    return _ATTESTED.in_language(language).format(
        name=attestation.contact.name.in_language(language),
        reference=attestation.reference,
        object=type_label(attestation.form, language).label,
        by=_BY.in_language(language).format(person=person) if person else "",
        received=spoken_day(attestation.received_on, language),
        decided=spoken_day(attestation.decided_on, language),
        source=attestation.source.in_language(language),
    )
