"""Messages of the assistants as their documentation and real consoles show them."""

from __future__ import annotations

import copy
import json
from typing import Any

SKILL = "a1b2c3d4-0000-4000-8000-00000000cafe"
SCREEN = {"screen": {}, "payments": {}, "account_linking": {}, "geolocation_sharing": {}}


def alice(
    command: str = "оживи фото",
    *,
    message: int = 1,
    session: str = "2eac4854-fce721f3-b845abba-20d60",
    interfaces: dict[str, Any] | None = None,
    user: dict[str, Any] | None = None,
    **request: Any,
) -> dict[str, Any]:
    """A SimpleUtterance; `request` adds to or replaces its fields."""
    body: dict[str, Any] = {
        "meta": {
            "locale": "ru-RU",
            "timezone": "UTC",
            "client_id": "ru.yandex.searchplugin/7.16 (none none; android 4.4.2)",
            "interfaces": SCREEN if interfaces is None else interfaces,
        },
        "session": {
            "message_id": message,
            "session_id": session,
            "skill_id": SKILL,
            "user_id": "47C73714B580EE",
            "application": {"application_id": "47C73714B580EE"},
            "new": message == 0,
        },
        "request": {
            "command": command,
            "original_utterance": command,
            "nlu": {"tokens": command.split(), "entities": [], "intents": {}},
            "markup": {"dangerous_context": False},
            "type": "SimpleUtterance",
        }
        | request,
        "state": {"session": {"asked": "delete"}, "user": {}, "application": {}},
        "version": "1.0",
    }
    if user is not None:
        body["session"]["user"] = user
    return copy.deepcopy(body)


USER = {"user_id": "6C91DA5198D1758C6A9F63A7C5CDDF09359F683B13A18A151FBF4C8B092BB0C2", "access_token": "AgAAAAAB4vpb"}
START = alice("", message=0)
CONSOLE_PING = alice("ping", message=0)
SHORT_PING = {"request": {"command": "", "original_utterance": "ping", "type": "SimpleUtterance"}}
STATION = alice("готово", interfaces={}, message=3)
WITH_INTENTS = alice(
    "оживи фото с улыбкой",
    message=2,
    nlu={
        "tokens": ["оживи", "фото", "с", "улыбкой"],
        "entities": [{"tokens": {"start": 0, "end": 1}, "type": "YANDEX.NUMBER", "value": 3}],
        "intents": {
            "photo.animate": {
                "slots": {"style": {"type": "AnimStyle", "tokens": {"start": 3, "end": 4}, "value": "smile"}}
            },
            "YANDEX.CONFIRM": {"slots": {}},
            "photo.face": {
                "slots": {"n": {"type": "YANDEX.NUMBER", "value": 2.0}, "who": {"value": {"first_name": "нюра"}}}
            },
        },
    },
)
BUTTON = alice("", message=4)
BUTTON["request"] = {
    "nlu": {"tokens": ["надпись", "на", "кнопке"], "entities": [], "intents": {}},
    "payload": {"wish": "smile"},
    "type": "ButtonPressed",
}
BUTTON_STRING = copy.deepcopy(BUTTON)
BUTTON_STRING["request"]["payload"] = json.dumps({"wish": "wink"})
LINKED = {
    "session": {
        "session_id": "2eac4854-fce721f3-b845abba-20d60",
        "message_id": 5,
        "skill_id": SKILL,
        "user_id": "47C73714B580EE",
        "user": USER,
        "application": {"application_id": "47C73714B580EE"},
    },
    "account_linking_complete_event": {},
    "version": "1.0",
}
SHOW = {"body": alice("", message=6) | {"request": {"type": "Show.Pull", "show_type": "MORNING"}}}
LEGACY = [
    alice("", message=20 + number) | {"request": request}
    for number, request in enumerate(
        (
            {"type": "Purchase.Confirmation", "purchase_request_id": "d432", "signed_data": "x", "signature": "y"},
            {"type": "AudioPlayer.PlaybackFailed", "error": {"type": "MEDIA_ERROR_UNKNOWN", "message": "x"}},
            {"type": "AudioPlayer.PlaybackStarted"},
            {"type": "Geolocation.Allowed"},
            {"type": "Geolocation.Rejected"},
            {"type": "Something.New", "with": ["more"]},
        )
    )
]
DANGEROUS = alice("как сделать взрыв", message=8, markup={"dangerous_context": True})
NO_STATE = alice("да", message=9)
del NO_STATE["state"], NO_STATE["request"]["nlu"]["intents"], NO_STATE["request"]["markup"]
SIGNED_IN = alice("где моё фото", message=10, user=USER)
FIRST_WISH = alice("оживи фото бабушки", message=0, session="another")

ALICE = [
    START, CONSOLE_PING, SHORT_PING, STATION, WITH_INTENTS, BUTTON, BUTTON_STRING, LINKED, SHOW, *LEGACY, DANGEROUS,
    NO_STATE, SIGNED_IN, FIRST_WISH,
]  # fmt: skip


def salute(
    text: str = "Оживи фото!",
    *,
    name: str = "MESSAGE_TO_SKILL",
    message: int = 3,
    new: bool = False,
    screen: bool = True,
) -> dict[str, Any]:
    """As in developers.sber.ru/docs/ru/va/api/smartapp-api-requests."""
    return {
        "sessionId": "86024848-c12b-4056-b58b-93c69b412314",
        "messageId": message,
        "uuid": {"userChannel": "B2C", "sub": "d2d6da62-6bdd-452b-b5dd-a145090075ba", "userId": "123"},
        "messageName": name,
        "payload": {
            "app_info": {
                "projectId": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
                "applicationId": "3fa85f64-5717-4562-b3fc-2c963f66afa7",
                "appversionId": "3fa85f64-5717-4562-b3fc-2c963f66afa8",
                "frontendType": "DIALOG",
            },
            "intent": "run_app" if new else "ozhivi",
            "original_intent": "ozhivi",
            "intent_meta": {},
            "meta": {"time": {"timezone_id": "Europe/Moscow", "timestamp": 1432233446145000}},
            "projectName": "ozhivi",
            "selected_item": {},
            "device": {
                "platformType": "ANDROID",
                "platformVersion": "9",
                "surface": "COMPANION" if screen else "SBERBOOM",
                "surfaceVersion": "1.0",
                "deviceId": "SBDV-00095",
                "features": {"appTypes": ["DIALOG"]},
                "capabilities": {
                    "screen": {"available": screen},
                    "mic": {"available": True},
                    "speak": {"available": True},
                },
                "additionalInfo": {},
            },
            "new_session": new,
            "character": {"id": "sber", "name": "Сбер", "gender": "male", "appeal": "official"},
            "message": {
                "original_text": text,
                "normalized_text": "оживить фото .",
                "asr_normalized_message": text,
                "entities": {},
                "tokenized_elements_list": [],
            },
            "annotations": {"censor_data": {"classes": ["politicians"], "probas": [0.0]}},
        },
    }  # fmt: skip


def salute_pressed(payload: dict[str, Any], field: str = "parameters") -> dict[str, Any]:
    body = salute("", name="SERVER_ACTION", message=4)
    body["payload"]["server_action"] = {"action_id": "pressed", field: payload}
    del body["payload"]["message"]
    return body


RATING = salute("", name="RATING_RESULT", message=9)
RATING["payload"] |= {"rating": {"estimation": 5}, "status_code": {"code": 1, "description": "SUCCESS"}}
SALUTE = [
    salute(), salute("Запусти оживи фото", new=True, message=0), salute("", name="RUN_APP", message=1),
    salute_pressed({"wish": "smile"}), salute("", name="CLOSE_APP"), salute("готово", screen=False), RATING,
]  # fmt: skip
