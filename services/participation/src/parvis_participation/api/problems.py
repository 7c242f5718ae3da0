# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered."""

from typing import Final

from parvis_files.problems import CONTENT_RULES
from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, VALIDATION, Catalogue, Kind, Rule
from parvis_participation.api.accountability_schemas import ACCOUNTABILITY_RULES
from parvis_participation.api.amendment_problems import AMENDMENT_RULES
from parvis_participation.api.archive_problems import ARCHIVE_RULES
from parvis_participation.api.assembly_problems import ASSEMBLY_RULES
from parvis_participation.api.co_authors import CO_AUTHOR_RULES
from parvis_participation.api.comment_problems import COMMENT_RULES
from parvis_participation.api.conversation_problems import CONVERSATION_RULES
from parvis_participation.api.desk_problems import DESK_RULES
from parvis_participation.api.document_problems import DOCUMENT_RULES
from parvis_participation.api.draft_schemas import DRAFT_RULES
from parvis_participation.api.eligibility_problems import ELIGIBILITY_RULES
from parvis_participation.api.meeting_problems import MEETING_RULES
from parvis_participation.api.moderation_problems import MODERATION_RULES
from parvis_participation.api.petition_problems import PETITION_RULES
from parvis_participation.api.photo_problems import PHOTO_RULES
from parvis_participation.api.poll_changes import CHANGE_RULES
from parvis_participation.api.secret_vote_problems import SECRET_VOTE_RULES
from parvis_participation.api.survey_problems import SURVEY_RULES
from parvis_participation.domain import errors
from parvis_participation.domain.languages import LanguagesError

ALREADY_ANSWERED: Final = Kind("already-answered", 409, Text(fr="Déjà répondu", en="Already answered"))
NOT_OPEN: Final = Kind("consultation-not-open", 409, Text(fr="Consultation non ouverte", en="Consultation not open"))
UNKNOWN_OPTION: Final = Kind("unknown-option", 422, Text(fr="Réponse inconnue", en="Unknown option"))
RESULTS_LATER: Final = Kind(
    "results-not-yet-public", 409, Text(fr="Résultats pas encore publics", en="Results not public yet")
)
ALREADY_VOTED: Final = Kind("already-voted", 409, Text(fr="Déjà voté", en="Already voted"))
POLL_NOT_OPEN: Final = Kind("poll-not-open", 409, Text(fr="Vote non ouvert", en="Poll not open"))
COMMITMENT_TAKEN: Final = Kind("commitment-taken", 409, Text(fr="Engagement déjà pris", en="Commitment taken"))
IDENTITY_NOT_VERIFIED: Final = Kind(
    "identity-not-verified", 403, Text(fr="Identité non vérifiée", en="Identity not verified")
)
BAD_ENVELOPE: Final = Kind("bad-envelope", 422, Text(fr="Bulletin mal scellé", en="Badly sealed ballot"))
WRONG_SHARES: Final = Kind("wrong-shares", 422, Text(fr="Clés insuffisantes", en="Wrong shares"))
NOT_COUNTABLE: Final = Kind("poll-not-countable", 409, Text(fr="Dépouillement impossible", en="Poll not countable"))
POLL_ALTERED: Final = Kind("poll-altered", 409, Text(fr="Vote altéré", en="Poll altered"))
NOT_COUNTED: Final = Kind("poll-not-counted", 409, Text(fr="Vote non dépouillé", en="Poll not counted"))
NOT_IN_THIS_PHASE: Final = Kind("not-in-this-phase", 409, Text(fr="Pas dans cette phase", en="Not in this phase"))
UNKNOWN_AREA: Final = Kind("unknown-area", 422, Text(fr="Secteur inconnu", en="Unknown area"))
VOTE_FINAL: Final = Kind("vote-is-final", 409, Text(fr="Vote définitif", en="Vote is final"))
BUDGET_NOT_COUNTED: Final = Kind("budget-not-counted", 409, Text(fr="Budget non dépouillé", en="Budget not counted"))
BALLOT_REFUSED: Final = Kind("ballot-refused", 422, Text(fr="Bulletin non conforme", en="Ballot refused"))
NOT_CHOSEN: Final = Kind("project-not-chosen", 409, Text(fr="Projet non retenu", en="Project not chosen"))

CATALOGUE: Final = Catalogue(
    {
        errors.NotFoundError: Rule(NOT_FOUND),
        errors.NotAllowedError: Rule(
            FORBIDDEN, text=Text(fr="Votre rôle ne permet pas cela.", en="Your role does not allow this.")
        ),
        errors.AlreadyAnsweredError: Rule(
            ALREADY_ANSWERED,
            text=Text(
                fr="Vous avez déjà répondu à cette consultation ; une seule réponse compte.",
                en="You have answered this consultation; one answer counts.",
            ),
        ),
        errors.NotOpenError: Rule(
            NOT_OPEN,
            text=Text(
                fr="Cette consultation ne prend pas de réponse en ce moment ; voyez ses dates.",
                en="This consultation takes no answers now; see its dates.",
            ),
        ),
        errors.UnknownOptionError: Rule(
            UNKNOWN_OPTION,
            "/option",
            Text(
                fr="Prenez un des codes proposés par la question.", en="Take one of the codes that the question offers."
            ),
        ),
        errors.ResultsNotPublicError: Rule(
            RESULTS_LATER,
            text=Text(fr="Les résultats seront publics à la clôture.", en="The results become public at the close."),
        ),
        errors.TransitionError: Rule(
            CONFLICT,
            "/action",
            Text(fr="Relisez la consultation : son état ne le permet pas.", en="Its state does not allow this."),
        ),
        errors.StaleVersionError: Rule(
            PRECONDITION_FAILED,
            text=Text(
                fr="La consultation a changé entre-temps ; relisez-la puis recommencez.",
                en="The consultation has changed meanwhile; read it again, then try again.",
            ),
        ),
        errors.BadPeriodError: Rule(
            VALIDATION, "/closes_at", Text(fr="La clôture vient après l'ouverture.", en="It closes after it opens.")
        ),
        errors.RepeatedOptionError: Rule(
            VALIDATION, "/options", Text(fr="Chaque code est unique.", en="Each code is unique.")
        ),
        errors.AlreadyVotedError: Rule(
            ALREADY_VOTED,
            text=Text(
                fr="Vous avez déjà voté ; un vote ne peut être changé.", en="You have voted; a vote cannot be changed."
            ),
        ),
        errors.PollNotOpenError: Rule(
            POLL_NOT_OPEN,
            text=Text(
                fr="Ce vote ne prend pas de bulletin en ce moment ; voyez ses dates.",
                en="This poll takes no ballots now; see its dates.",
            ),
        ),
        errors.CommitmentTakenError: Rule(
            COMMITMENT_TAKEN,
            "/commitment",
            Text(fr="Refaites le bulletin avec un nouvel aléa.", en="Make the ballot again with new random bytes."),
        ),
        errors.NotVerifiedError: Rule(
            IDENTITY_NOT_VERIFIED,
            text=Text(
                fr="Il faut ici une identité vérifiée : connectez-vous par FranceConnect, qui vérifie la vôtre.",
                en="A verified identity is needed here: sign in with FranceConnect, which verifies yours.",
            ),
        ),
        errors.EnvelopeError: Rule(
            BAD_ENVELOPE,
            "/sealed",
            Text(
                fr="Scellez le bulletin comme le décrit le contrat, à la clé du bureau.",
                en="Seal the ballot to the board's key as the contract describes.",
            ),
        ),
        errors.SharesError: Rule(
            WRONG_SHARES,
            "/shares",
            Text(
                fr="Ces parts ne reconstituent pas la clé du bureau ; vérifiez-les.",
                en="These shares do not make the board's key; check them.",
            ),
        ),
        errors.NotCountableError: Rule(
            NOT_COUNTABLE,
            text=Text(
                fr="Un vote se dépouille une seule fois, après sa clôture.",
                en="A poll is counted once, after its close.",
            ),
        ),
        errors.NotCountedError: Rule(
            NOT_COUNTED,
            text=Text(
                fr="Le résultat et les fichiers sont publics après le dépouillement.",
                en="Result and files are public once the poll is counted.",
            ),
        ),
        errors.AlteredPollError: Rule(
            POLL_ALTERED,
            text=Text(
                fr="Ce vote n'est plus celui qui a été publié ; avertissez le bureau et la sécurité.",
                en="This poll is not the one that was published; tell the board and security.",
            ),
        ),
        errors.BoardKeyError: Rule(
            VALIDATION,
            "/board/key",
            Text(fr="Donnez un point de la courbe P-256.", en="Give a point of the curve P-256."),
        ),
        errors.BoardSizeError: Rule(
            VALIDATION,
            "/board/threshold",
            Text(fr="Le seuil ne dépasse pas le nombre de membres.", en="At most the number of members."),
        ),
        errors.AreaBudgetError: Rule(
            VALIDATION,
            "/budgets",
            Text(fr="Un budget par secteur des options.", en="One budget for each area of the options."),
        ),
        errors.MethodError: Rule(
            VALIDATION,
            "/method",
            Text(fr="Cette règle ne compte pas ce genre de bulletin.", en="This rule does not count such ballots."),
        ),
        errors.LimitsError: Rule(
            VALIDATION,
            "/ballot",
            Text(fr="Ces limites se contredisent.", en="These limits contradict one another."),
        ),
        errors.CostError: Rule(
            VALIDATION, "/options", Text(fr="Chaque option a un coût.", en="Each option has a cost.")
        ),
        errors.PhaseError: Rule(
            NOT_IN_THIS_PHASE,
            text=Text(
                fr="Le budget participatif n'est pas dans la phase qui permet cela ; voyez ses dates.",
                en="The participatory budget is not in the phase that allows this; see its dates.",
            ),
        ),
        errors.ProcessPhaseError: Rule(
            NOT_IN_THIS_PHASE,
            text=Text(
                fr="La démarche n'est pas dans une phase qui permet cela ; voyez ses dates.",
                en="The process is in no phase that allows this; see its dates.",
            ),
        ),
        errors.PhasesError: Rule(
            VALIDATION,
            "/phases",
            Text(fr="Chaque phase commence après la précédente.", en="Each phase begins after the one before."),
        ),
        LanguagesError: Rule(
            VALIDATION,
            "",
            Text(
                fr="Chaque texte est dans la première langue de la démarche, et dans aucune qu'elle ne déclare pas.",
                en="Each text is in the first language of the process, and in none that it does not declare.",
            ),
        ),
        errors.UnknownAreaError: Rule(
            UNKNOWN_AREA,
            "/area",
            Text(fr="Prenez un des secteurs de ce budget.", en="Take one of the areas of this budget."),
        ),
        errors.VoteGivenError: Rule(
            ALREADY_VOTED,
            text=Text(
                fr="Vous avez déjà voté dans ce budget ; s'il le permet, changez votre vote.",
                en="You have voted in this budget; where it allows that, change your vote.",
            ),
        ),
        errors.VoteFinalError: Rule(
            VOTE_FINAL,
            text=Text(
                fr="Ce budget ne permet ni de changer ni de retirer un vote.",
                en="This budget lets no vote be changed or taken back.",
            ),
        ),
        errors.BudgetNotCountedError: Rule(
            BUDGET_NOT_COUNTED,
            text=Text(
                fr="Le résultat et ses fichiers sont publics après la clôture du vote.",
                en="The result and its files are public after the vote has closed.",
            ),
        ),
        errors.BallotError: Rule(
            BALLOT_REFUSED,
            "/choice",
            Text(
                fr="Choisissez des projets de la liste, chacun une fois, dans les limites du vote.",
                en="Choose projects of the list, each once, within the limits of the vote.",
            ),
        ),
        errors.NotChosenError: Rule(
            NOT_CHOSEN,
            text=Text(fr="Seul un projet retenu a des étapes.", en="Only a project that was chosen has milestones."),
        ),
    }
    | COMMENT_RULES
    | ELIGIBILITY_RULES
    | DRAFT_RULES
    | DESK_RULES
    | CHANGE_RULES
    | ACCOUNTABILITY_RULES
    | CO_AUTHOR_RULES
    | AMENDMENT_RULES
    | ARCHIVE_RULES
    | SECRET_VOTE_RULES
    | MODERATION_RULES
    | SURVEY_RULES
    | CONTENT_RULES
    | PETITION_RULES
    | PHOTO_RULES
    | DOCUMENT_RULES
    | ASSEMBLY_RULES
    | MEETING_RULES
    | CONVERSATION_RULES
)
