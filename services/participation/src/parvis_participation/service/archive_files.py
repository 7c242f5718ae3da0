# SPDX-License-Identifier: EUPL-1.2
"""The plain files of a published archive, and what open data says of it: always that it was imported."""

import zlib
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final

from parvis_kit.clocks import clock_of
from parvis_kit.messaging.events import instant
from parvis_participation.db.archive_tables import BudgetArchive as Row
from parvis_participation.domain.archive import IMPORTED
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.service.budget_dataset import BALLOTS, BUDGET_FILES, Described, dataset_of, distribution
from parvis_participation.service.budget_files import BudgetFile
from parvis_participation.service.vote_files import record_file, result_table

_NO_DAY: Final = date(1900, 1, 1)


def archive_file(row: Row, file: BudgetFile) -> Callable[[], str]:
    """What writes the text of a file, in a thread; raises NotFoundError before the count."""
    if row.record is None or row.ballots is None:
        raise NotFoundError
    match file:
        case BudgetFile.RECORD:
            return partial(record_file, row.record)
        case BudgetFile.RESULT:
            return partial(result_table, row.record)
        case BudgetFile.BALLOTS:
            return partial(_unpacked, row.ballots)


def archive_dataset(row: Row, public_url: str) -> dict[str, Any]:
    """The description, whose addresses begin with ``public_url``; raises NotFoundError before the count."""
    if row.counted_at is None or row.title is None:
        raise NotFoundError
    page = f"{public_url}/v1/collectivities/{row.collectivity}/budget-archives/{row.id}"
    files = [(f"{page}/files/{file}", *of) for file, of in BUDGET_FILES.items()]
    files.append((f"{page}/files/{BudgetFile.BALLOTS}", "text/plain", BALLOTS))
    of = Described(row.id, row.collectivity, {"fr": row.title, "en": row.title}, IMPORTED)
    clock = clock_of(row.collectivity)
    begins, ends = (datetime.combine(each or _NO_DAY, time(), clock) for each in (row.begins_on, row.ends_on))
    told = [_as_published(distribution(*each), row) for each in files]
    described = _as_published(dataset_of(page, of, instant(row.counted_at), (begins, ends), told), row)
    if row.begins_on is None or row.ends_on is None:
        del described["dct:temporal"]
    return described | {"dct:source": {"@id": row.source}}


def _as_published(described: dict[str, Any], row: Row) -> dict[str, Any]:
    """The licence is whoever's who published the file, as far as the town knows it; never the town's own."""
    told = {name: value for name, value in described.items() if name != "dct:license"}
    return told | ({"dct:license": {"@id": row.licence}} if row.licence else {})


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode()
