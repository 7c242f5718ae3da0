# SPDX-License-Identifier: EUPL-1.2
"""How a citizen wants to be told."""

from datetime import time

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.operation import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, problems, router, token
from parvis_notifications.api.context import now, parts_of, reader_of
from parvis_notifications.api.preference_schemas import (
    DigestTimeBody,
    PreferenceChangeView,
    PreferencesBody,
    QuietHoursBody,
    TopicChoice,
)
from parvis_notifications.db.tables import PreferenceChange
from parvis_notifications.domain.digest import WEEK, DigestTime
from parvis_notifications.domain.preferences import Mode, Preferences, Way, choices
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import Channel, Topic
from parvis_notifications.service.preferences import choose_preferences, list_changes, read_preferences

routes = router(tags=["preferences"])
_PATH = "/v1/notification-preferences"


@routes.get(
    _PATH,
    **token("notifications.preferences.read", headers=[IF_NONE_MATCH]),
    operation_id="readNotificationPreferences",
    response_model=PreferencesBody,
    responses=problems(401, 403) | NOT_MODIFIED,
)
async def read(request: Request, response: Response) -> object:
    """How the caller is told: what they chose, and the usual for the rest."""
    reader = reader_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        preferences, version = await read_preferences(session, reader)
    headers = {"Cache-Control": "no-store", "ETag": entity_tag(version)}
    if not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return _body(preferences)


@routes.put(
    _PATH,
    **token("notifications.preferences.write", headers=[IF_MATCH]),
    operation_id="chooseNotificationPreferences",
    response_model=PreferencesBody,
    responses=problems(400, 401, 403, 412, 413, 422, 428),
)
async def choose(body: PreferencesBody, request: Request, response: Response) -> object:
    """Choose anew how to be told; messages written from now on go by it."""
    reader, version = reader_of(request), required_version(request)
    chosen = _chosen(body)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        version = await choose_preferences(uow.session, reader, chosen, version=version, now=now())
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(version)})
    return _body(chosen)


@routes.get(
    "/v1/notification-preference-changes",
    **token("notifications.preferences.read"),
    operation_id="listNotificationPreferenceChanges",
    response_model=Page[PreferenceChangeView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """How the caller's choices came to be, newest first."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    bound = [reader.collectivity, str(reader.person), "preference-changes"]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_changes(session, reader, position=place, limit=limit)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_change(row) for row in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


def _change(row: PreferenceChange) -> PreferenceChangeView:
    return PreferenceChangeView(
        id=row.id,
        topic=Topic(row.topic),
        channels=[Channel(channel) for channel in row.channels],
        mode=Mode(row.mode),
        way=Way(row.way),
        words=row.words,
        changed_at=row.created_at,
    )


def _chosen(body: PreferencesBody) -> Preferences:
    given = body.quiet_hours
    quiet = None
    if given is not None:
        quiet = QuietHours(time.fromisoformat(given.begins), time.fromisoformat(given.ends), given.time_zone)
    gathered, wanted = None, body.digest_time
    if wanted is not None:
        gathered = DigestTime(time.fromisoformat(wanted.at), WEEK.index(wanted.weekday), wanted.time_zone)
    chosen = choices((each.topic, tuple(each.channels)) for each in body.topics)
    digests = {each.topic: each.digest for each in body.topics if each.digest}
    modes = {each.topic: each.mode for each in body.topics if each.mode is not Mode.ALL}
    return Preferences(body.language, quiet, chosen, digests, gathered, modes)


def _body(preferences: Preferences) -> PreferencesBody:
    quiet, gathered = preferences.quiet_hours, preferences.digest_time
    return PreferencesBody(
        language=preferences.language,
        quiet_hours=quiet
        and QuietHoursBody(begins=f"{quiet.begins:%H:%M}", ends=f"{quiet.ends:%H:%M}", time_zone=quiet.time_zone),
        digest_time=gathered
        and DigestTimeBody(at=f"{gathered.at:%H:%M}", weekday=WEEK[gathered.weekday], time_zone=gathered.time_zone),
        topics=[
            TopicChoice(
                topic=topic,
                channels=list(preferences.channels(topic)),
                mode=preferences.mode(topic),
                digest=preferences.digests.get(topic),
            )
            for topic in Topic
        ],
    )
