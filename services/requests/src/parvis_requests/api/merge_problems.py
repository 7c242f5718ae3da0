# SPDX-License-Identifier: EUPL-1.2
"""How it is answered that two requests do not go together."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_requests.domain import errors

MERGE: Final = Kind("not-to-merge", 409, Text(fr="Regroupement impossible", en="Not to be merged"))
MERGE_RULES: Final[dict[type[Exception], Rule]] = {
    errors.MergeError: Rule(
        MERGE,
        text=Text(
            fr="Cette demande n'est regroupée avec aucune autre.",
            en="This request is merged with none.",
        ),
    ),
    errors.MergeOtherTypeError: Rule(
        MERGE,
        text=Text(
            fr="Regroupez deux demandes différentes du même type.",
            en="Merge two different requests of the same type.",
        ),
    ),
    errors.MergeOtherWorkflowError: Rule(
        MERGE,
        text=Text(
            fr="Elles relèvent de deux versions du type dont les étapes diffèrent ; traitez-les séparément.",
            en="They are of two versions of the type whose steps differ: handle them apart.",
        ),
    ),
    errors.MergeSilenceError: Rule(
        MERGE,
        text=Text(
            fr="Le silence décide de chacune d'elles ; traitez-les séparément.",
            en="Silence decides on each of them: handle them apart.",
        ),
    ),
    errors.MergeEndedError: Rule(
        MERGE,
        text=Text(
            fr="L'une d'elles est terminée ; rouvrez-la d'abord, si elle peut l'être.",
            en="One of them has ended: re-open it first, where it may be.",
        ),
    ),
    errors.MergeTakenError: Rule(
        MERGE,
        text=Text(
            fr="L'une en suit déjà une autre, ou trop la suivent ; choisissez la demande suivie, ou séparez-les.",
            en="One goes along with another already, or too many do with it: choose that other, or take them apart.",
        ),
    ),
}
