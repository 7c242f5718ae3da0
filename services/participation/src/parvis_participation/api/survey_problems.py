# SPDX-License-Identifier: EUPL-1.2
"""How the errors of surveys are answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError, Kind, Rule
from parvis_kit.web.errors import pointer
from parvis_participation.domain import errors, survey_errors

SURVEY_NOT_OPEN: Final = Kind("survey-not-open", 409, Text(fr="Enquête non ouverte", en="Survey not open"))
SURVEY_ANSWERED: Final = Kind("survey-answered", 409, Text(fr="Enquête déjà répondue", en="Survey answered already"))
SURVEY_FROZEN: Final = Kind("survey-frozen", 409, Text(fr="Enquête figée", en="Survey frozen"))
SURVEY_RESULTS_LATER: Final = Kind(
    "survey-results-later", 409, Text(fr="Résultats pas encore publiés", en="Results not published yet")
)
QUOTA_FULL: Final = Kind("quota-full", 409, Text(fr="Quota atteint", en="Quota full"))
SECOND_AGENT: Final = Kind("second-agent-needed", 409, Text(fr="Autre agent attendu", en="Another agent needed"))
PAPER_DIFFERS: Final = Kind("sheet-differs", 409, Text(fr="Saisies différentes", en="Sheet read differently"))
PAPER_ENTERED: Final = Kind("sheet-entered", 409, Text(fr="Feuille déjà saisie", en="Sheet entered already"))
EXPORTED_OTHERWISE: Final = Kind(
    "survey-exported-otherwise", 409, Text(fr="Déjà extraite autrement", en="Exported otherwise before")
)
FILE_NOT_ASKED: Final = Kind("file-not-asked", 422, Text(fr="Fichier non demandé", en="File not asked for"))
TOO_MANY_FILES: Final = Kind("too-many-files", 409, Text(fr="Trop de fichiers", en="Too many files"))
INFECTED_FILE: Final = Kind("file-infected", 422, Text(fr="Fichier infecté", en="Infected file"))
LINK_REFUSED: Final = Kind("survey-link-refused", 403, Text(fr="Lien non valable", en="Link not valid"))
TOO_MANY_BY_LINK: Final = Kind(
    "too-many-link-answers", 429, Text(fr="Trop de réponses sans compte", en="Too many answers without an account")
)
INVALID_SURVEY: Final = Kind("invalid-survey", 422, Text(fr="Enquête incorrecte", en="Wrong survey"))
INVALID_ANSWERS: Final = Kind("invalid-answers", 422, Text(fr="Réponses incorrectes", en="Wrong answers"))

_MAX_FAULTS: Final = 50
_FAULTS: Final[dict[str, Text]] = {
    "no-criterion": Text(
        fr="Un quota porte sur une question à choix unique de l'enquête.",
        en="A quota is about a question of the survey with one option.",
    ),
    "read-otherwise": Text(fr="Relisez cette réponse sur la feuille.", en="Read this answer on the sheet again."),
    "full": Text(fr="Assez de personnes ont répondu ainsi.", en="Enough people have answered so."),
    "repeated-code": Text(fr="Chaque code est unique.", en="Each code is unique."),
    "too-many-questions": Text(fr="Posez moins de questions.", en="Ask fewer questions."),
    "limits-contradict": Text(fr="Ces limites se contredisent.", en="These limits contradict one another."),
    "refers-forward": Text(
        fr="Cette question vient plus loin : seule une question déjà posée peut décider.",
        en="This question comes later: only one that was asked before can decide.",
    ),
    "unknown-question": Text(fr="L'enquête n'a pas cette question.", en="The survey has no such question."),
    "cannot-decide": Text(
        fr="Cette question n'a pas de réponse qui puisse décider ainsi.", en="No answer to this question decides so."
    ),
    "unknown-option": Text(fr="Prenez un des codes proposés.", en="Take one of the codes that are offered."),
    "unreachable": Text(
        fr="Aucune réponse ne mène à cette question : ses conditions s'excluent.",
        en="No answers lead to this question: its conditions exclude each other.",
    ),
    "not-asked": Text(
        fr="Cette question n'est pas posée après ces réponses.", en="This question is not asked after these answers."
    ),
    "missing": Text(fr="Une réponse est attendue.", en="An answer is expected."),
    "wrong-form": Text(fr="Cette question attend une autre forme de réponse.", en="The answer has another form."),
    "repeated-option": Text(fr="Chaque option une seule fois.", en="Each option once."),
    "number-of-options": Text(fr="Ce n'est pas le nombre d'options demandé.", en="Not as many options as asked for."),
    "not-whole": Text(fr="Donnez un nombre entier.", en="Give a whole number."),
    "out-of-bounds": Text(fr="La réponse est hors des limites.", en="The answer is out of bounds."),
    "files-by-name": Text(
        fr="Une enquête anonyme ne prend pas de fichiers : ils disent de qui ils viennent.",
        en="An anonymous survey takes no files: they tell whom they are from.",
    ),
    "too-many-files": Text(fr="Il y a trop de fichiers ici.", en="There are too many files here."),
    "unknown-file": Text(
        fr="Envoyez d'abord ce fichier pour cette question.", en="Send this file for this question first."
    ),
    "too-long": Text(fr="Le texte est trop long.", en="The text is too long."),
}

SURVEY_RULES: Final[dict[type[Exception], Rule]] = {
    errors.SecondAgentError: Rule(
        SECOND_AGENT,
        text=Text(
            fr="Ce qu'un agent a saisi, un autre le confirme.", en="What one agent has entered, another one confirms."
        ),
    ),
    errors.PaperEnteredError: Rule(
        PAPER_ENTERED,
        text=Text(
            fr="La feuille de cette référence est déjà saisie, ou déjà comptée.",
            en="The sheet of this reference was entered before, or counts already.",
        ),
    ),
    errors.SurveyNotOpenError: Rule(
        SURVEY_NOT_OPEN,
        text=Text(
            fr="Cette enquête ne prend pas de réponse en ce moment ; voyez ses dates.",
            en="This survey takes no answers now; see its dates.",
        ),
    ),
    errors.SurveyAnsweredError: Rule(
        SURVEY_ANSWERED,
        text=Text(
            fr="Vous avez déjà répondu à cette enquête ; une seule réponse compte.",
            en="You have answered this survey; one answer counts.",
        ),
    ),
    errors.SurveyFrozenError: Rule(
        SURVEY_FROZEN,
        text=Text(
            fr="Une enquête ne change plus dès qu'on peut y répondre.",
            en="A survey does not change any more once people may answer it.",
        ),
    ),
    errors.SurveyResultsLaterError: Rule(
        SURVEY_RESULTS_LATER,
        text=Text(
            fr="Les résultats ne sont pas encore publiés.",
            en="The results are not published yet.",
        ),
    ),
    survey_errors.ExportedOtherwiseError: Rule(
        EXPORTED_OTHERWISE,
        text=Text(
            fr="Les réponses à cette enquête anonyme ont déjà été extraites avec d'autres questions : la différence des"
            " deux tableaux désignerait des personnes.",
            en="The answers to this anonymous survey were taken out with other questions before: the difference of the"
            " two tables would lead to people.",
        ),
    ),
    survey_errors.UnexportableError: Rule(
        VALIDATION,
        "#/query/question",
        Text(
            fr="Nommez des questions de l'enquête ; si elle est anonyme, six au plus.",
            en="Name questions of the survey; of an anonymous one, six at most.",
        ),
    ),
    survey_errors.LinkByNameError: Rule(
        VALIDATION,
        "/open_link",
        Text(
            fr="Seule une enquête anonyme se répond aussi par un lien, sans compte.",
            en="Only an anonymous survey is also answered by a link, without an account.",
        ),
    ),
    survey_errors.SurveyLinkError: Rule(
        LINK_REFUSED,
        text=Text(
            fr="Ce lien n'ouvre pas cette enquête, ou plus : demandez le nouveau, ou répondez avec un compte.",
            en="This survey is not answered by this link, or not any more: ask for the new one, or use an account.",
        ),
    ),
    survey_errors.FileNotAskedError: Rule(
        FILE_NOT_ASKED,
        text=Text(
            fr="Cette question ne prend pas de fichier de cette nature.", en="This question takes no file of this kind."
        ),
    ),
    survey_errors.TooManyFilesError: Rule(
        TOO_MANY_FILES,
        text=Text(
            fr="Cette enquête ne prend plus de fichiers de vous, ou de personne ; répondez avec ceux que vous avez"
            " envoyés.",
            en="This survey takes no more files of yours, or of anybody; answer with those that you have sent.",
        ),
    ),
    survey_errors.InfectedFileError: Rule(
        INFECTED_FILE,
        text=Text(
            fr="L'antivirus a arrêté ce fichier, qui n'est pas conservé. Envoyez-en un autre.",
            en="The antivirus has stopped this file, which is not kept. Send another one.",
        ),
    ),
    errors.UncrossableError: Rule(
        VALIDATION,
        "#/query/by",
        Text(
            fr="On ne croise que deux questions à réponse unique ou à échelle.",
            en="Only two questions with one option or a scale are crossed.",
        ),
    ),
}


@contextmanager
def faults_told(of_form: tuple[str, ...] = ()) -> Iterator[None]:
    """Answer what is wrong with a survey, at ``of_form`` in the body, or with answers, member by member."""
    try:
        yield
    except errors.FormError as error:
        raise INVALID_SURVEY.problem(
            "Corrigez ce que nomme errors.", "Correct what errors names.", errors=_fields(error.faults, of_form)
        ) from error
    except errors.AnswersError as error:
        raise INVALID_ANSWERS.problem(
            "Corrigez ce que nomme errors.", "Correct what errors names.", errors=_fields(error.faults, ())
        ) from error
    except survey_errors.TooManyLinkAnswersError as error:
        raise TOO_MANY_BY_LINK.problem(
            "Beaucoup répondent sans compte en ce moment ; recommencez plus tard, ou répondez avec un compte.",
            "Many answer without an account now; try again later, or answer with an account.",
            headers={"Retry-After": "600"},
        ) from error
    except errors.QuotaFullError as error:
        fault = errors.FormFault(("answers", error.question), "full")
        raise QUOTA_FULL.problem(
            "Assez de personnes ont répondu ainsi ; merci.",
            "Enough people have answered so; thank you.",
            errors=_fields((fault,), ()),
        ) from error
    except errors.PaperDiffersError as error:
        faults = tuple(errors.FormFault(("answers", code), "read-otherwise") for code in error.questions)
        raise PAPER_DIFFERS.problem(
            "Relisez la feuille ; si la première saisie est fausse, retirez-la et recommencez.",
            "Read the sheet again; if what was entered first is wrong, withdraw it and begin anew.",
            errors=_fields(faults, ()),
        ) from error


def _fields(faults: tuple[errors.FormFault, ...], before: tuple[str, ...]) -> list[FieldError]:
    return [
        FieldError(pointer(("body", *before, *fault.path)), fault.code, _FAULTS[fault.code])
        for fault in faults[:_MAX_FAULTS]
    ]
