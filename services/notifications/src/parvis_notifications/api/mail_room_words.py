# SPDX-License-Identifier: EUPL-1.2
"""What is said where the mail room's word on a letter cannot be."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Rule
from parvis_notifications.domain.mail_room import NotItsTurnError, NotYetError

MAIL_ROOM_RULES: Final = {
    NotItsTurnError: Rule(
        CONFLICT,
        text=Text(
            fr="Cela ne suit pas ce qui a été dit de cette lettre.",
            en="This does not follow on what was said of this letter.",
        ),
    ),
    NotYetError: Rule(
        VALIDATION, "/happened_on", Text(fr="Donnez un jour passé, ou ce jour.", en="Give a day past, or this day.")
    ),
}
