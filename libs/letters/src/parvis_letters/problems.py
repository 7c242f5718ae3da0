# SPDX-License-Identifier: EUPL-1.2
"""How it is answered that a letter is not settled as somebody wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import NOT_FOUND, VALIDATION, FieldError, Kind, Problem
from parvis_kit.web.errors import pointer
from parvis_letters.errors import ATTRIBUTE, DataError, LetterSettledError, NoLetterError, NotMendableError, Unmendable

LETTER_SETTLED: Final = Kind("dead-letter-settled", 409, Text(fr="Rebut déjà traité", en="Dead letter settled already"))
NOT_MENDABLE: Final = Kind("dead-letter-not-mendable", 409, Text(fr="Rebut irréparable", en="Dead letter not mendable"))
_FRENCH: Final = {
    "required": "Une donnée que le schéma exige manque.",
    "type": "La valeur n'est pas du type que donne le schéma.",
    "enum": "La valeur n'est pas une de celles que donne le schéma.",
    "format": "La valeur n'a pas le format que donne le schéma.",
    "pattern": "La valeur n'a pas la forme que donne le schéma.",
    "const": "La valeur n'est pas celle que donne le schéma.",
    ATTRIBUTE: "La valeur n'est pas celle que portent les attributs de l'événement.",
}
_UNMENDABLE: Final = {
    Unmendable.NO_EVENT: Text(
        fr="Même avec ces données, ce n'est pas un événement de Parvis ; écartez-le.",
        en="Even with these data it is no event of Parvis; discard it.",
    ),
    Unmendable.NO_TYPE: Text(
        fr="Personne ne connaît ce type d'événement ; renvoyez-le tel qu'il est venu, ou écartez-le.",
        en="Nobody knows this type of event; send it as it came, or discard it.",
    ),
    Unmendable.ACROSS_COLLECTIVITIES: Text(
        fr="Cet événement prend effet dans toutes les collectivités : renvoyez-le tel qu'il est venu, écartez-le, ou "
        "demandez à l'exploitant de le réparer.",
        en="This event takes effect in every collectivity: send it as it came, discard it, or ask the operator to "
        "mend it.",
    ),
}


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong inside, as the problem that answers it."""
    try:
        yield
    except NoLetterError:
        raise NOT_FOUND.problem() from None
    except LetterSettledError:
        raise LETTER_SETTLED.problem(
            "Ce rebut a déjà été renvoyé ou écarté ; relisez-le.",
            "This letter was sent again or discarded before; read it again.",
        ) from None
    except NotMendableError as error:
        words = _UNMENDABLE[error.why]
        raise NOT_MENDABLE.problem(words.fr, words.en) from None
    except DataError as error:
        raise _data(error) from None


def _data(error: DataError) -> Problem:
    faults = [
        FieldError(
            pointer(("body", "data", *fault.path)),
            fault.keyword,
            Text(fr=_FRENCH.get(fault.keyword, "La valeur ne convient pas au schéma."), en=f"{fault.message}."),
        )
        for fault in error.faults
    ]
    return VALIDATION.problem("Corrigez les données signalées.", "Correct the data named in errors.", errors=faults)
