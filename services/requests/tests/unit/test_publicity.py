# SPDX-License-Identifier: EUPL-1.2
from uuid import UUID

import pytest

from parvis_requests.domain.publicity import Decision, Publicity, Review

PHOTO, OTHER = UUID(int=1), UUID(int=2)
EDITED = Decision(hidden=False, words="edited", photos={PHOTO})
HIDDEN = Decision(hidden=True, words="edited", photos={PHOTO})


@pytest.mark.parametrize(
    ("content", "decision", "words"),
    [
        (Review.AT_ONCE, None, "filed"),
        (Review.AT_ONCE, EDITED, "edited"),
        (Review.AT_ONCE, Decision(hidden=False, words=None, photos=()), None),
        (Review.AT_ONCE, HIDDEN, None),
        (Review.AFTER_REVIEW, None, None),
        (Review.AFTER_REVIEW, EDITED, "edited"),
        (Review.AFTER_REVIEW, HIDDEN, None),
        (Review.NEVER, None, None),
        (Review.NEVER, EDITED, None),
    ],
)
def test_words_are_shown_as_the_type_and_the_decision_say(
    content: Review, decision: Decision | None, words: str | None
) -> None:
    assert Publicity(content, 5).words("filed", decision) == words


@pytest.mark.parametrize(
    ("content", "decision", "filed", "shown"),
    [
        (Review.AT_ONCE, None, True, True),
        (Review.AT_ONCE, None, False, False),
        (Review.AT_ONCE, EDITED, False, True),
        (Review.AT_ONCE, HIDDEN, True, False),
        (Review.AFTER_REVIEW, None, True, False),
        (Review.AFTER_REVIEW, EDITED, True, True),
        (Review.NEVER, EDITED, True, False),
    ],
)
def test_photos_are_shown_as_the_type_and_the_decision_say(
    content: Review, decision: Decision | None, filed: bool, shown: bool
) -> None:
    assert Publicity(content, 5).shows(PHOTO, decision, filed=filed) is shown
    assert Publicity(content, 5).shows(OTHER, EDITED, filed=True) is False


def test_of_two_versions_the_more_reserved_holds() -> None:
    once, never = Publicity(Review.AT_ONCE, 2), Publicity(Review.NEVER, 5)
    assert once.at_most(never) == never.at_most(once) == Publicity(Review.NEVER, 2)
    assert once.rounded(2.3522) == 2.35
    assert once.rounded(None) is None
