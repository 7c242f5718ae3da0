# SPDX-License-Identifier: EUPL-1.2
"""How errors in participatory budgets with a secret vote are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, Kind, Problem, Rule
from parvis_participation.domain import secret_vote

VOTE_SECRET: Final = Kind("vote-is-secret", 409, Text(fr="Vote secret", en="Secret vote"))
COUNT_FAILED: Final = Kind("count-not-finished", 503, Text(fr="Dépouillement inachevé", en="Count not finished"))

SECRET_VOTE_RULES: Final = {
    secret_vote.SecretVoteError: Rule(
        VOTE_SECRET,
        text=Text(
            fr="On vote dans ce budget à bulletin secret : scellez le bulletin et déposez-le dans le vote "
            "qui a le même identifiant.",
            en="This budget is voted on in secret: seal the ballot and cast it in the poll that has the same id.",
        ),
    ),
    secret_vote.SecretForGoodError: Rule(
        VALIDATION,
        "/board",
        Text(
            fr="Un vote secret est définitif et n'annonce que la participation : ni `live` ni `changeable`.",
            en="A secret vote is final and tells turnout alone: neither `live` nor `changeable`.",
        ),
    ),
    secret_vote.ConditionsError: Rule(
        VALIDATION,
        "/eligibility",
        Text(
            fr="Seul un vote secret a des conditions ; donnez son bureau.",
            en="Only a secret vote has conditions; give its board.",
        ),
    ),
    secret_vote.RealisationError: Rule(
        VALIDATION,
        "/closes_at",
        Text(
            fr="Le vote est clos avant que commence la réalisation du budget participatif.",
            en="The vote closes before the participatory budget's realisation begins.",
        ),
    ),
}


def count_failed() -> Problem:
    """The 503 problem: a count has come to no end, and the poll can be counted again."""
    return COUNT_FAILED.problem(
        "Le dépouillement n'a pas abouti dans le temps et la mémoire dont il dispose ; rien n'est dépouillé ni perdu."
        " Recommencez avec les mêmes parts, quand aucun autre vote n'est dépouillé ; si cela se répète, donnez au"
        " service un processeur plus libre et 2 Gio de mémoire (journal : `poll_not_counted`).",
        "The count did not end within its time and memory; nothing is counted, and nothing lost. Try again with the"
        " same shares while no other poll is counted; if that happens again, give the service a processor that is less"
        " busy, and 2 GiB of memory (log: `poll_not_counted`).",
        headers={"Retry-After": "60"},
    )
