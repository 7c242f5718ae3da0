# SPDX-License-Identifier: EUPL-1.2
"""What comes in: by which way, and what becomes of it before anybody reads it."""

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """How a message came."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"
    CHAT = "chat"


class Held(StrEnum):
    """Why a message is for an agent to qualify instead of a reply in its conversation."""

    DIRECT = "direct"
    """It came to an address or a number of the town, and answers nothing that is known."""
    OTHER_SENDER = "other-sender"
    """Its sender is none of those to whom the reply address was given."""
    NOT_AUTHENTICATED = "not-authenticated"
    """The town's mail server does not vouch for the domain of its sender (RFC 8601)."""
    EXPIRED = "expired"
    """The reply address has had its time."""
    SPAM = "spam"
    """The town's mail server holds it for spam."""


class Automatic(StrEnum):
    """Why a mail was written by nobody: it is counted, and not kept."""

    NULL_SENDER = "null-sender"
    AUTO_SUBMITTED = "auto-submitted"
    REPORT = "report"
    LIST = "list"
    PRECEDENCE = "precedence"
    AUTOREPLY = "autoreply"
    OWN = "own"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file that came with a message; its name and its bytes are the sender's, and nothing is believed of them."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class InboundMail:
    """What a mail says, as far as it is read.

    ``sender`` is the one address of its ``From``, empty where there is none or more than one. ``text`` is what was
    written, without what was quoted. ``left_out`` are names of files that were too many or too large to be taken.
    ``verified`` is None where the town's mail server was not asked whether it vouches for the sender.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    files: tuple[InboundFile, ...] = ()
    left_out: tuple[str, ...] = ()
    automatic: Automatic | None = None
    spam: bool = False
    verified: bool | None = None
    digest: bytes = field(default=b"", repr=False)


def without_files(mail: InboundMail) -> InboundMail:
    """Its words, and the names of what it brought: nobody takes files of what is held for spam."""
    return replace(mail, files=(), left_out=(*(each.name for each in mail.files), *mail.left_out))


LONGEST_TEXT: Final = 10_000
"""Characters of what is kept of a message's words: as many as one written in the portal has."""


def held(mail: InboundMail, *, known_sender: bool, live: bool) -> Held | None:
    """Why a mail that came to a reply address is no reply yet; None for a reply."""
    if mail.spam:
        return Held.SPAM
    if mail.verified is False:
        return Held.NOT_AUTHENTICATED
    if not known_sender:
        return Held.OTHER_SENDER
    return None if live else Held.EXPIRED


class CallOutcome(StrEnum):
    """Whether somebody of the town spoke with who called."""

    ANSWERED = "answered"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text message that came in; ``sender`` is a number in E.164, or a word where an operator's rules allow one.

    ``left_out`` names files that came with it and are not taken; ``stop`` is that who brings it took it for a STOP;
    ``recipient`` is the number of the town that it came to, empty where that is not told; ``came_at`` when it came in,
    where that was not just now; ``part`` is that it is one of several of a longer text, which says nothing by itself.
    """

    sender: str
    text: str
    left_out: tuple[str, ...] = ()
    stop: bool = False
    recipient: str = ""
    came_at: datetime | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A telephone call that came in; ``caller`` is empty where the number was withheld, seconds are those spoken."""

    caller: str
    outcome: CallOutcome
    began_at: datetime
    seconds: int


def without_controls(text: str) -> str:
    """The words without characters that are none, which neither a screen nor a database takes."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})


# Those that the French operators have answered, and how people write them; accents and case are nothing. Not "annuler",
# "cancel", "end": they answer a reminder of an appointment as well.
_STOPS: Final = frozenset(
    {"STOP", "STOP SMS", "STOPSMS", "STOPALL", "STOP ALL", "ARRET", "ARRETER", "ARRETEZ", "DESABONNEMENT"}
    | {"DESABONNER", "DESINSCRIPTION", "DESINSCRIRE", "UNSUBSCRIBE"}
    | {f"{verb} {what}" for verb in ("STOP", "ARRET", "ARRETER", "ARRETEZ") for what in ("LES SMS", "DES SMS", "SMS")}
    | {"STOP AUX SMS", "STOP TOUT", "STOP PUB", "STOP MESSAGE", "STOP MESSAGES", "STOP TEXTS", "STOP THE TEXTS"}
    | {"STOP TEXTING ME", "NO MORE TEXTS", "PLUS DE SMS", "ME DESABONNER", "ME DESINSCRIRE", "DESABONNEZ MOI"}
    | {"DESINSCRIVEZ MOI", "UNSUBSCRIBE ME", "OPT OUT", "OPTOUT", "QUIT"}
)
_STARTS: Final = frozenset({"START", "UNSTOP", "REPRENDRE", "REPRISE", "REPRENDRE SMS", "REPRENDRE LES SMS"})
_POLITE: Final = (" S IL VOUS PLAIT", " S IL TE PLAIT", " SVP", " STP", " PLEASE", " MERCI", " THANK YOU", " THANKS")


def says_stop(text: str) -> bool:
    """Whether the whole of a text message says that no more shall come: one with more to say is for people to read."""
    said = _said(text)
    return said in _STOPS or set(said.split()) == {"STOP"}


def says_start(text: str) -> bool:
    """Whether the whole of a text message takes a STOP back."""
    return _said(text) in _STARTS


def _said(text: str) -> str:
    """Its words without accents, case, numbers (a short number is often written behind) and what is mere courtesy."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    said = " ".join("".join(sign if sign.isalpha() else " " for sign in plain).upper().split())
    while (polite := next((each for each in _POLITE if said.endswith(each)), None)) is not None:
        said = said.removesuffix(polite)
    return said
