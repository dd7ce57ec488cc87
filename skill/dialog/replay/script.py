"""Script of a dialog in a file: turns, events between them, and what should be heard."""

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
    """Device and person that a script is played with."""

    screen: bool = False
    """Whether the device has a screen."""
    signed_in: bool = False
    """Whether somebody is signed in at it."""

    @property
    def names(self) -> tuple[str, str]:
        """Both halves of the name, by which expectations are told apart."""
        return "screen" if self.screen else "speaker", "account" if self.signed_in else "anonymous"

    @property
    def name(self) -> str:
        return "+".join(self.names)


MODES: Final = tuple(Mode(screen, signed_in) for screen in (False, True) for signed_in in (False, True))
_SCENES: Final = {str(scene) for scene in ResponseKind}
_INTENTS: Final = {str(intent) for intent in Intent}
Half = Literal["screen", "speaker", "account", "anonymous"]


class ScriptError(WrongSettings):
    """A script that can't be read or played; the message says where and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Part):
    """Properties that an answer should have; what is not named is not looked at, but for `end`, `linking` and
    `status`."""

    intent: str = ""
    """Intent that should be understood; only seen where the service runs in our own process."""
    scene: str = ""
    """Kind of response that should be decided on; only seen where the service runs in our own process."""
    says: tuple[str, ...] = ()
    """Names of phrases, any variant of which should be in the text."""
    heard: tuple[str, ...] = ()
    """Pieces of the text, with {code}, {wait}, {address}."""
    never: tuple[str, ...] = ()
    """Pieces that must be neither in the text nor in the speech."""
    spoken: tuple[str, ...] = ()
    """Pieces of the speech with its marks: «+» before a stressed vowel, `sil <[300]>` for a pause of so many ms,
    {pause} for a pause of any length."""
    within: Annotated[float, Field(gt=0)] | None = None
    """Seconds that the answer may take."""
    buttons: tuple[str, ...] | None = None
    """Meanings of buttons that should be among those shown: an intent, or {link}; empty: none at all."""
    card: str = ""
    """Type of the picture card: ImageGallery, BigImage or ItemsList."""
    end: bool = False
    """Whether the session ends."""
    linking: bool = False
    """Whether account linking is to start."""
    status: int = 200
    """HTTP status of the answer."""
    silent: bool = False
    """Whether the answer has no body."""
    jobs: int | None = None
    """Number of jobs that the person has afterwards."""
    wish: dict[str, Any] | None = None
    """Fields of the newest job's wish."""

    @model_validator(mode="after")
    def _is_known(self) -> Expectation:
        if self.scene and self.scene not in _SCENES:
            raise ValueError(f"there is no scene {self.scene!r}")
        if self.intent and self.intent not in _INTENTS:
            raise ValueError(f"there is no intent {self.intent!r}")
        if unknown := [name for name in self.says if name not in PHRASES and name != "ready_made"]:
            raise ValueError(f"there is no phrase {unknown[0]!r}")
        return self


class EventStep(_Part):
    """Something that happens between two turns; see `events` for each."""

    do: str
    """Name of the event."""
    only: tuple[Half, ...] = ()
    """Halves of the modes that it happens in; empty for all."""
    reason: str = ""
    """Code of a refusal, "reason" or "reason.cause"."""
    seconds: float = 0.0
    """Seconds that pass, or that one waits."""
    what: str = ""
    """Object of the event: which photo, which part of the service."""
    gestures: tuple[str, ...] = ()
    """Gestures chosen on the page."""


class TurnStep(_Part):
    """A turn: exactly one of `say`, `press`, `link` and `raw`. {code}, {digits}, {wrong} in it stand for what was heard
    before."""

    say: str | None = None
    """Words that are said; empty: the start of the skill."""
    press: str | None = None
    """Meaning or title of the button that is pressed."""
    link: bool = False
    """Whether the account has just been linked."""
    raw: str | None = None
    """Any body."""
    body: dict[str, Any] = Field(default_factory=dict)
    """Merge patch on the message; null takes a field away."""
    intents: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Intents that the platform recognised."""
    twice: bool = False
    """Whether the same message comes again; the same bytes are expected then."""
    only: tuple[Half, ...] = ()
    """Halves of the modes that it is said in; empty for all."""
    expect: Expectation = Expectation()
    """Properties that the answer should have."""
    on: dict[Half, dict[str, Any]] = Field(default_factory=dict)
    """Properties that it should have otherwise in a half of the modes."""

    @model_validator(mode="after")
    def _is_one(self) -> TurnStep:
        if sum((self.say is not None, self.press is not None, self.link, self.raw is not None)) != 1:
            raise ValueError("exactly one of say, press, link, raw")
        for half in self.on:
            self._with((half,))
        return self

    def expected(self, mode: Mode) -> Expectation:
        """Properties that the answer should have in this mode."""
        return self._with(mode.names)

    def _with(self, halves: Iterable[str]) -> Expectation:
        whole: dict[str, Any] = self.expect.model_dump(exclude_unset=True)
        for half in halves:
            whole |= self.on.get(half, {})  # type: ignore[call-overload]
        return Expectation.model_validate(whole)

    @property
    def title(self) -> str:
        """The turn in words, for people."""
        if self.press is not None:
            return f"[{self.press}]"
        if self.link:
            return "(аккаунт связан)"
        if self.raw is not None:
            return f"(тело: {self.raw[:40]})"
        return self.say or "(запуск)"


def _kind(value: Any) -> str:
    return "event" if isinstance(value, EventStep) or (isinstance(value, dict) and "do" in value) else "turn"


Step = Annotated[Annotated[TurnStep, Tag("turn")] | Annotated[EventStep, Tag("event")], Discriminator(_kind)]


class Script(_Part):
    """A whole script."""

    name: str
    """Name for people."""
    assistant: Literal["alice", "salute"] = "alice"
    """Assistant whose messages are sent."""
    modes: tuple[Half, ...] = ()
    """Halves that every mode it is played in must have; empty: it is played in all four."""
    linking: bool = False
    """Whether the device can start account linking."""
    linked: bool = False
    """Whether an account is linked already."""
    steps: tuple[Step, ...]
    """Turns and events, in their order."""

    def played_modes(self) -> tuple[Mode, ...]:
        return tuple(mode for mode in MODES if matches_mode(mode, self.modes))


def matches_mode(mode: Mode, halves: Sequence[str]) -> bool:
    """Whether the mode has all these halves."""
    return all(half in mode.names for half in halves)


def read_script(path: Path) -> Script:
    """The script in a file. Raises ScriptError, OSError."""
    try:
        return Script.model_validate_json(path.read_bytes())
    except ValidationError as error:
        one = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in one["loc"])
        raise ScriptError(f"{path.name}: {place}: {one['msg'].removeprefix('Value error, ')}") from None


def count_turns(script: Script, mode: Mode) -> int:
    """The number of turns that the script has in a mode."""
    return sum(isinstance(step, TurnStep) and matches_mode(mode, step.only) for step in script.steps)


def find_scripts(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Paths of scripts: files as they are, of folders all *.json below them. Raises ScriptError for none."""
    found = [file for path in paths for file in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]
    if not found:
        raise ScriptError("no scenes there: name a *.json file or a folder with some")
    return tuple(found)
