# SPDX-License-Identifier: EUPL-1.2
"""What the law wants a person to be told of their request: the receipt, in words."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from parvis_kit.locale import Language, Text
from parvis_kit.web.types import PlainText
from parvis_requests.api.schemas import PERIOD_OVER, Input, Labelled
from parvis_requests.api.views import instant, type_label
from parvis_requests.domain.legal import Silence
from parvis_requests.service.legal_documents import Receipt

_MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip
_ACCEPTED = Text(
    fr="Sans décision expresse le {day}, votre demande, si elle est complète, sera réputée acceptée. Vous pourrez alors"
    " demander l'attestation prévue à l'article L232-3 du code des relations entre le public et l'administration.",
    en="Without an express decision by {day}, your request, if complete, will be deemed granted. You may then ask for"
    " the attestation of article L232-3 of the code of relations between the public and the administration.",
)
_REJECTED = Text(
    fr="Sans décision expresse le {day}, votre demande, si elle est complète, sera réputée rejetée. Vous pourrez alors,"
    " dans les deux mois, former un recours gracieux (article L411-2 du code des relations entre le public et"
    " l'administration) ou saisir le tribunal administratif (articles R421-1 et R421-2 du code de justice"
    " administrative), et à tout moment le Défenseur des droits.",
    en="Without an express decision by {day}, your request, if complete, will be deemed rejected. You may then, within"
    " two months, ask the town to think again (article L411-2 of the code of relations between the public and the"
    " administration) or go to the administrative court (articles R421-1 and R421-2 of the code of administrative"
    " justice), and at any time to the Défenseur des droits.",
)
# The advice of the CADA comes before any court (article L342-1 of the CRPA).
_REJECTED_CADA = Text(
    fr="Sans décision expresse le {day}, votre demande, si elle est complète, sera réputée rejetée. Vous pourrez alors,"
    " dans les deux mois, saisir la Commission d'accès aux documents administratifs (CADA), dont l'avis doit être"
    " demandé avant de saisir le tribunal administratif (articles L342-1, R311-15 et R343-1 du code des relations entre"
    " le public et l'administration), et à tout moment le Défenseur des droits.",
    en="Without an express decision by {day}, your request, if complete, will be deemed rejected. You may then, within"
    " two months, go to the commission for access to administrative documents (CADA), whose advice must be asked for"
    " before you go to the administrative court (articles L342-1, R311-15 and R343-1 of the code of relations between"
    " the public and the administration), and at any time to the Défenseur des droits.",
)
# The receipt comes after the day that it tells of: no period runs against who was not told before (article L112-6).
_ACCEPTED_BEFORE = Text(
    fr="Faute de décision expresse jusqu'au {day} inclus, votre demande, si elle était complète, est réputée acceptée."
    " Vous pouvez demander l'attestation prévue à l'article L232-3 du code des relations entre le public et"
    " l'administration.",
    en="For want of an express decision until {day} included, your request, if complete, is deemed granted. You may ask"
    " for the attestation of article L232-3 of the code of relations between the public and the administration.",
)
_REJECTED_BEFORE = Text(
    fr="Faute de décision expresse jusqu'au {day} inclus, votre demande, si elle était complète, est réputée rejetée."
    " Comme cet accusé de réception vient après ce jour, le délai de recours de deux mois ne vous est pas opposable"
    " (article L112-6 du code des relations entre le public et l'administration). Vous pouvez {remedy}, et à tout"
    " moment saisir le Défenseur des droits.",
    en="For want of an express decision until {day} included, your request, if complete, is deemed rejected. As this"
    " receipt comes after that day, the period of two months for appeals does not run against you (article L112-6 of"
    " the code of relations between the public and the administration). You may {remedy}, and at any time go to the"
    " Défenseur des droits.",
)
_COURT = Text(
    fr="former un recours gracieux (article L411-2 du même code) ou saisir le tribunal administratif (articles R421-1"
    " et R421-2 du code de justice administrative)",
    en="ask the town to think again (article L411-2 of the same code) or go to the administrative court (articles"
    " R421-1 and R421-2 of the code of administrative justice)",
)
_CADA = Text(
    fr="saisir la Commission d'accès aux documents administratifs (CADA), dont l'avis doit être demandé avant de saisir"
    " le tribunal administratif (articles L342-1, R311-15 et R343-1 du même code)",
    en="go to the commission for access to administrative documents (CADA), whose advice must be asked for before you"
    " go to the administrative court (articles L342-1, R311-15 and R343-1 of the same code)",
)
_WAITING = Text(
    fr="Votre dossier est incomplet : le délai reprendra quand nous aurons reçu les pièces demandées.",
    en="Your file is incomplete: the period goes on once we have received the documents asked for.",
)


class ServiceContactView(BaseModel):
    """The service in charge of the file."""

    team: str = Field(description="What the team that handles it is called.")
    name: str
    postal_address: str | None
    email: str | None
    phone: str | None


class ReceiptView(BaseModel):
    """The electronic acknowledgement of a request (articles L112-11 and R112-11-1 of the CRPA)."""

    reference: str
    request_type: Labelled
    received_on: date = Field(description="The day on which the town received it, from which the legal period counts.")
    received_at: datetime = Field(description="The same as an instant: the beginning of a day that an agent has said.")
    registered_at: datetime
    registration_due_at: datetime = Field(description="By when a registration is due: one working day.")
    contact: ServiceContactView
    silence: Silence | None
    deemed_on: date | None = Field(description="The day with which silence decides, as long as the file is complete.")
    source: str | None
    statements: list[str] = Field(
        description="What the person must be told of silence, in the language asked for; none where the type does not"
        " say."
    )


class NewExtension(Input):
    """Why the legal period is extended."""

    reason: PlainText = Field(min_length=1, max_length=10_000, description="The person is told it as a public reply.")


class NewReception(Input):
    """On which day the town received what an agent entered."""

    received_on: date = Field(description="Not after the day of the entry, and a year before it at most.")
    period_over: bool = Field(default=False, description=PERIOD_OVER)
    reason: PlainText = Field(min_length=1, max_length=10_000, description="The person is told it as a public reply.")


def receipt_view(receipt: Receipt, language: Language) -> ReceiptView:
    """A receipt in words."""
    legal, contact = receipt.form.definition.legal, receipt.contact
    return ReceiptView(
        reference=receipt.reference,
        request_type=type_label(receipt.form, language),
        received_on=receipt.received_on,
        received_at=instant(receipt.received_at),
        registered_at=instant(receipt.registered_at),
        registration_due_at=instant(receipt.registration_due_at),
        contact=ServiceContactView(
            team=receipt.team.in_language(language),
            name=contact.name.in_language(language),
            postal_address=contact.postal_address,
            email=contact.email,
            phone=contact.phone,
        ),
        silence=legal.silence if legal else None,
        deemed_on=receipt.deemed_on,
        source=legal.source.in_language(language) if legal else None,
        statements=_statements(receipt, language),
    )


def _statements(receipt: Receipt, language: Language) -> list[str]:
    """What silence means; nothing where the type does not say, since it may mean something all the same.

    Silence decides every request in the law's sense (articles L231-1 and L231-4 of the CRPA): that it decides nothing
    can be said of none whose regime nobody has settled.
    """
    legal = receipt.form.definition.legal
    if legal is None:
        return []
    if receipt.deemed_on is None:
        return [_WAITING.in_language(language)]
    granted, to_cada = legal.silence is Silence.ACCEPTED, legal.remedy == "cada"
    if receipt.over:
        words, remedy = _ACCEPTED_BEFORE if granted else _REJECTED_BEFORE, _CADA if to_cada else _COURT
    else:
        words, remedy = _ACCEPTED if granted else _REJECTED_CADA if to_cada else _REJECTED, _COURT
    day = spoken_day(receipt.deemed_on, language)
    return [words.in_language(language).format(day=day, remedy=remedy.in_language(language))]


def spoken_day(day: date, language: Language) -> str:
    """A day as a text says it."""
    number = "1er" if day.day == 1 and language == "fr" else str(day.day)
    return f"{number} {_MONTHS[language][day.month - 1]} {day.year}"
