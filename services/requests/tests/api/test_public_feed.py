# SPDX-License-Identifier: EUPL-1.2
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

from public_doors import PUBLIC, decide, file_publicly
from requests_town import TOWN_HALL, Town, photo

FEED = f"{PUBLIC}-feed"
ATOM = "{http://www.w3.org/2005/Atom}"


async def feed(town: Town, path: str = FEED, **query: Any) -> Element:
    answer = await town.client.get(path, params=query or None)
    assert answer.status_code == 200, answer.text
    return fromstring(answer.content)  # noqa: S314 - written by our own service


def links(element: Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in element.findall(f"{ATOM}link")}


def entries(element: Element) -> list[str]:
    return [entry.findtext(f"{ATOM}id", "").rsplit("/", 1)[-1] for entry in element.findall(f"{ATOM}entry")]


async def test_the_feed_is_atom_with_all_that_it_must_have(town: Town) -> None:
    citizen = town.service.citizen()
    sent = (await town.upload(citizen, photo())).json()["id"]
    request = await file_publicly(town, citizen, attachments=[sent])
    await decide(town, request, '"0"', text="Des cartons <à> enlever & \x0bvite", photos=[sent])
    answer = await town.client.get(FEED)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = fromstring(answer.content)  # noqa: S314
    assert root.tag == f"{ATOM}feed"
    for required in ("id", "title", "updated", "author/{http://www.w3.org/2005/Atom}name"):
        assert root.findtext(f"{ATOM}{required}"), required
    assert links(root)["self"].endswith(FEED)
    (entry,) = root.findall(f"{ATOM}entry")
    for required in ("id", "title", "updated", "published"):
        assert entry.findtext(f"{ATOM}{required}"), required
    assert entry.findtext(f"{ATOM}summary") == "Des cartons <à> enlever & vite"
    assert entry.findtext("{http://www.georss.org/georss}point") == f"{TOWN_HALL[1]} {TOWN_HALL[0]}"
    found = links(entry)
    for rel, kind in (("alternate", "application/geo+json"), ("enclosure", "image/jpeg")):
        answer = await town.client.get(urlsplit(found[rel]).path)
        assert answer.headers["content-type"] == kind
    tag = (await town.client.get(FEED)).headers["etag"]
    assert (await town.client.get(FEED, headers={"If-None-Match": tag})).status_code == 304


async def test_a_reader_follows_the_pages_to_the_end(town: Town) -> None:
    filed = [(await file_publicly(town))["reference"] for _ in range(5)]
    read, path = [], f"{FEED}?limit=2&type=cartons"
    while path:
        root = await feed(town, path)
        read.append(entries(root))
        further = urlsplit(links(root).get("next", ""))
        path = f"{further.path}?{further.query}" if further.path else ""
    assert [len(page) for page in read] == [2, 2, 1]
    assert [reference for page in read for reference in page] == filed[::-1]
    first = links(await feed(town, f"{FEED}?limit=2"))["next"]
    stolen = f"{urlsplit(first).path}?{urlsplit(first).query}&type=cartons"
    assert (await town.client.get(stolen)).status_code == 400


async def test_a_feed_follows_an_area_or_a_type_and_may_be_empty(town: Town) -> None:
    request = await file_publicly(town)
    assert entries(await feed(town, area=request["area"]["code"])) == [request["reference"]]
    empty = await feed(town, area="nowhere")
    assert (entries(empty), empty.findtext(f"{ATOM}updated")) == ([], "2000-01-01T00:00:00.000Z")
    assert entries(await feed(town, type="unknown")) == []
    assert entries(await feed(town, FEED.replace("paris", "lutece"))) == []
