# SPDX-License-Identifier: EUPL-1.2
"""Event schemas, their examples and the AsyncAPI documents say the same, and say nothing of anybody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import read_document
from event_compatibility import broken
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from released import released

ROOT = Path(__file__).parents[2] / "contracts"
SCHEMAS = sorted(ROOT.glob("events/*/v*.json"))
EXAMPLES = ROOT / "examples" / "events"
ASYNCAPI = sorted(ROOT.glob("asyncapi/*.yaml"))
# Members that would carry a word of somebody; ids, codes, times and references are all that events may hold.
PERSONAL = re.compile(
    r"name|mail|phone|birth|address|text|body|description|title|longitude|latitude|answers", re.IGNORECASE
)


def type_of(schema: Path) -> str:
    return f"{schema.parent.name}.{schema.stem}"


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


PUBLIC = "parvis.public."
# Events that no other system is sent, neither by webhooks nor in the feed, the stream and public topics, and why.
NOT_OFFERED = {
    "fr.parvis.identity.account-merged.v1": "an account is its person's affair",
    "fr.parvis.identity.data-accessed.v1": "who looked at whose file is told to that person",
    "fr.parvis.identity.key-withdrawn.v1": "between the services; others read the published keys",
    "fr.parvis.identity.person-changed.v1": "an account is its person's affair",
    "fr.parvis.identity.person-erased.v1": "an account is its person's affair",
    "fr.parvis.identity.person-registered.v1": "an account is its person's affair",
    "fr.parvis.identity.session-revoked.v1": "between the services; others ask at introspection",
    "fr.parvis.notifications.data-accessed.v1": "who looked at whose letter is told to that person",
    "fr.parvis.notifications.message-sent.v1": "what somebody is written to about is between them and the town",
    "fr.parvis.notifications.sent-message-changed.v1": "goes to the application that had the message sent",
    "fr.parvis.notifications.message-received.v1": "who writes to the town is between them and the town",
    "fr.parvis.notifications.webhook-tested.v1": "goes to the one subscription that is tested",
    "fr.parvis.participation.answer-submitted.v1": "its instant, beside a portal's own log, would say who answered",
    "fr.parvis.participation.comment-published.v1": "beside a log of a portal, its instant would say who it is",
    "fr.parvis.participation.comment-withdrawn.v1": "as comment-published",
    "fr.parvis.participation.moderation-decided.v1": "what is decided of somebody's words is told to that person",
    "fr.parvis.participation.petition-submitted.v1": "as comment-published",
    "fr.parvis.participation.petition-decided.v1": "what is decided of somebody's words is told to that person",
    "fr.parvis.participation.petition-withdrawn.v1": "as comment-published",
    "fr.parvis.participation.petition-threshold-reached.v1": "names its author",
    "fr.parvis.participation.petition-closed.v1": "its end is known from its admission",
    "fr.parvis.participation.petition-answered.v1": "as petition-threshold-reached",
    "fr.parvis.participation.petition-answer-told.v1": "who signs what is between them and the town",
    "fr.parvis.participation.content-notice-told.v1": "who reports what is between them and the town",
    "fr.parvis.participation.petition-news-told.v1": "as petition-answer-told",
    "fr.parvis.participation.amendment-news-told.v1": "as process-news-told",
    "fr.parvis.participation.discussion-news-told.v1": "as process-news-told",
    "fr.parvis.participation.process-news-told.v1": "who follows what is between them and the town",
    "fr.parvis.participation.process-closing-told.v1": "as process-news-told",
    "fr.parvis.participation.proposal-milestone-told.v1": "as process-news-told",
    "fr.parvis.participation.proposal-milestone-reported.v1": "as comment-published",
    "fr.parvis.participation.meeting-news-told.v1": "names somebody who registered; the meeting is public by the API",
    "fr.parvis.participation.guest-forgotten.v1": "between the services; names somebody",
    "fr.parvis.participation.assembly-mandate-begun.v1": "names a member",
    "fr.parvis.participation.assembly-mandate-ended.v1": "names a member",
    "fr.parvis.participation.assembly-session-told.v1": "names a member; the session itself is public by the API",
    "fr.parvis.participation.assembly-news-told.v1": "who follows what is between them and the town",
    "fr.parvis.requests.agent-alerted.v1": "who has which request is between agents",
    "fr.parvis.participation.proposal-published.v1": "as comment-published",
    "fr.parvis.participation.proposal-withdrawn.v1": "as comment-published",
    "fr.parvis.requests.agent-mentioned.v1": "notes are between agents",
    "fr.parvis.requests.mention-withdrawn.v1": "notes are between agents",
    "fr.parvis.identity.phone-code-asked.v1": "what somebody shows of their own account is nobody's affair",
    "fr.parvis.requests.confirmation-asked.v1": "who has filed nothing yet is nobody's affair",
    "fr.parvis.requests.address-confirmed.v1": "how somebody is reached is nobody else's affair",
    "fr.parvis.requests.contact-corrected.v1": "how somebody is reached is nobody else's affair",
    "fr.parvis.requests.appointment-accessed.v1": "who learnt whose appointment it is is told to that person",
    "fr.parvis.requests.data-accessed.v1": "who looked at whose file is told to that person",
    "fr.parvis.requests.followed-request-moved.v1": "names who follows; the step itself is request-status-changed",
}


@pytest.mark.parametrize("path", SCHEMAS, ids=type_of)
def test_each_schema_is_valid_and_has_an_example_that_fits(path: Path) -> None:
    schema = load(path)
    validator_for(schema).check_schema(schema)
    example = load(EXAMPLES / f"{type_of(path)}.json")
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in checker.iter_errors(example)] == []
    assert set(example) == set(schema["properties"]), "an example shows every member"


def test_no_event_breaks_since_the_last_release() -> None:
    # Before the first release there is nothing to break; the checker itself is tested in test_breaking.py.
    for path, before in released(ROOT / "events").items():
        assert path in SCHEMAS, f"{type_of(path)} is still read by somebody"
        assert list(broken(json.loads(before), load(path))) == [], type_of(path)


@pytest.mark.parametrize("path", SCHEMAS, ids=type_of)
def test_events_are_thin(path: Path) -> None:
    properties = load(path)["properties"]
    assert [name for name in properties if PERSONAL.search(name)] == []
    assert {"occurred_at", "sequence", "collectivity"} <= set(properties)


@pytest.mark.parametrize("path", ASYNCAPI, ids=lambda p: p.stem)
def test_each_message_has_a_schema_of_its_type_and_each_operation_a_known_channel(path: Path) -> None:
    document = read_document(path)
    assert document["asyncapi"].startswith("3.")
    for message in document["components"]["messages"].values():
        schema = (path.parent / message["payload"]["$ref"]).resolve()
        assert schema.is_file(), schema
        assert message["name"] == type_of(schema)
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = operation["channel"]["$ref"].removeprefix("#/channels/")
        assert channel in document["channels"]
        named = {m["$ref"].rsplit("/", 1)[-1] for m in operation["messages"]}
        assert named <= set(document["channels"][channel]["messages"])


def operations(path: Path, action: str) -> Iterator[tuple[str, str]]:
    """Each event type of that action's operations, with the topic."""
    document = read_document(path)
    for operation in document["operations"].values():
        if operation["action"] == action:
            channel = document["channels"][operation["channel"]["$ref"].rsplit("/", 1)[-1]]
            for message in operation["messages"]:
                component = document["components"]["messages"][message["$ref"].rsplit("/", 1)[-1]]
                yield component["name"], channel["address"]


def test_each_event_type_is_sent_by_exactly_one_service() -> None:
    senders: dict[str, list[str]] = {type_of(path): [] for path in SCHEMAS}
    for path in ASYNCAPI:
        for type_, topic in operations(path, "send"):
            if not topic.startswith(PUBLIC):
                senders[type_].append(path.stem)
    assert {name: by for name, by in senders.items() if len(by) != 1} == {}


@pytest.mark.parametrize("path", ASYNCAPI, ids=lambda p: p.stem)
def test_what_a_service_receives_another_sends_to_that_topic(path: Path) -> None:
    sent = {told for other in ASYNCAPI if other != path for told in operations(other, "send")}
    assert [heard for heard in operations(path, "receive") if heard not in sent] == []


def test_each_event_is_offered_to_other_systems_or_there_is_a_reason() -> None:
    offered = read_document(ROOT / "openapi" / "notifications.v1.yaml")["components"]["schemas"]["PublicEvent"]["enum"]
    assert sorted([*offered, *NOT_OFFERED]) == sorted(map(type_of, SCHEMAS))


def test_what_is_offered_goes_to_the_public_topic_beside_its_own_and_nothing_else_does() -> None:
    told = {type_: topic for path in ASYNCAPI for type_, topic in operations(path, "send") if PUBLIC not in topic}
    offered = read_document(ROOT / "openapi" / "notifications.v1.yaml")["components"]["schemas"]["PublicEvent"]["enum"]
    public = [told_ for path in ASYNCAPI for told_ in operations(path, "send") if told_[1].startswith(PUBLIC)]
    beside = {type_: told[type_].replace("parvis.", f"{PUBLIC}{{collectivity}}.", 1) for type_ in offered}
    assert len(public) == len(offered)
    assert dict(public) == beside


def test_a_public_topic_is_like_the_internal_one_beside_it() -> None:
    """What a new collectivity's topics are made like, by whoever is the first to need them."""
    channels = read_document(ROOT / "asyncapi" / "notifications.v1.yaml")["channels"].values()
    bindings = {each["address"]: each["bindings"].get("kafka", {}) for each in channels}
    for public in [address for address in bindings if address.startswith(PUBLIC)]:
        internal = bindings[public.replace(f"{PUBLIC}{{collectivity}}", "parvis")]
        for what in ("partitions", "topicConfiguration"):
            assert bindings[public][what] == internal[what], public
