"""A scene in a file: what is said and what happens, what should be heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from skill.dialog.nlg.phrase_book import PHRASES
from skill.dialog.nlu.intents import Intent
from skill.dialog.policy.decision import ResponseKind
from skill.settings import WrongSettings


@dataclass(frozen=True, slots=True)
class Mode:
    """Where a scene is played: on a device with a screen or without, by somebody signed in or not."""

    screen: bool = False
    signed_in: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """The two halves of the name, by which expectations are told apart."""
        return "screen" if self.screen else "speaker", "account" if self.signed_in else "anonymous"

    @property
    def name(self) -> str:
        return "+".join(self.names)


MODES: Final = tuple(Mode(screen, signed_in) for screen in (False, True) for signed_in in (False, True))
_SCENES: Final = {str(scene) for scene in ResponseKind}
_INTENTS: Final = {str(intent) for intent in Intent}
Half = Literal["screen", "speaker", "account", "anonymous"]


class ScriptError(WrongSettings):
    """A file that is no scene; the message says where and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(_Part):
    """What an answer should be; what is not named is not looked at, but for `end`, `linking` and `status`.

    `intent`, `scene`: as understood and decided; only seen where the service runs in our own process. `says`: names of
    phrases, any variant of which should be heard. `heard`: pieces of the text, with {code}, {wait}, {address}. `never`:
    pieces that must not be there. `buttons`: meanings of buttons that should be among those shown: an intent, or
    {link}; an empty list: none at all. `card`: ImageGallery, BigImage or ItemsList. `jobs`: how many this person has
    afterwards. `wish`: of the newest job. `silent`: an answer without a body.
    """

    intent: str = ""
    scene: str = ""
    says: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None
    card: str = ""
    end: bool = False
    linking: bool = False
    status: int = 200
    silent: bool = False
    jobs: int | None = None
    wish: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_known(self) -> Expect:
        if self.scene and self.scene not in _SCENES:
            raise ValueError(f"there is no scene {self.scene!r}")
        if self.intent and self.intent not in _INTENTS:
            raise ValueError(f"there is no intent {self.intent!r}")
        if unknown := [name for name in self.says if name not in PHRASES and name != "ready_made"]:
            raise ValueError(f"there is no phrase {unknown[0]!r}")
        return self


class Event(_Part):
    """Something that happens between two turns; see events.py for each. `only`: halves of modes it happens in."""

    do: str
    only: tuple[Half, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    what: str = ""
    gestures: tuple[str, ...] = ()


class Said(_Part):
    """A turn. One of `say`, `press` (a button's meaning or title), `link` (the account has been linked) and `raw` (any
    body). {code}, {digits}, {wrong} stand for what was heard before. `body`: changes the message (null takes a field
    away). `intents`: that the platform recognised. `twice`: the same message comes again, the same bytes are expected.
    `on`: what is expected otherwise in a half of the modes.
    """

    say: str | None = None
    press: str | None = None
    link: bool = False
    raw: str | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = Field(default_factory=dict)
    twice: bool = False
    only: tuple[Half, ...] = ()
    expect: Expect = Expect()
    on: dict[Half, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one(self) -> Said:
        if sum((self.say is not None, self.press is not None, self.link, self.raw is not None)) != 1:
            raise ValueError("exactly one of say, press, link, raw")
        for half in self.on:
            self._with((half,))
        return self

    def expected(self, mode: Mode) -> Expect:
        return self._with(mode.names)

    def _with(self, halves: Iterable[str]) -> Expect:
        whole: dict[str, Any] = self.expect.model_dump(exclude_unset=True)
        for half in halves:
            whole |= self.on.get(half, {})  # type: ignore[call-overload]
        return Expect.model_validate(whole)

    @property
    def title(self) -> str:
        """For people."""
        if self.press is not None:
            return f"[{self.press}]"
        if self.link:
            return "(аккаунт связан)"
        if self.raw is not None:
            return f"(тело: {self.raw[:40]})"
        return self.say or "(запуск)"


def _kind(value: Any) -> str:
    return "event" if isinstance(value, Event) or (isinstance(value, dict) and "do" in value) else "turn"


Step = Annotated[Annotated[Said, Tag("turn")] | Annotated[Event, Tag("event")], Discriminator(_kind)]


class Script(_Part):
    """`modes`: halves that every mode it is for must have; all four where it is empty. `linking`: the device can start
    account linking. `linked`: it is done already."""

    name: str
    assistant: Literal["alice", "salute"] = "alice"
    modes: tuple[Half, ...] = ()
    linking: bool = False
    linked: bool = False
    steps: tuple[Step, ...]

    def played(self) -> tuple[Mode, ...]:
        return tuple(mode for mode in MODES if fits(mode, self.modes))


def fits(mode: Mode, halves: Sequence[str]) -> bool:
    return all(half in mode.names for half in halves)


def read_script(path: Path) -> Script:
    """Raises ScriptError, OSError."""
    try:
        return Script.model_validate_json(path.read_bytes())
    except ValidationError as error:
        one = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in one["loc"])
        raise ScriptError(f"{path.name}: {place}: {one['msg'].removeprefix('Value error, ')}") from None


def find_scripts(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files as they are, of folders all *.json below them. Raises ScriptError where there are none."""
    found = [file for path in paths for file in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]
    if not found:
        raise ScriptError("no scenes there: name a *.json file or a folder with some")
    return tuple(found)
