# SPDX-License-Identifier: EUPL-1.2
"""How refusals of a messenger's addresses are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Rule
from parvis_notifications.domain import errors

TOO_MANY_CODES: Final = Kind("too-many-codes", 429, Text(fr="Trop de codes demandés", en="Too many codes asked for"))
CHAT_RULES: Final = {
    errors.ChatAddressError: Rule(
        VALIDATION,
        "/address",
        Text(
            fr="Donnez un identifiant Matrix, comme @camille:matrix.example.",
            en="Give a user id of Matrix, such as @camille:matrix.example.",
        ),
    ),
    errors.NoChatError: Rule(
        CONFLICT,
        text=Text(
            fr="Cette collectivité n'écrit dans aucune messagerie.", en="This collectivity writes in no messenger."
        ),
    ),
    errors.TooManyCodesError: Rule(
        TOO_MANY_CODES,
        text=Text(
            fr="Cinq codes par jour au plus partent pour un compte, et vingt vers une adresse ; recommencez demain.",
            en="Five codes a day at the most go for one account, and twenty to one address; try again tomorrow.",
        ),
    ),
}
