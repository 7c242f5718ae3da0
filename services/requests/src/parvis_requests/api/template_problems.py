# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with a reply template is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors

INVALID_TEMPLATE: Final = Kind("invalid-template", 422, Text(fr="Modèle incorrect", en="Wrong template"))
TOO_MANY_TEMPLATES: Final = Kind("too-many-templates", 409, Text(fr="Trop de modèles", en="Too many templates"))
_MAX_FAULTS: Final = 50


def invalid_template(error: errors.InvalidTemplateError) -> Problem:
    """Each variable that is none, where it stands."""
    return INVALID_TEMPLATE.problem(
        "Corrigez les variables signalées.",
        "Correct the variables named in errors.",
        errors=[_variable(fault) for fault in error.faults[:_MAX_FAULTS]],
    )


def _variable(fault: errors.Fault) -> FieldError:
    text = Text(fr=f"« {fault.code[:100]} » n'est pas une variable.", en=f"“{fault.code[:100]}” is no variable.")
    return FieldError(pointer(("body", *fault.path)), "unknown-variable", text)


TEMPLATE_RULES: Final[dict[type[Exception], Rule]] = {
    errors.TooManyTemplatesError: Rule(
        TOO_MANY_TEMPLATES, text=Text(fr="Supprimez un modèle d'abord.", en="Delete a template first.")
    ),
}
