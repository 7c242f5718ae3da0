# SPDX-License-Identifier: EUPL-1.2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from parvis_kit.problems import Problem
from parvis_kit.web.etag import entity_tag, required_version


def asking(*if_match: str) -> Request:
    headers = [(b"if-match", each.encode("latin-1")) for each in if_match]
    return Request({"type": "http", "headers": headers})


@given(st.integers(0, 999_999_999), st.sampled_from([(), ("fr",), ("fr", "b")]))
def test_the_version_in_a_tag_of_ours_is_read_again(version: int, variant: tuple[str, ...]) -> None:
    assert required_version(asking(entity_tag(version, *variant))) == version


@pytest.mark.parametrize("tag", ["", "*", "1", '"01"', '"00000000000000000000"', '"1000000000"', '"x"', '"1", "2"'])
def test_a_tag_that_is_none_of_ours_is_stale(tag: str) -> None:
    with pytest.raises(Problem) as refused:
        required_version(asking(tag))
    assert refused.value.status_code == 412


def test_without_the_header_nothing_is_changed() -> None:
    with pytest.raises(Problem) as refused:
        required_version(asking())
    assert refused.value.status_code == 428
