# SPDX-License-Identifier: EUPL-1.2
from letters_of import play_letters

from parvis_testing import Harness


async def test_dead_letters_are_seen_mended_sent_again_and_discarded_by_their_town(service: Harness) -> None:
    await play_letters(service)
