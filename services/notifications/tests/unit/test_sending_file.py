# SPDX-License-Identifier: EUPL-1.2
"""Files of messages at their largest."""

from collections import deque

import pytest

from parvis_notifications.domain.message_template import Variable, VariableType
from parvis_notifications.domain.sending_file import MAX_ROWS, FileRefusedError, rows

VARIABLES = (
    Variable("prénom", VariableType.TEXT, required=True, example="Zoé"),
    Variable("numéro", VariableType.NUMBER, required=True, example="1"),
)


def file(count: int) -> bytes:
    lines = (f"p{number}@example.org,Zoé,{number},dossier {number}" for number in range(count))
    return ("to,prénom,numéro,référence interne\n" + "\n".join(lines) + "\n").encode()


def test_a_hundred_thousand_rows_are_read_each_with_its_line() -> None:
    read = deque(enumerate(rows(file(MAX_ROWS), VARIABLES), 1), maxlen=1)
    last = {"to": "p99999@example.org", "prénom": "Zoé", "numéro": "99999"}
    assert list(read) == [(100_000, (100_001, last))]


def test_one_row_more_is_refused_where_it_stands() -> None:
    with pytest.raises(FileRefusedError, match="too-many-rows") as refused:
        deque(rows(file(MAX_ROWS + 1), VARIABLES), maxlen=0)
    assert refused.value.line == 100_002


NAMED = "to;prénom;numéro\nzoe@example.org;Zoé;1\nleo@example.org;L’Œuvre à 5 €;2\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_of_a_french_spreadsheet_is_read_as_it_was_written(encoding: str) -> None:
    read = [row for _, row in rows(NAMED.encode(encoding), VARIABLES)]
    assert [row["prénom"] for row in read] == ["Zoé", "L’Œuvre à 5 €"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (NAMED.encode().replace("à".encode(), b"\xe0"), 3),
        (b"\xef\xbb\xbf" + NAMED.encode("cp1252"), 1),
        (NAMED.encode("cp1252").replace(b"5", b"\x81"), 3),
        (NAMED.encode("utf-16"), 1),
        (NAMED.encode("cp1252").replace(b"5", b"\x07"), 1),
    ],
    ids=["both", "marked as UTF-8", "no character", "UTF-16", "no text"],
)
def test_what_is_neither_is_refused_and_not_guessed(content: bytes, line: int) -> None:
    with pytest.raises(FileRefusedError, match="encoding") as refused:
        deque(rows(content, VARIABLES), maxlen=0)
    assert refused.value.line == line
