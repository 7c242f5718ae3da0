# SPDX-License-Identifier: EUPL-1.2
"""How the errors of opinion conversations are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_participation.domain import conversation as errors

CONVERSATION_NOT_OPEN: Final = Kind("conversation-not-open", 409, Text(fr="Débat non ouvert", en="Not open"))
CONVERSATION_FROZEN: Final = Kind("conversation-frozen", 409, Text(fr="Débat figé", en="Conversation frozen"))
CONVERSATION_RESULT_LATER: Final = Kind(
    "conversation-result-later", 409, Text(fr="Résultat pas encore calculé", en="Result not computed yet")
)
CONVERSATION_FULL: Final = Kind("conversation-full", 409, Text(fr="Trop d'affirmations", en="Too many statements"))
STATEMENT_GONE: Final = Kind("statement-gone", 409, Text(fr="Affirmation retirée", en="Statement gone"))
STATEMENT_STATE: Final = Kind("statement-state", 409, Text(fr="État de l'affirmation", en="State of the statement"))
AGENTS_ALONE: Final = Kind("agents-write-alone", 409, Text(fr="Affirmations closes", en="Agents write alone"))
ALREADY_TAKING_PART: Final = Kind(
    "already-taking-part", 409, Text(fr="Participation déjà en cours", en="Taking part already")
)

CONVERSATION_RULES: Final[dict[type[Exception], Rule]] = {
    errors.ConversationNotOpenError: Rule(
        CONVERSATION_NOT_OPEN,
        text=Text(
            fr="Ce débat ne prend ni avis ni affirmation en ce moment ; voyez ses dates.",
            en="This conversation takes neither opinions nor statements now; see its dates.",
        ),
    ),
    errors.ConversationFrozenError: Rule(
        CONVERSATION_FROZEN,
        text=Text(
            fr="Un débat publié ne change plus : chacun participe à ce qui était annoncé.",
            en="A published conversation does not change: people take part in what they were told of.",
        ),
    ),
    errors.ConversationResultLaterError: Rule(
        CONVERSATION_RESULT_LATER,
        text=Text(
            fr="Trop peu de personnes ont donné leur avis, ou le calcul est en attente.",
            en="Too few people have said something, or the computation is still to come.",
        ),
    ),
    errors.ConversationFullError: Rule(
        CONVERSATION_FULL,
        text=Text(
            fr="Ce débat a autant d'affirmations qu'on peut en compter.",
            en="This conversation has as many statements as can be computed with.",
        ),
    ),
    errors.StatementGoneError: Rule(
        STATEMENT_GONE,
        text=Text(fr="Cette affirmation a été retirée.", en="This statement was withdrawn or removed."),
    ),
    errors.StatementStateError: Rule(
        STATEMENT_STATE,
        text=Text(
            fr="On examine une affirmation en attente, et l'on ne retire que celles de la collectivité.",
            en="A statement that waits is reviewed, and those of the town alone are withdrawn.",
        ),
    ),
    errors.AgentsAloneError: Rule(
        AGENTS_ALONE,
        text=Text(
            fr="Dans ce débat, la collectivité seule écrit les affirmations.",
            en="In this conversation the town alone writes statements.",
        ),
    ),
    errors.AlreadyTakingPartError: Rule(
        ALREADY_TAKING_PART,
        text=Text(
            fr="Vous participez à ce débat avec un autre de vos comptes ; utilisez-le.",
            en="You take part in this conversation by another of your accounts; use that one.",
        ),
    ),
}
