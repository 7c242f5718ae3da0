# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from parvis_requests.domain.agenda import Hours, Weekday
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.position import AreaRef
from parvis_requests.domain.routing import Case, Routing, RoutingRule

AREA = AreaRef("7510101", "75101")
EVERYWHERE = RoutingRule("town")
GROUP = RoutingRule("group", group="streets")
GROUP_IN_LARGE = RoutingRule("group-large", group="streets", area="75101")
GROUP_IN_SMALL = RoutingRule("group-small", group="streets", area="7510101")
TYPE = RoutingRule("type", type_code="pothole")


def team(*rules: RoutingRule, area: AreaRef | None = AREA) -> str:
    return Routing(rules, "desk").rule(Case("pothole", "streets", area)).team


def test_the_most_precise_rule_wins_whatever_the_order() -> None:
    rules = [EVERYWHERE, GROUP, GROUP_IN_LARGE, GROUP_IN_SMALL]
    assert team(*rules) == team(*reversed(rules)) == "group-small"
    assert team(EVERYWHERE, GROUP, GROUP_IN_LARGE) == "group-large"
    assert team(TYPE, GROUP_IN_SMALL) == "type"


def test_of_two_rules_for_the_same_the_first_holds_and_a_type_says_more_than_its_group() -> None:
    assert team(TYPE, RoutingRule("later", type_code="pothole")) == "type"
    both = RoutingRule("both", type_code="pothole", group="waste", area="75101")
    assert team(TYPE, both, GROUP_IN_SMALL) == "both"


def test_a_rule_for_an_area_does_not_fit_elsewhere_or_nowhere() -> None:
    assert team(GROUP_IN_SMALL, area=AreaRef("7510202", "75102")) == "desk"
    assert team(GROUP_IN_SMALL, area=None) == "desk"


def test_a_rule_for_another_type_or_group_does_not_fit() -> None:
    assert team(RoutingRule("x", type_code="graffiti"), RoutingRule("y", group="waste")) == "desk"


def test_hours_are_those_of_the_town_on_its_day() -> None:
    rule = RoutingRule("night", hours=(Hours(Weekday.TUESDAY, time(0), time(6)),))
    case = Case("pothole", "streets", AREA, at=datetime(2026, 12, 7, 21, tzinfo=UTC))  # a Monday, in Paris as well
    overseas = Routing([rule], "desk", Holidays.FRANCE, ZoneInfo("Indian/Reunion"))
    assert (overseas.rule(case).team, Routing([rule], "desk").rule(case).team) == ("night", "desk")
