# SPDX-License-Identifier: EUPL-1.2
"""What the person is told of an appeal: that it came, how it ended, and what they may do then.

A receipt tells until when the town answers, and what may be done without an answer (articles L112-3 and L411-3 of the
CRPA); a rejection tells the way to the court and its time limit (article R421-5 of the code of administrative justice).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_requests.api.legal_views import spoken_day
from parvis_requests.domain.appeal import AppealKind, AppealState
from parvis_requests.domain.calendar import day_of
from parvis_requests.service.catalogue_file import ContactSeed
from parvis_requests.service.read_appeals import OpenAppeal

_INSTANT: Final = timedelta(microseconds=1)
_RECEIVED: Final = Text(fr="Nous avons reçu votre contestation le {day}.", en="We received what you contest on {day}.")
_NOTED: Final = Text(
    fr="Nous avons noté le {day} que vous avez saisi un autre organisme. Sa réponse ne dépend pas de nous.",
    en="We noted on {day} that you turned to another body. Its answer does not depend on us.",
)
_ANSWER: Final = Text(
    fr="Sans réponse de notre part le {day} au soir, votre recours sera considéré comme rejeté (article L231-4, 2° du"
    " code des relations entre le public et l'administration).",
    en="Without an answer of ours by the end of {day}, your appeal will be considered rejected (article L231-4, 2° of"
    " the code of relations between the public and the administration).",
)
_THEN: Final = Text(
    fr="Vous pourrez alors saisir le tribunal administratif dans les deux mois (article R421-2 du code de justice"
    " administrative){court}.",
    en="You may then go to the administrative court within two months (article R421-2 of the code of administrative"
    " justice){court}.",
)
_LATE: Final = Text(
    fr="Votre recours nous est adressé après le {day}, dernier jour pour le former : nous l'examinons, mais il ne"
    " rouvre pas le délai pour saisir le tribunal administratif.",
    en="Your appeal was sent to us after {day}, the last day for it: we look at it, but it does not reopen the period"
    " for going to the administrative court.",
)
_REOPENS_NOTHING: Final = Text(
    fr="Ce recours ne rouvre pas le délai pour saisir le tribunal administratif, et son rejet ne le rouvrira pas.",
    en="This appeal does not reopen the period for going to the administrative court, nor will its rejection.",
)
_INTERRUPTS: Final = {
    True: Text(
        fr="Il interrompt le délai pour saisir le tribunal administratif (article L411-2 du code des relations entre le"
        " public et l'administration).",
        en="It interrupts the period for going to the administrative court (article L411-2 of the code of relations"
        " between the public and the administration).",
    ),
    False: Text(
        fr="Saisir le médiateur interrompt le délai pour aller au tribunal administratif, qui recommence à courir quand"
        " la médiation est terminée (articles L213-6 du code de justice administrative et L1112-24 du code général des"
        " collectivités territoriales).",
        en="Turning to the mediator interrupts the period for going to the administrative court, which starts anew once"
        " the mediation is over (articles L213-6 of the code of administrative justice and L1112-24 of the code of"
        " local authorities).",
    ),
}
_ENDS: Final = {
    AppealState.UPHELD: Text(
        fr="Nous vous donnons raison : le refus est retiré, et votre demande est de nouveau à l'étude.",
        en="You were right: the refusal is withdrawn, and your request is looked at again.",
    ),
    AppealState.REJECTED: Text(fr="Nous maintenons le refus.", en="We uphold the refusal."),
    AppealState.DEEMED_REJECTED: Text(
        fr="Nous ne vous avons pas répondu à temps : la loi considère votre recours comme rejeté (article L231-4, 2° du"
        " code des relations entre le public et l'administration). Vous pouvez nous en demander les motifs (article"
        " L232-4 du même code).",
        en="We did not answer in time: the law considers your appeal rejected (article L231-4, 2° of the code of"
        " relations between the public and the administration). You may ask us for the reasons (article L232-4 of the"
        " same code).",
    ),
    AppealState.ENDED: Text(
        fr="Cette démarche est terminée ; le refus demeure.", en="This is over; the refusal stands."
    ),
    AppealState.WITHDRAWN: Text(fr="Vous avez retiré votre contestation.", en="You took back what you contested."),
}
_WITH_REFUSAL: Final = Text(
    fr="Le refus que vous contestiez n'a plus d'effet et votre demande est de nouveau à l'étude : cette démarche est"
    " terminée.",
    en="The refusal that you contested has no effect any more and your request is looked at again: this is over.",
)
_COURT: Final = Text(
    fr="Vous pouvez saisir le tribunal administratif jusqu'au {day} inclus (article R421-1 du code de justice"
    " administrative){court}.",
    en="You may go to the administrative court until {day} included (article R421-1 of the code of administrative"
    " justice){court}.",
)
_COURT_FROM_NOW: Final = Text(
    fr="Vous pouvez saisir le tribunal administratif dans les deux mois qui suivent cette réponse (article R421-1 du"
    " code de justice administrative){court}.",
    en="You may go to the administrative court within two months of this answer (article R421-1 of the code of"
    " administrative justice){court}.",
)
_COURT_SINCE_SILENCE: Final = Text(
    fr="Vous pouvez saisir le tribunal administratif dans les deux mois qui suivent le {day}, jour où ce rejet est né"
    " (article R421-2 du code de justice administrative){court}.",
    en="You may go to the administrative court within two months of {day}, the day of this rejection (article R421-2"
    " of the code of administrative justice){court}.",
)
_COURT_OVER: Final = Text(
    fr="Le délai pour saisir le tribunal administratif a pris fin le {day} (article R421-1 du code de justice"
    " administrative) : votre recours ne l'a pas rouvert.",
    en="The period for going to the administrative court ended on {day} (article R421-1 of the code of administrative"
    " justice): your appeal did not reopen it.",
)
_WAITS: Final = Text(
    fr="Le délai pour saisir le tribunal administratif attend la fin de votre autre recours.",
    en="The period for going to the administrative court waits for the end of your other appeal.",
)
# The commission comes before any court (article L342-1 of the CRPA).
_CADA: Final = Text(
    fr="Ce recours ne remplace pas la saisine, gratuite, de la Commission d'accès aux documents administratifs (CADA,"
    " https://www.cada.fr) : elle est ouverte dans les deux mois qui suivent le refus du {day}, et son avis doit être"
    " demandé avant d'aller devant le juge (articles L342-1 et R343-1 du code des relations entre le public et"
    " l'administration).",
    en="This does not stand for going, free of charge, to the commission for access to administrative documents (CADA,"
    " https://www.cada.fr): you may do so within two months of the refusal of {day}, and its advice must be asked for"
    " before you go to a court (articles L342-1 and R343-1 of the code of relations between the public and the"
    " administration).",
)
_DEFENDER: Final = Text(
    fr="À tout moment, vous pouvez saisir gratuitement le Défenseur des droits (https://www.defenseurdesdroits.fr).",
    en="At any time you may turn to the Défenseur des droits, free of charge (https://www.defenseurdesdroits.fr).",
)


def statements(found: OpenAppeal, contact: ContactSeed, language: Language, *, receipt: bool) -> list[str]:
    """The paragraphs, as things stand, or of the receipt."""
    if receipt or found.row.state == AppealState.OPEN:
        return list(_receipt(found, contact, language))
    return list(_end(found, contact, language))


def _receipt(found: OpenAppeal, contact: ContactSeed, language: Language) -> Iterator[str]:
    row, kind = found.row, AppealKind(found.row.kind)
    first = _NOTED if kind.outside else _RECEIVED
    yield first.in_language(language).format(day=spoken_day(row.received_on, language))
    if row.late and row.due_on:
        yield _LATE.in_language(language).format(day=spoken_day(row.due_on, language))
    if row.interrupts:
        yield _INTERRUPTS[kind.administrative].in_language(language)
    if row.answer_due_at:
        yield _ANSWER.in_language(language).format(day=spoken_day(day_of(row.answer_due_at - _INSTANT), language))
    if row.answer_due_at and found.to_court and not row.late:
        yield from _after_silence(found, contact, language)
    if not (found.to_court or kind.outside):
        yield _CADA.in_language(language).format(day=spoken_day(row.refused_on, language))


def _after_silence(found: OpenAppeal, contact: ContactSeed, language: Language) -> Iterator[str]:
    # Its rejection opens two months only where it stopped a period, or where none has begun to run.
    if found.row.due_on and not found.row.interrupts:
        yield _REOPENS_NOTHING.in_language(language)
    else:
        yield _THEN.in_language(language).format(court=_court(contact, language))


def _end(found: OpenAppeal, contact: ContactSeed, language: Language) -> Iterator[str]:
    row = found.row
    moot = row.state == AppealState.ENDED and found.withdrawn
    yield (_WITH_REFUSAL if moot else _ENDS[AppealState(row.state)]).in_language(language)
    if found.withdrawn or AppealKind(row.kind).outside:
        return
    if found.to_court:
        yield from _way_to_court(found, contact, language)
    else:
        yield _CADA.in_language(language).format(day=spoken_day(row.refused_on, language))
    if row.state != AppealState.WITHDRAWN:
        yield _DEFENDER.in_language(language)


def _way_to_court(found: OpenAppeal, contact: ContactSeed, language: Language) -> Iterator[str]:
    row, court, until = found.row, _court(contact, language), found.court.until
    ended_on = row.closed_on or row.deemed_on
    if found.court.waits:
        yield _WAITS.in_language(language)
    elif until:
        over = ended_on is not None and until < ended_on
        yield (
            (_COURT_OVER if over else _COURT).in_language(language).format(day=spoken_day(until, language), court=court)
        )
    elif row.state == AppealState.DEEMED_REJECTED and row.deemed_on:
        day = spoken_day(row.deemed_on, language)
        yield _COURT_SINCE_SILENCE.in_language(language).format(day=day, court=court)
    elif row.state == AppealState.REJECTED:
        yield _COURT_FROM_NOW.in_language(language).format(court=court)


def _court(contact: ContactSeed, language: Language) -> str:
    if contact.court is None:
        return ""
    where = (contact.court.name.in_language(language), contact.court.postal_address, contact.court.website)
    return {"fr": " : ", "en": ": "}[language] + ", ".join(part for part in where if part)
