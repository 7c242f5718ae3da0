# SPDX-License-Identifier: EUPL-1.2
"""How errors at desks, and with paper, are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_participation.domain import desk

CHANNEL_CLOSED: Final = Kind("channel-not-open", 409, Text(fr="Pas par cette voie", en="Not this way"))
INCOMPLETE: Final = Kind("incomplete-civil-status", 422, Text(fr="État civil incomplet", en="Incomplete civil status"))
VOUCHER_OVER: Final = Kind("voucher-not-valid", 403, Text(fr="Bon non valable", en="Voucher not valid"))
BATCH_DIFFERS: Final = Kind("batch-differs", 409, Text(fr="Saisies différentes", en="Entries differ"))
BATCH_CONFIRMED: Final = Kind("batch-confirmed", 409, Text(fr="Lot déjà confirmé", en="Batch confirmed"))
BATCHES_OPEN: Final = Kind("batches-open", 409, Text(fr="Lots à confirmer", en="Batches to confirm"))
TOO_MUCH_PAPER: Final = Kind("too-much-paper", 409, Text(fr="Trop de bulletins papier", en="Too many paper ballots"))
NOT_CLOSED: Final = Kind("poll-not-closed", 409, Text(fr="Vote non clos", en="Poll not closed"))

DESK_RULES: Final = {
    desk.ChannelError: Rule(
        CHANNEL_CLOSED,
        text=Text(
            fr="Ce vote ne se tient pas par cette voie ; voyez ses conditions.",
            en="Votes do not come this way; see the poll's conditions.",
        ),
    ),
    desk.IncompleteCivilStatusError: Rule(
        INCOMPLETE,
        "/civil_status",
        Text(
            fr="Il faut tous les champs, la date de naissance au jour près, et la commune si elle est en France.",
            en="All fields are needed, the birth date to the day, and the commune for a birth in France.",
        ),
    ),
    desk.VoucherError: Rule(
        VOUCHER_OVER,
        text=Text(
            fr="Demandez un nouveau bon à l'agent : il vaut quinze minutes.",
            en="Ask the agent for another voucher: it is good for fifteen minutes.",
        ),
    ),
    desk.BatchDiffersError: Rule(
        BATCH_DIFFERS,
        text=Text(
            fr="Votre saisie diffère de la première : recomptez ensemble, puis que chacun saisisse à nouveau ;"
            " `replace` remplace la première.",
            en="Your entry differs from the first: count again together, then let each enter again; `replace` takes the"
            " first one's place.",
        ),
    ),
    desk.BatchConfirmedError: Rule(
        BATCH_CONFIRMED,
        text=Text(
            fr="Deux agents ont saisi ce lot à l'identique ; il ne change plus.",
            en="Two agents entered this batch alike; it does not change.",
        ),
    ),
    desk.BatchesOpenError: Rule(
        BATCHES_OPEN,
        text=Text(
            fr="Un lot de bulletins papier attend son second agent.",
            en="A batch of paper ballots waits for its second agent.",
        ),
    ),
    desk.TooMuchPaperError: Rule(
        TOO_MUCH_PAPER,
        text=Text(
            fr="Il y a plus de bulletins papier que d'émargements sur papier : recomptez.",
            en="There are more paper ballots than people on the roll for paper: count again.",
        ),
    ),
    desk.NotClosedError: Rule(
        NOT_CLOSED,
        text=Text(
            fr="Le papier se saisit après la clôture et avant le dépouillement.",
            en="Paper is entered after the close and before the count.",
        ),
    ),
}
