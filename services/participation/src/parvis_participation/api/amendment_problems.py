# SPDX-License-Identifier: EUPL-1.2
"""How the errors of amendments and drafts are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Rule
from parvis_participation.domain import amendment
from parvis_participation.domain.comparison import MergeError
from parvis_participation.domain.proposal import NotADraftError

AMENDMENT_STATE: Final = Kind(
    "amendment-state", 409, Text(fr="Amendement déjà traité", en="Amendment already dealt with")
)
AMENDMENT_GONE: Final = Kind("amendment-gone", 409, Text(fr="Amendement retiré", en="Amendment gone"))
CONFLICTS: Final = Kind("amendment-conflicts", 409, Text(fr="Amendement dépassé", en="Amendment overtaken"))

AMENDMENT_RULES: Final[dict[type[Exception], Rule]] = {
    amendment.AmendmentStateError: Rule(
        AMENDMENT_STATE,
        text=Text(
            fr="Cet amendement a été accepté, refusé ou retiré : rien n'y change plus.",
            en="This amendment was accepted, refused or withdrawn: it changes no more.",
        ),
    ),
    amendment.AmendmentGoneError: Rule(
        AMENDMENT_GONE,
        text=Text(fr="Cet amendement ou sa proposition a été retiré.", en="This amendment or its proposal is gone."),
    ),
    MergeError: Rule(
        CONFLICTS,
        text=Text(
            fr="La proposition a changé au même endroit depuis ; modifiez-la à la main, ou refusez l'amendement.",
            en="The proposal has changed in the same place since; change it by hand, or refuse the amendment.",
        ),
    ),
    NotADraftError: Rule(CONFLICT, text=Text(fr="Cette proposition est publiée.", en="This proposal is published.")),
    amendment.SameWordsError: Rule(
        VALIDATION, "/description", Text(fr="Rien ne change dans ce texte.", en="Nothing changes in this text.")
    ),
    amendment.ReasonsError: Rule(VALIDATION, "/answer", Text(fr="Dites pourquoi.", en="Say why.")),
}
