# SPDX-License-Identifier: EUPL-1.2
from datetime import date

import pytest

from parvis_participation.domain.eligibility import (
    AgeUnknownError,
    AreaNeedsResidenceError,
    Eligibility,
    LevelTooLowError,
    NotResidentError,
    TooYoungError,
)
from parvis_participation.domain.errors import NotVerifiedError


def test_a_level_is_at_least_the_one_that_is_wanted() -> None:
    for acr in ("eidas2", "eidas3"):
        Eligibility(level="eidas2").check_level(acr)
    with pytest.raises(LevelTooLowError):
        Eligibility(level="eidas2").check_level("eidas1")
    for unverified in (None, "eidas0", "urn:parvis:acr:local"):
        with pytest.raises(NotVerifiedError):
            Eligibility().check_level(unverified)


def test_the_age_is_reached_on_the_day_the_poll_opens() -> None:
    rules = Eligibility(minimum_age=16)
    assert rules.born_by(date(2026, 12, 1)) == date(2010, 12, 1)
    # 2012 had a 29 February, 2008 too; 2011 had none: who was born on 1 March 2011 is not 17 on 29 February 2028.
    assert rules.born_by(date(2028, 2, 29)) == date(2012, 2, 29)
    assert Eligibility(minimum_age=17).born_by(date(2028, 2, 29)) == date(2011, 2, 28)
    assert Eligibility().born_by(date(2028, 2, 29)) is None
    rules.check_age(old_enough=True)
    with pytest.raises(TooYoungError):
        rules.check_age(old_enough=False)
    with pytest.raises(AgeUnknownError):
        rules.check_age(old_enough=None)
    Eligibility().check_age(old_enough=None)


def test_residence_is_attested_in_one_of_the_areas_where_there_are_some() -> None:
    anywhere, north = Eligibility(residence=True), Eligibility(residence=True, areas=frozenset({"north"}))
    anywhere.check_residence([None])
    north.check_residence(["north"])
    Eligibility().check_residence([])
    refused: list[tuple[Eligibility, list[str | None]]] = [(anywhere, []), (north, [None]), (north, ["south"])]
    for rules, attested in refused:
        with pytest.raises(NotResidentError):
            rules.check_residence(attested)
    with pytest.raises(AreaNeedsResidenceError):
        Eligibility(areas=frozenset({"north"}))
