"""The files that follow from the gestures' tables: grammars of the assistant's console, scenes, docs/gestures.md.

`python -m skill.gesture_files` writes them anew; a test holds that they are as they would be written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pipeline.motion.gesture_wish import MOST_TIMES, STRONGEST, WEAKEST, GestureWish
from pipeline.motion.gestures import ALL_SIDES, GESTURES
from skill.camera_words import CAMERA_WORDS
from skill.gesture_words import GESTURE_WORDS, GestureWords, label, say_future, say_imperative
from skill.manner_words import COUNTS, MANNERS
from skill.story_words import MOVEMENT_WORDS, WHOLE_WORDS

ROOT: Final = Path(__file__).parents[1]
"""The repository."""
INTENTS: Final = Path("deploy/intents")
"""Folder of the grammars."""
SCENES: Final = Path("tests/fixtures/dialogs")
"""Folder of the scenes that the replayer plays."""
DOCS: Final = Path("docs/gestures.md")
"""The page about gestures."""
_INDENT: Final = " " * 4
_GRAMMAR: Final = """\
filler:
    %lemma
    алиса | пожалуйста | ну | же | уже | давай | мой | моя | этот | эта | мне | а | и | тогда | теперь
$Wish:
    %lemma
    пусть | сделать | сделать чтобы | хотеть чтобы | добавить | с | можно чтобы
$Who:
    %lemma
    он | она | бабушка | дедушка | дед | мама | папа | человек
$How:
    %lemma
    {how}
$Gesture:
    %lemma
    {gesture}
"""
_SLOT: Final = """\
slots:
    side:
        source: $Side
        type: AnimSide
"""


def files() -> Mapping[Path, str]:
    """Every file that follows from the tables, by its path in the repository."""
    grammars = {INTENTS / f"photo.{_identifier(name)}.grammar": grammar(name) for name in MOVEMENT_WORDS}
    shared = {
        INTENTS / "entities.grammar": _with_entities(_read(INTENTS / "entities.grammar")),
        INTENTS / "photo.animate.grammar": _with_styles(_read(INTENTS / "photo.animate.grammar")),
    }
    scenes = {SCENES / f"gesture-{name}.json": scene(name) for name in GESTURES}
    return MappingProxyType({**grammars, **shared, **scenes, DOCS: document()})


def grammar(name: str) -> str:
    """The grammar of one movement, with the phrases that test it."""
    words = MOVEMENT_WORDS[name]
    roots = ["[$Wish? $Gesture $Side? $How? $Who?]" if words.sides else "[$Wish? $Gesture $How? $Who?]"]
    roots += ["[$Wish? $SidedGesture $Side $How? $Who?]"] if words.console_beside_side else []
    sides = [form for forms in words.sides.values() for form in forms]
    head = [
        f"# {_capital(words.console[0])}",
        f"# ID: photo.{_identifier(name)}",
        *(f"#+ {phrase}" for phrase in _positive(name, words)),
        *(f"#- {phrase}" for phrase in words.counterexamples),
        "root:",
        *(f"{_INDENT}{root}" for root in roots),
    ]
    how = [form for text in (*_manners(), *COUNTS.values()) for form in text.split(", ")[:2]]
    tail = _part("$SidedGesture", words.console_beside_side, lemma=True) + _part("$Side", sides)
    body = _GRAMMAR.format(how=" | ".join(how), gesture=" | ".join(words.console))
    return "\n".join(head) + "\n" + (_SLOT if sides else "") + body + tail


def scene(name: str) -> str:
    """A scene in which a gesture is asked for by voice: with each side, count, strength and speed."""
    before = [{"do": "agreed"}, {"say": "оживи фото"}, {"do": "photo"}, {"do": "done"}, {"say": "готово?"}]
    steps = [*before, *(step for wish in _variants(name) for step in (_ask(wish), {"do": "done"}))]
    lines = ",\n".join(f"    {json.dumps(step, ensure_ascii=False)}" for step in steps)
    title = json.dumps(f"По голосу: {say_imperative(name)}", ensure_ascii=False)
    return f'{{\n  "name": {title},\n  "modes": ["speaker", "anonymous"],\n  "steps": [\n{lines}\n  ]\n}}\n'


def _ask(wish: GestureWish) -> Mapping[str, object]:
    said = f"пусть {say_future(wish)}".replace("на вас", "на меня")
    return {"say": said, "expect": {"scene": "new_wish", "wish": {"gestures": [str(wish)]}}}


def _variants(name: str) -> Iterator[GestureWish]:
    """A gesture as it can be asked for by voice, one detail after the other."""
    yield GestureWish(name)
    for side in GESTURE_WORDS[name].sides:
        yield GestureWish(name, side)
    for count in range(2, MOST_TIMES + 1) if GESTURES[name].beat else ():
        yield GestureWish(name, count=count)
    for manner in MANNERS.values():
        yield GestureWish(name, strength=manner.strength, speed=manner.speed)


def _manners() -> Iterator[str]:
    return (manner.expressions for manner in MANNERS.values())


def _part(name: str, forms: Sequence[str], *, lemma: bool = False) -> str:
    """A part of a grammar; empty where there are no forms."""
    if not forms:
        return ""
    return f"{name}:\n" + (f"{_INDENT}%lemma\n" if lemma else "") + f"{_INDENT}{' | '.join(forms)}\n"


def document() -> str:
    """The page about gestures."""
    rows = (
        "| {} | {} | {} | {} | {} |".format(
            f"`{name}`", gesture.about, ", ".join(gesture.sides) or "–", f"1 … {MOST_TIMES}" if gesture.beat else "–",
            f"«{say_imperative(name)}»",
        )
        for name, gesture in GESTURES.items()
    )  # fmt: skip
    return _PAGE.format(
        rows="\n".join(rows),
        weakest=WEAKEST,
        strongest=STRONGEST,
        most=MOST_TIMES,
        example=say_future(GestureWish("wink", "left", 2, 0.6)),
        label=label("shake"),
    )


def _positive(name: str, words: GestureWords) -> Iterator[str]:
    """Phrases that ask for the gesture, without repetitions."""
    whole = name in WHOLE_WORDS
    plain = (words.future if whole else say_future(GestureWish(name))).replace("ё", "е")
    said = words.imperative if whole else say_imperative(name)
    who = ("",) if name in CAMERA_WORDS else ("он ", "бабушка ")
    yield from dict.fromkeys((said, *(f"пусть {one}{plain}" for one in who), *words.examples))


def _with_entities(text: str) -> str:
    """The file of entities, with the gestures' two written anew."""
    styles = {_identifier(name): words.console for name, words in MOVEMENT_WORDS.items()}
    sides = {
        side: tuple(dict.fromkeys(form for words in GESTURE_WORDS.values() for form in words.sides.get(side, ())))
        for side in ALL_SIDES
    }
    text = _with_block(text, "entity AnimStyle:", f"{_INDENT}lemma: true\n" + _values(styles))
    return _with_block(text, "entity AnimSide:", f"{_INDENT}lemma: false\n" + _values(sides))


def _with_styles(text: str) -> str:
    """The grammar of «оживи фото», with the gestures that may be wished for in the same phrase."""
    known = " | ".join(words.console[at] for words in GESTURE_WORDS.values() for at in (0, 1))
    return _with_block(text, "$AnimStyle:", f"{_INDENT}%lemma\n{_INDENT}{known}\n")


def _values(entity: Mapping[str, Iterable[str]]) -> str:
    lines = [f"{_INDENT}values:"]
    for value, forms in entity.items():
        lines += [f"{_INDENT * 2}{value}:", *(f"{_INDENT * 3}{form}" for form in forms)]
    return "\n".join(lines) + "\n"


def _with_block(text: str, head: str, body: str) -> str:
    """The text with another body under the line `head`: all its lines that are indented."""
    found, count = re.subn(rf"^{re.escape(head)}\n(?: .*\n)+", lambda _: f"{head}\n{body}", text, flags=re.MULTILINE)
    if count != 1:
        raise ValueError(f"{head} stands {count} times in the file, not once")
    return found


def _identifier(name: str) -> str:
    """The gesture's name in the console, which knows no hyphens."""
    return name.replace("-", "_")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


_PAGE: Final = """\
# Gestures

<!-- Written by `python -m skill.gesture_files` from `pipeline/motion/gestures.py` and `skill/gesture_words.py`. -->

What a person on a photo can be asked to do, by voice, on the page, on the command line (`--gesture`) and in the API
(field `gesture`). Left and right are the viewer's: `turn:left` turns the face to the picture's left, `wink:left` shuts
the eye that lies there.

| name | what is seen | sides | count | by voice |
| --- | --- | --- | --- | --- |
{rows}

After the name may stand, each after a colon and in any order:

| detail | meaning | by voice |
| --- | --- | --- |
| a side | where none is said, the seed chooses left or right | «налево», «вверх», «левым глазом», «на меня» |
| a whole number, 1 … {most} | how many times | «дважды», «три раза» |
| a number with a decimal point, {weakest} … {strongest} | how strongly; 1.0 is natural | «чуть-чуть», «пошире» |
| `slow`, `fast` | how fast | «медленно», «быстро» |

`wink:left:2:0.6` is «{example}». Several gestures are made in the order in which they
are named: those of one part of the face one after the other, a smile and a wink together. The page has a button for
each («{label}»), without details.

## How well they come out
`ozhivi bench gestures FOLDER` asks our face tracker whether what should move does and the rest stays, `ozhivi bench
loops PHOTO…` whether the loop of any gesture, story or way of the camera can be seen to begin anew. What they found:
[figures.md](figures.md#gestures).

## To add one
Two places: its movement in `pipeline/motion/gestures.py`, its words in `skill/gesture_words.py`. Then
`python -m skill.gesture_files` writes this page and the grammars of the assistant's console anew
([deploy/intents](../deploy/intents/README.md)). The rest follows by itself: help of the command line, API, page,
understanding and answers. The tests ask for one more thing: phrases with it in `tests/skill/dialog/nlu/phrases.tsv`.
"""


if __name__ == "__main__":
    for path, content in files().items():
        (ROOT / path).write_text(content, encoding="utf-8")
