# SPDX-License-Identifier: EUPL-1.2
"""Why each project was chosen or not, in words for everybody."""

from fractions import Fraction
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_participation.domain.counting.outcome import Outcome, Reason

_TEXTS: Final = {
    Reason.FITTED: Text(
        fr="Retenu : {score} voix ou points ; il restait {available} et le projet coûte {cost}.",
        en="Chosen: {score} votes or points; {available} was left and the project costs {cost}.",
    ),
    Reason.SUPPORTERS_PAID: Text(
        fr="Retenu : {supporters} de ses soutiens l'ont payé ensemble, {price} au plus chacun.",
        en="Chosen: {supporters} of its supporters paid for it together, {price} each at most.",
    ),
    Reason.COMPLETED: Text(
        fr="Retenu avec l'argent restant : {score} voix ou points ; il restait {available} et le projet coûte {cost}.",
        en="Chosen with what was left over: {score} votes or points; {available} was left, the project costs {cost}.",
    ),
    Reason.WON: Text(fr="Élu avec {score} voix.", en="Elected with {score} votes."),
    Reason.NO_SUPPORT: Text(fr="Non retenu : personne ne l'a choisi.", en="Not chosen: nobody chose it."),
    Reason.TOO_EXPENSIVE: Text(
        fr="Non retenu : {score} voix ou points ; il restait {available} et le projet coûte {cost}.",
        en="Not chosen: {score} votes or points; {available} was left and the project costs {cost}.",
    ),
    Reason.AFTER_STOP: Text(
        fr="Non retenu : {score} voix ou points ; un projet mieux placé n'était déjà plus finançable, "
        "et la règle s'arrête là.",
        en="Not chosen: {score} votes or points; a better placed project could no longer be paid, "
        "and the rule stops there.",
    ),
    Reason.SUPPORTERS_SHORT: Text(
        fr="Non retenu : ses soutiens n'avaient plus ensemble que {available} pour les {cost} qu'il coûte.",
        en="Not chosen: together its supporters had only {available} left for the {cost} that it costs.",
    ),
    Reason.REST_SHORT: Text(
        fr="Non retenu : ses soutiens n'avaient plus ensemble que {available} pour les {cost} qu'il coûte, "
        "et le reste du budget ne suffisait pas.",
        en="Not chosen: together its supporters had only {available} left for the {cost} that it costs, "
        "and the rest of the budget was not enough.",
    ),
    Reason.BEATEN: Text(
        fr="Non retenu : {score} voix, battu par {by}.", en="Not chosen: {score} votes, beaten by {by}."
    ),
    Reason.TIE_LOST: Text(
        fr="Non retenu : à égalité, départagé par l'ordre publié.",
        en="Not chosen: a tie, broken by the published order.",
    ),
    Reason.ELIMINATED: Text(
        fr="Éliminé au tour {round} avec {score} premières préférences.",
        en="Eliminated in round {round} with {score} first preferences.",
    ),
}


def explain(outcome: Outcome, language: Language) -> str:
    """One sentence with the numbers that decided."""
    return (
        _TEXTS[outcome.reason]
        .in_language(language)
        .format(
            score=outcome.score,
            cost=money(outcome.cost, language),
            available=money(outcome.available or Fraction(), language),
            price=money(outcome.price or Fraction(), language),
            supporters=outcome.supporters,
            by=outcome.by,
            round=outcome.round,
        )
    )


def money(amount: Fraction, language: Language) -> str:
    """An amount in euros as people of that language write it."""
    # Cents are cut, never rounded up: nobody reads that there was enough where a fraction was missing.
    cents = amount.numerator * 100 // amount.denominator
    text = f"{cents // 100:,}" + (f".{cents % 100:02d}" if cents % 100 else "")
    if language == "en":
        return f"€{text}"
    return text.replace(",", "\u202f").replace(".", ",") + "\u00a0€"
