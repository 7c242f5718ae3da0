# SPDX-License-Identifier: EUPL-1.2
"""How it is answered that a request stays of its type, or in its place."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem
from parvis_requests.domain.type_change import TypeChangeError, WhyNot

TYPE_CHANGE: Final = Kind("not-to-change", 409, Text(fr="Correction impossible", en="Not to be changed"))
_WHY: Final[dict[WhyNot, Text]] = {
    WhyNot.SAME: Text(fr="La demande est déjà de ce type.", en="The request is of that type already."),
    WhyNot.DECIDED: Text(
        fr="Une décision est prise : elle vaut pour ce qui a été demandé.",
        en="It was decided: that holds for what was asked for.",
    ),
    WhyNot.APPEALED: Text(fr="Un recours est en cours ; traitez-le d'abord.", en="An appeal is open: handle it first."),
    WhyNot.FORWARDED: Text(
        fr="Un autre organisme traite la demande, ou va la recevoir.",
        en="Another body handles the request, or is about to get it.",
    ),
    WhyNot.TRANSFERRED: Text(
        fr="La demande est transmise à une autre administration, ou va l'être ; reprenez-la d'abord.",
        en="The request goes, or went, to another administration: take it back first.",
    ),
    WhyNot.PARENT: Text(
        fr="D'autres demandes la suivent ; séparez-les d'abord.",
        en="Other requests go along with it: take them apart first.",
    ),
    WhyNot.PAYMENT: Text(
        fr="Une somme est payée pour ce type, ou peut encore l'être.",
        en="A sum was paid for this type, or may still be.",
    ),
    WhyNot.PERIOD_OVER: Text(
        fr="Le délai légal de ce type est déjà passé depuis la réception : le silence aurait décidé.",
        en="The legal period of that type is over since the reception: silence would have decided.",
    ),
}


def _stays(error: TypeChangeError) -> Problem:
    why = _WHY[error.why]
    return TYPE_CHANGE.problem(why.fr, why.en, errors=[FieldError("", str(error.why), why)])


TYPE_CHANGE_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {TypeChangeError: _stays}
