# SPDX-License-Identifier: EUPL-1.2
"""What a person is told they can do against a refusal, with whom to go to."""

from typing import Final

from parvis_kit.locale import Language, Text
from parvis_requests.api.schemas import Labelled, RemedyView
from parvis_requests.domain.remedy import Refusal, Remedy, remedies_of
from parvis_requests.service.catalogue_file import BodySeed, ContactSeed
from parvis_requests.service.form import Form

_NAMES: Final = {
    Remedy.RECONSIDERATION: Text(fr="Recours gracieux", en="Request to think again"),
    Remedy.MEDIATION: Text(fr="Médiateur", en="Mediator"),
    Remedy.CADA: Text(fr="Commission d'accès aux documents administratifs", en="Commission for access to documents"),
    Remedy.COURT: Text(fr="Tribunal administratif", en="Administrative court"),
    Remedy.DEFENDER: Text(fr="Défenseur des droits", en="Defender of Rights"),
}
_SINCE: Final = {
    Refusal.EXPRESS: Text(fr="la notification de cette décision", en="being told of this decision"),
    Refusal.SILENT: Text(fr="la fin du délai de réponse", en="the end of the period for an answer"),
}
_COURT_ARTICLES: Final = {
    Refusal.EXPRESS: Text(fr="R421-1 et R421-5", en="R421-1 and R421-5"),
    Refusal.SILENT: Text(fr="R421-1 et R421-2", en="R421-1 and R421-2"),
}
_REASONS: Final = Text(
    fr=" Vous pouvez aussi nous demander les motifs de ce refus (article L232-4 du même code).",
    en=" You may also ask us for the reasons of this refusal (article L232-4 of the same code).",
)
# In force: articles L231-4, 2° and L411-2 of the CRPA; L213-6, R421-1, R421-2 and R421-5 of the code of administrative
# justice; L1112-24 of the code of local authorities; 6 of the organic law on the Défenseur des droits.
_STATEMENTS: Final = {
    Remedy.RECONSIDERATION: Text(
        fr="Dans les deux mois qui suivent {since}, vous pouvez nous demander de revoir notre décision (article L411-2"
        " du code des relations entre le public et l'administration). Ce recours interrompt, une seule fois, le délai"
        " pour saisir le tribunal administratif. Sans réponse de notre part dans les deux mois, il est rejeté (article"
        " L231-4, 2° du même code).",
        en="Within two months of {since}, you may ask us to think again (article L411-2 of the code of relations"
        " between the public and the administration). This interrupts, once only, the period for going to the"
        " administrative court. Without an answer of ours within two months, it is rejected (article L231-4, 2° of"
        " the same code).",
    ),
    Remedy.MEDIATION: Text(
        fr="Vous pouvez saisir gratuitement le médiateur. Le saisir avant la fin du délai pour aller au tribunal"
        " administratif interrompt ce délai, qui recommence à courir quand la médiation est terminée (articles L213-6"
        " du code de justice administrative et L1112-24 du code général des collectivités territoriales).",
        en="You may turn to the mediator, free of charge. To do so before the period for going to the administrative"
        " court ends interrupts that period, which starts anew once the mediation is over (articles L213-6 of the code"
        " of administrative justice and L1112-24 of the code of local authorities).",
    ),
    Remedy.CADA: Text(
        fr="Dans les deux mois qui suivent {since}, vous pouvez saisir gratuitement la Commission d'accès aux documents"
        " administratifs (CADA), dont l'avis doit être demandé avant de saisir le tribunal administratif (articles"
        " L342-1, R311-15 et R343-1 du code des relations entre le public et l'administration).",
        en="Within two months of {since}, you may go, free of charge, to the commission for access to administrative"
        " documents (CADA), whose advice must be asked for before you go to the administrative court (articles L342-1,"
        " R311-15 and R343-1 of the code of relations between the public and the administration).",
    ),
    Remedy.COURT: Text(
        fr="Dans les deux mois qui suivent {since}, vous pouvez saisir le tribunal administratif (articles {articles}"
        " du code de justice administrative).",
        en="Within two months of {since}, you may go to the administrative court (articles {articles} of the code of"
        " administrative justice).",
    ),
    Remedy.DEFENDER: Text(
        fr="À tout moment, vous pouvez saisir gratuitement le Défenseur des droits. Le saisir n'interrompt pas le délai"
        " pour aller au tribunal (article 6 de la loi organique n° 2011-333 du 29 mars 2011).",
        en="At any time you may turn to the Défenseur des droits, free of charge. This does not interrupt the period"
        " for going to the court (article 6 of the organic law no. 2011-333 of 29 March 2011).",
    ),
}
# One for the whole country; which court and which mediator, each town says.
_NATIONAL: Final = {
    Remedy.CADA: BodySeed(name=_NAMES[Remedy.CADA], website="https://www.cada.fr"),
    Remedy.DEFENDER: BodySeed(name=_NAMES[Remedy.DEFENDER], website="https://www.defenseurdesdroits.fr"),
}


def remedy_views(form: Form, status: str, contact: ContactSeed, language: Language) -> list[RemedyView]:
    """The remedies against what a request in that state was refused, in words; none where it was not."""
    refusal = form.refusal(status)
    if refusal is None:
        return []
    cada = form.definition.legal is not None and form.definition.legal.remedy == "cada"
    found = remedies_of(cada=cada, mediator=contact.mediator is not None)
    return [_view(remedy, refusal, _body(remedy, contact), language) for remedy in found]


def in_a_mail(remedies: list[RemedyView]) -> list[str]:
    """The same as paragraphs of a mail: what one may do, then whom to reach."""
    return [
        f"{each.remedy.label}. {each.statement}\n"
        + ", ".join(part for part in (each.name, each.postal_address, each.email, each.phone, each.website) if part)
        for each in remedies
    ]


def _body(remedy: Remedy, contact: ContactSeed) -> BodySeed:
    match remedy:
        case Remedy.RECONSIDERATION:
            return BodySeed(
                name=contact.name, postal_address=contact.postal_address, email=contact.email, phone=contact.phone
            )
        case Remedy.MEDIATION if contact.mediator:
            return contact.mediator
        case Remedy.COURT if contact.court:
            return contact.court
    return _NATIONAL.get(remedy) or BodySeed(name=_NAMES[remedy])


def _view(remedy: Remedy, refusal: Refusal, body: BodySeed, language: Language) -> RemedyView:
    statement = (
        _STATEMENTS[remedy]
        .in_language(language)
        .format(since=_SINCE[refusal].in_language(language), articles=_COURT_ARTICLES[refusal].in_language(language))
    )
    if remedy is Remedy.RECONSIDERATION and refusal is Refusal.SILENT:
        statement += _REASONS.in_language(language)
    return RemedyView(
        remedy=Labelled(code=remedy, label=_NAMES[remedy].in_language(language)),
        months=remedy.months,
        statement=statement,
        name=body.name.in_language(language),
        postal_address=body.postal_address,
        email=body.email,
        phone=body.phone,
        website=body.website,
    )
