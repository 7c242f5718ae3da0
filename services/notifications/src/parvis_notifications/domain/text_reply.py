# SPDX-License-Identifier: EUPL-1.2
"""What a text message answers to an alert, where that is what it does."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from parvis_notifications.domain.alert import Reply

# As keys of a call answer it, and as people write; accents and case are nothing.
_SAFE: Final = frozenset(
    {"1", "SAUF", "SAUVE", "SAINE ET SAUVE", "SAIN ET SAUF", "EN SECURITE", "JE SUIS EN SECURITE", "JE VAIS BIEN"}
    | {"SAFE", "I AM SAFE", "IM SAFE", "I M SAFE", "TOUT VA BIEN", "CA VA"}
)
_HELP: Final = frozenset(
    {"2", "AIDE", "A L AIDE", "SOS", "AU SECOURS", "BESOIN D AIDE", "J AI BESOIN D AIDE", "AIDEZ MOI", "AIDEZ NOUS"}
    | {"HELP", "HELP ME", "I NEED HELP", "NEED HELP"}
)
_HEARD: Final = frozenset({"OK", "RECU", "BIEN RECU", "MERCI", "OK MERCI", "VU", "LU", "RECEIVED", "THANKS"})
_MOST_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class TextReply:
    """What it answers; None: that they heard of it. ``whole`` is whether it says no more, which nobody has to read."""

    reply: Reply | None
    whole: bool


def text_reply(text: str) -> TextReply | None:
    """Of that text; None where it is no answer to an alert.

    Who asks for help is believed whatever follows; who says that they are safe, and more, is for people to read: what
    follows may be a "but".
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in plain).upper().split()
    said = " ".join(words)
    for meant, known in ((Reply.SAFE, _SAFE), (Reply.HELP, _HELP), (None, _HEARD)):
        if said in known:
            return TextReply(meant, whole=True)
    begins = any(" ".join(words[:count]) in _HELP for count in range(1, _MOST_WORDS + 1))
    return TextReply(Reply.HELP, whole=False) if begins else None
