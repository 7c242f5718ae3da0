# SPDX-License-Identifier: EUPL-1.2
"""How the errors of discussions are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, Kind, Rule
from parvis_participation.domain import errors
from parvis_participation.domain.proposal import SupportersForgottenError, SupportsClosedError

TOO_DEEP: Final = Kind("thread-too-deep", 409, Text(fr="Fil trop profond", en="Thread too deep"))
UNKNOWN_PARENT: Final = Kind("unknown-parent", 422, Text(fr="Commentaire inconnu", en="Unknown comment"))
PROPOSAL_GONE: Final = Kind("proposal-gone", 409, Text(fr="Proposition retirée", en="Proposal gone"))
SUPPORTS_CLOSED: Final = Kind("supports-closed", 409, Text(fr="Soutiens clos", en="Supports closed"))
PROJECT_GONE: Final = Kind("project-gone", 409, Text(fr="Projet retiré", en="Project gone"))
COMMENT_GONE: Final = Kind("comment-gone", 409, Text(fr="Commentaire retiré", en="Comment gone"))

COMMENT_RULES: Final[dict[type[Exception], Rule]] = {
    errors.ThreadDepthError: Rule(
        TOO_DEEP,
        text=Text(fr="Répondez à un commentaire plus haut dans le fil.", en="Answer a comment higher in the thread."),
    ),
    errors.UnknownParentError: Rule(
        UNKNOWN_PARENT,
        "/parent_id",
        Text(fr="Répondez à un commentaire de ce fil.", en="Answer a comment of this thread."),
    ),
    errors.ProposalGoneError: Rule(
        PROPOSAL_GONE,
        text=Text(
            fr="Cette proposition a été retirée : elle ne prend plus ni soutien ni commentaire.",
            en="This proposal is gone: it takes no more supports or comments.",
        ),
    ),
    SupportsClosedError: Rule(
        SUPPORTS_CLOSED,
        text=Text(
            fr="La liste des soutiens est effacée ; la proposition n'en prend que reprise avant la fin de sa démarche.",
            en="Who supports it is kept no more: it takes supports if taken up again before its process is over.",
        ),
    ),
    SupportersForgottenError: Rule(
        CONFLICT,
        text=Text(
            fr="La liste des soutiens des propositions de cette démarche a été effacée : sa fin ne recule plus.",
            en="It is kept no more who supports the proposals of this process: it ends no later.",
        ),
    ),
    errors.ProjectGoneError: Rule(
        PROJECT_GONE,
        text=Text(
            fr="Un modérateur a retiré ce projet : il ne peut être changé, et ne prend plus de commentaire.",
            en="A moderator has removed this project: it cannot be changed, and takes no more comments.",
        ),
    ),
    errors.CommentGoneError: Rule(
        COMMENT_GONE,
        text=Text(
            fr="Ce commentaire a été retiré : il ne peut être changé, et ne prend plus de réponse.",
            en="This comment was withdrawn: it cannot be changed, and takes no more answers.",
        ),
    ),
}
