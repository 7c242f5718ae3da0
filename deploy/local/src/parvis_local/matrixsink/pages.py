# SPDX-License-Identifier: EUPL-1.2
"""The page and the JSON of the rooms, below ``/simulators/chat``: whoever looks acts in the place of the guest."""

from html import escape
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from parvis_local.matrixsink.bringing import Bringer
from parvis_local.matrixsink.homeserver import UNREACHABLE
from parvis_local.matrixsink.store import Event, Fault, Room, RoomStore
from parvis_local.sink_pages import ALIVE, SHOWN, Words, faults_route, named, page, words_for

_BASE: Final = "/simulators/chat"
_WORDS: Final = {
    "fr": {
        "title": "Messagerie",
        "note": "Simulateur\u00a0: personne n’a de compte ici. Répondez à la place de la personne invitée.",
        "empty": "Aucun salon pour l’instant. Donnez une adresse comme @camille:parvis.localhost dans vos préférences.",
        "join": "Accepter l’invitation",
        "leave": "Quitter ou refuser",
        "write": "Écrire",
        "thread": "Répondre dans ce fil",
        "invite": "invitation en attente",
        "gone": "parti",
        "nobody": "personne n’est invité pour l’instant",
        "how": f"Les adresses qui commencent par {UNREACHABLE} ne peuvent être invitées, celles de away.example sont"
        " à un serveur qui ne répond pas."
        ' POST /simulators/chat/faults {"fault": …}\u00a0: ce qui arrive au message suivant. Pannes\u00a0: ',
    },
    "en": {
        "title": "Messenger",
        "note": "Simulator: nobody has an account here. Answer in the place of who is invited.",
        "empty": "No room yet. Give an address such as @camille:parvis.localhost in your preferences.",
        "join": "Accept the invitation",
        "leave": "Leave, or refuse",
        "write": "Write",
        "thread": "Reply in this thread",
        "invite": "invited",
        "gone": "gone",
        "nobody": "nobody is invited yet",
        "how": f"Addresses that begin with {UNREACHABLE} cannot be invited, those of away.example are at a server that"
        " does not answer."
        ' POST /simulators/chat/faults {"fault": …}: what happens to the next message. Faults: ',
    },
}


def page_routes(store: RoomStore, bringer: Bringer) -> list[Route]:
    """What a person, or a test, looks at and does."""

    async def index(request: Request) -> Response:
        words, lang = words_for(request, _WORDS)
        rows = "".join(_row(room, words) for room in store.newest(SHOWN))
        return page(words, lang, (rows or f"<p>{escape(words['empty'])}</p>") + named(Fault, words))

    async def rooms(_request: Request) -> Response:
        return JSONResponse({"items": [_json(room) for room in store.newest(SHOWN)]})

    async def act(request: Request) -> Response:
        room = store.rooms.get(request.path_params["room"])
        if room is None:
            return PlainTextResponse("no such room", 404)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        guest_does(store, room, form)
        await bringer.bring()
        return RedirectResponse(_BASE, 303)

    return [
        ALIVE,
        Route(_BASE, index),
        Route(f"{_BASE}/rooms", rooms),
        Route(f"{_BASE}/rooms/{{room}}", act, methods=["POST"]),
        faults_route(_BASE, Fault, store.faults),
    ]


def guest_does(store: RoomStore, room: Room, form: dict[str, str]) -> None:
    """What somebody does in their room: ``act`` is join, leave or write; a ``text`` may be under a ``root``."""
    act, text = form.get("act"), form.get("text", "")
    if act in {"join", "leave"} and room.guest:
        store.move(room, room.guest, act, by=room.guest)
    elif act == "write" and text and room.members.get(room.guest) == "join":
        content: Event = {"msgtype": "m.text", "body": text}
        if root := form.get("root"):
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": root}
        store.add(room, "m.room.message", room.guest, content)


def _json(room: Room) -> dict[str, Any]:
    return {
        "room_id": room.id,
        "name": room.name,
        "guest": room.guest,
        "membership": room.members.get(room.guest),
        "messages": [
            {"event_id": each["event_id"], "sender": each["sender"], **each["content"]} for each in room.messages
        ],
    }


def _row(room: Room, words: Words) -> str:
    if not room.guest:
        return f"<section><h2>{escape(room.name)} – {escape(words['nobody'])}</h2></section>"
    membership = room.members.get(room.guest, "leave")
    state = {"join": "", "invite": f", {words['invite']}"}.get(membership, f", {words['gone']}")
    said = "".join(_said(room, event, words, writes=membership == "join") for event in room.messages)
    acts = [act for act in ("join", "leave") if act != membership]
    buttons = " ".join(f'<button name="act" value="{act}">{escape(words[act])}</button>' for act in acts)
    write = f'<input name="text" aria-label="{escape(words["write"])}"> ' + _button("write", words["write"])
    forms = f'<form class="act" method="post" action="{_BASE}/rooms/{escape(room.id)}">{buttons}</form> '
    if membership == "join":
        forms += f'<form class="act" method="post" action="{_BASE}/rooms/{escape(room.id)}">{write}</form>'
    return f"<section><h2>{escape(room.name)} – {escape(room.guest)}{state}</h2><ul>{said}</ul><p>{forms}</p></section>"


def _said(room: Room, event: Event, words: Words, *, writes: bool) -> str:
    content, own = event["content"], event["sender"] == room.guest
    under = " ↳" if content.get("m.relates_to") else ""
    head = f"<strong>{under} {escape(event['sender'])}</strong>"
    form = ""
    if writes and not own:
        root = str((content.get("m.relates_to") or {}).get("event_id", event["event_id"]))
        form = (
            f'<form class="act" method="post" action="{_BASE}/rooms/{escape(room.id)}">'
            f'<input type="hidden" name="root" value="{escape(root)}">'
            f'<input name="text" aria-label="{escape(words["thread"])}"> {_button("write", words["thread"])}</form>'
        )
    return f"<li>{head}<pre>{escape(str(content.get('body', '')))}</pre>{form}</li>"


def _button(act: str, label: str) -> str:
    return f'<button name="act" value="{act}">{escape(label)}</button>'
