# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with a choice of requests is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_requests.domain.work_queue import SelectionChangedError

SELECTION: Final = Kind("selection-changed", 409, Text(fr="Sélection changée", en="Selection changed"))

QUEUE_RULES: Final[dict[type[Exception], Rule]] = {
    SelectionChangedError: Rule(
        SELECTION,
        "/selection/count",
        Text(
            fr="Ces filtres trouvent un autre nombre de demandes : relisez-les, puis choisissez à nouveau.",
            en="These filters find another number of requests: read them again, then choose anew.",
        ),
    ),
}
