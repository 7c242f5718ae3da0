# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import (
    FORBIDDEN,
    NOT_FOUND,
    PRECONDITION_FAILED,
    Catalogue,
    FieldError,
    Kind,
    Problem,
    Rule,
)
from parvis_kit.web.errors import pointer
from parvis_requests.api.address_problems import ADDRESS_RULES, address_base_down
from parvis_requests.api.appeal_problems import APPEAL_RULES
from parvis_requests.api.appointment_problems import APPOINTMENT_RULES, slot_taken
from parvis_requests.api.area_problems import AREA_RULES, invalid_area
from parvis_requests.api.asking_problems import ASKING_RULES
from parvis_requests.api.author_problems import AUTHOR_FAULTS
from parvis_requests.api.certified_problems import CERTIFIED_FAULTS, CERTIFIED_RULES
from parvis_requests.api.contact_problems import CONTACT_RULES
from parvis_requests.api.definition_problems import fault_text
from parvis_requests.api.file_problems import FILE_RULES, invalid_files
from parvis_requests.api.forwarding_problems import FORWARDING_FAULTS, FORWARDING_RULES
from parvis_requests.api.legal_problems import LEGAL_FAULTS, LEGAL_RULES, validity_problem
from parvis_requests.api.merge_problems import MERGE_RULES
from parvis_requests.api.payment_problems import PAYMENT_FAULTS, PAYMENT_RULES
from parvis_requests.api.queue_problems import QUEUE_RULES
from parvis_requests.api.routing_problems import invalid_routing
from parvis_requests.api.team_problems import TEAM_RULES, agent_absent, invalid_team
from parvis_requests.api.template_problems import TEMPLATE_RULES, invalid_template
from parvis_requests.api.type_change_problems import TYPE_CHANGE_FAULTS
from parvis_requests.domain import errors
from parvis_requests.domain.appointment_errors import SlotTakenError
from parvis_requests.domain.area_errors import InvalidAreaError
from parvis_requests.domain.routing_errors import InvalidRoutingError
from parvis_requests.domain.validity import ValidityError

UNKNOWN_TYPE: Final = Kind("unknown-request-type", 422, Text(fr="Type de demande inconnu", en="Unknown request type"))
INVALID_ANSWERS: Final = Kind("invalid-answers", 422, Text(fr="Réponses incorrectes", en="Wrong answers"))
POSITION_REQUIRED: Final = Kind("position-required", 422, Text(fr="Position requise", en="Position required"))
OUTSIDE: Final = Kind("outside-territory", 422, Text(fr="Hors du territoire", en="Outside the territory"))
UNKNOWN_ATTACHMENT: Final = Kind("unknown-attachment", 422, Text(fr="Pièce jointe inconnue", en="Unknown attachment"))
TRANSITION: Final = Kind(
    "transition-not-allowed", 409, Text(fr="Action impossible dans cet état", en="Action impossible in this state")
)
INVALID_DOCUMENTS: Final = Kind("invalid-documents", 422, Text(fr="Pièces incorrectes", en="Wrong documents"))
DRAFT_EXISTS: Final = Kind("draft-exists", 409, Text(fr="Brouillon déjà commencé", en="Draft begun already"))
INVALID_DEFINITION: Final = Kind("invalid-definition", 422, Text(fr="Définition incorrecte", en="Wrong definition"))
TOO_MANY_DRAFTS: Final = Kind("too-many-drafts", 409, Text(fr="Trop de brouillons", en="Too many drafts"))
MERGED: Final = Kind("merged", 409, Text(fr="Demande regroupée", en="Merged request"))
FOLLOW: Final = Kind("not-to-follow", 409, Text(fr="Suivi impossible", en="Not to be followed"))
PUBLICATION: Final = Kind("not-to-publish", 409, Text(fr="Publication impossible", en="Not to be published"))
REOPENING: Final = Kind("reopening-not-allowed", 409, Text(fr="Réouverture impossible", en="Not to be opened again"))
RATED: Final = Kind("already-rated", 409, Text(fr="Avis déjà donné", en="Rated already"))
MENTION: Final = Kind("not-to-mention", 422, Text(fr="Agent non cité", en="Not to be mentioned"))
NOT_MENTIONED: Final = Kind("not-mentioned", 409, Text(fr="Aucune mention à retirer", en="No mention to withdraw"))
CONDITION: Final = Kind("condition-unmet", 409, Text(fr="Condition non remplie", en="Condition not met"))

_MAX_FAULTS: Final = 50
_FAULTS: Final[dict[str, str]] = {
    "required": "Une réponse obligatoire manque.",
    "additionalProperties": "Cette question n'existe pas dans ce formulaire.",
    "unevaluatedProperties": "Cette question n'existe pas dans ce formulaire.",
    "type": "La réponse n'a pas la bonne nature.",
    "enum": "Choisissez une des réponses proposées.",
    "minLength": "La réponse est trop courte.",
    "maxLength": "La réponse est trop longue.",
    "minimum": "Le nombre est trop petit.",
    "maximum": "Le nombre est trop grand.",
    "pattern": "La réponse n'a pas la forme attendue.",
    "format": "La réponse n'a pas la forme attendue.",
    "certified-otherwise": "Une autre réponse est certifiée : n'en donnez pas.",
}


_UNMET: Final[dict[str, Text]] = {
    "reason": Text(fr="Dites pourquoi, dans reason.", en="Say why, in reason."),
    "field": Text(fr="Il manque une réponse de la demande.", en="An answer of the request lacks."),
    "document": Text(fr="Il manque une pièce à la demande.", en="A document of the request lacks."),
    "payment": Text(fr="Une somme reste à payer.", en="A sum is still to be paid."),
}


def _unmet(lack: str) -> FieldError:
    kind, _, what = lack.partition(":")
    return FieldError(pointer(("body", kind, *([what] if what else []))), f"{kind}-missing", _UNMET[kind])


_DOCUMENTS: Final[dict[str, Text]] = {
    "missing": Text(fr="Cette pièce manque.", en="This document lacks."),
    "not-asked": Text(fr="Cette pièce n'est pas demandée.", en="This document is not asked for."),
}


def _documents(error: errors.InvalidDocumentsError) -> list[FieldError]:
    return [FieldError(pointer(("body", "documents", f.code)), f.fault, _DOCUMENTS[f.fault]) for f in error.faults]


def _condition(error: errors.ConditionError) -> Problem:
    return CONDITION.problem(
        "Cette action demande ce qui est signalé.",
        "This action needs what errors names.",
        errors=[_unmet(lack) for lack in error.unmet],
    )


def _invalid_documents(error: errors.InvalidDocumentsError) -> Problem:
    return INVALID_DOCUMENTS.problem(
        "Corrigez les pièces signalées.", "Correct the documents named in errors.", errors=_documents(error)
    )


def _definition(error: errors.DefinitionError) -> Problem:
    return INVALID_DEFINITION.problem(
        "Corrigez ce qui est signalé, puis publiez de nouveau.",
        "Correct what errors names, then publish again.",
        errors=[
            FieldError(pointer(("body", "definition", *f.path)), f.code, fault_text(f.code))
            for f in error.faults[:_MAX_FAULTS]
        ],
    )


def _invalid_answers(error: errors.InvalidAnswersError) -> Problem:
    faults = [
        FieldError(
            pointer(("body", "answers", *fault.path)),
            fault.keyword,
            Text(fr=_FAULTS.get(fault.keyword, "La réponse ne convient pas."), en=f"{fault.message}."),
        )
        for fault in error.faults
    ]
    return INVALID_ANSWERS.problem(
        "Corrigez les réponses signalées.", "Correct the answers named in errors.", errors=faults
    )


_WITH_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {
    errors.AddressBaseDownError: address_base_down,
    errors.ConditionError: _condition,
    errors.InvalidDocumentsError: _invalid_documents,
    errors.InvalidFilesError: invalid_files,
    errors.InvalidTemplateError: invalid_template,
    ValidityError: validity_problem,
    **LEGAL_FAULTS,
    **FORWARDING_FAULTS,
    **PAYMENT_FAULTS,
    **CERTIFIED_FAULTS,
    **AUTHOR_FAULTS,
    **TYPE_CHANGE_FAULTS,
    errors.InvalidTeamError: invalid_team,
    errors.AgentAbsentError: agent_absent,
    errors.DefinitionError: _definition,
    SlotTakenError: slot_taken,
    InvalidAreaError: invalid_area,
    InvalidRoutingError: invalid_routing,
    errors.InvalidAnswersError: _invalid_answers,
}


class RequestProblems(Catalogue):
    """The rules below, and one pointer for each wrong answer or condition that is not met."""

    def problem_for(self, error: Exception) -> Problem | None:
        """The problem for a domain error."""
        with_faults = _WITH_FAULTS.get(type(error))
        return with_faults(error) if with_faults else Catalogue.problem_for(self, error)


CATALOGUE: Final = RequestProblems(
    {
        errors.NotFoundError: Rule(NOT_FOUND),
        errors.NotAllowedError: Rule(
            FORBIDDEN,
            text=Text(fr="Votre rôle ne permet pas cette action.", en="Your role does not allow this action."),
        ),
        errors.UnknownTypeError: Rule(
            UNKNOWN_TYPE,
            "/request_type",
            Text(
                fr="Prenez un code de la liste des types de demande de cette collectivité.",
                en="Take a code from this collectivity's list of request types.",
            ),
        ),
        errors.PositionMissingError: Rule(
            POSITION_REQUIRED,
            "/position",
            Text(fr="Indiquez où se trouve ce que vous signalez.", en="Say where it is that you report."),
        ),
        errors.OutsideTownError: Rule(
            OUTSIDE,
            "/position",
            Text(
                fr="Ce lieu n'est pas sur le territoire de la collectivité.",
                en="This place is not in the territory of the collectivity.",
            ),
        ),
        errors.UnknownAttachmentError: Rule(
            UNKNOWN_ATTACHMENT,
            "/attachments",
            Text(
                fr="Envoyez d'abord la pièce jointe, puis joignez-la une seule fois.",
                en="Upload the attachment first, then join it once.",
            ),
        ),
        **FILE_RULES,
        **ADDRESS_RULES,
        **AREA_RULES,
        **APPOINTMENT_RULES,
        **TEAM_RULES,
        **TEMPLATE_RULES,
        **QUEUE_RULES,
        errors.TransitionError: Rule(
            TRANSITION,
            "/action",
            Text(fr="Relisez la demande : son état a changé.", en="Read the request again: its state has changed."),
        ),
        errors.DraftExistsError: Rule(
            DRAFT_EXISTS,
            "/code",
            Text(fr="Modifiez le brouillon de ce type.", en="Change the draft of this type."),
        ),
        **ASKING_RULES,
        errors.TooManyDraftsError: Rule(
            TOO_MANY_DRAFTS,
            text=Text(fr="Déposez ou supprimez un brouillon d'abord.", en="Submit or delete a draft first."),
        ),
        **FORWARDING_RULES,
        **CONTACT_RULES,
        **LEGAL_RULES,
        **APPEAL_RULES,
        **PAYMENT_RULES,
        **CERTIFIED_RULES,
        **MERGE_RULES,
        errors.MergedError: Rule(
            MERGED,
            text=Text(
                fr="Agissez sur la demande qu'elle suit, ou séparez-les d'abord.",
                en="Act on the request that it goes along with, or take them apart first.",
            ),
        ),
        errors.FollowError: Rule(
            FOLLOW,
            text=Text(
                fr="On ne suit ni sa propre demande, ni plus de demandes que permis.",
                en="One follows neither one's own request nor more requests than allowed.",
            ),
        ),
        errors.PublicationError: Rule(
            PUBLICATION,
            text=Text(
                fr="Ce type de demande ne montre au public ni texte ni photo.",
                en="Requests of this type show the public neither text nor photos.",
            ),
        ),
        errors.ReopeningError: Rule(
            REOPENING,
            text=Text(
                fr="Ce type de demande ne se rouvre pas, ou plus ; déposez une nouvelle demande.",
                en="Requests of this type are not opened again, or no longer; file a new one.",
            ),
        ),
        errors.AlreadyRatedError: Rule(
            RATED, text=Text(fr="Un avis se donne une seule fois.", en="A request is rated once only.")
        ),
        errors.MentionError: Rule(
            MENTION,
            "/mentions",
            Text(
                fr="Seule une note cite des agents, et de la collectivité.", en="Only notes name agents, of the town."
            ),
        ),
        errors.NotMentionedError: Rule(
            NOT_MENTIONED,
            text=Text(
                fr="Aucune de vos notes ne cite cet agent ; celles des autres, un superviseur les retire.",
                en="None of your notes names that agent; a supervisor takes back those of others.",
            ),
        ),
        errors.StaleVersionError: Rule(
            PRECONDITION_FAILED,
            text=Text(
                fr="La demande a changé entre-temps ; relisez-la puis recommencez.",
                en="The request has changed meanwhile; read it again, then try again.",
            ),
        ),
    }
)
