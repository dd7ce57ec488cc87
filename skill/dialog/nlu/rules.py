"""Rules that make an intent of concepts; the first one that fits wins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from skill.dialog.nlu.concepts import Heard
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import MOVEMENTS
from skill.dialog.nlu.rule_index import RuleIndex, terms
from skill.gesture_words import DETAILS
from skill.missing_movements import MISSING
from skill.story_words import CLEAR, MOVEMENT_WORDS, VAGUE

ANY = 99
# concepts that change nothing where a rule wants to be alone
SOFT = frozenset(
    {
        *{"filler", "yes", "thanks", "good", "hello", "its", "make", "which", "what", "whom", "give", "me", "later"},
        *{"hold", "let", "now", "self", "stay", "pass-away", "to-person", "anyone", "behind"},
        *DETAILS,
    }
)
GESTURE = "/".join(MOVEMENT_WORDS)
CLEAR_GESTURE = "/".join(CLEAR)
VAGUE_GESTURE = "/".join(VAGUE)
DENIED = "/".join(f"not.{name}" for name in (*MOVEMENT_WORDS, *MISSING, "live", "animate", "animation", "delete"))
FACE = "at-left/at-right/to-left/to-right/largest/middle/from-end/everyone"
MOVEMENT = "/".join(MOVEMENTS)
LONE_MOVEMENT = "/".join(name for name, one in MISSING.items() if one.stands_alone)
WORK = (
    "photo person video its me phone animate animate.past animate.fin show show.fin finish.past "
    "ready when how-goes wait status more"
)
EVERY_GESTURE = GESTURE.replace("/", " ")
STILL_MOVING = "/".join(f"{name}.fin" for name in MOVEMENT_WORDS)
MOVING = (
    f"photo person head number again once-more more live video no animate which show make.fin {FACE.replace('/', ' ')} "
    f"{EVERY_GESTURE} {' '.join(f'{name}.fin' for name in EVERY_GESTURE.split())} {DENIED.replace('/', ' ')}"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Concepts that make an intent."""

    intent: Intent
    """What they make."""

    needs: str
    """Concepts that are all there: «a/b» one of them, «-a» not there."""

    strangers: int = 0
    """Words of other things that it bears, as `Heard.strangers` counts them."""

    alone: bool = False
    """Whether besides the needed concepts there may be only soft ones and those of `may`."""

    may: str = ""
    """Concepts that may be there besides, where it is `alone`."""

    when: str = ""
    """The `Stake` of the only question that it answers; empty for any."""

    def fits(self, heard: Heard, expecting: str) -> bool:
        if heard.strangers > self.strangers or (self.when and self.when != expecting):
            return False
        wanted, unwanted = terms(self.needs)
        if unwanted & heard.concepts or not all(group & heard.concepts for group in wanted):
            return False
        return not self.alone or heard.concepts <= SOFT.union(self.may.split(), *wanted)


def intent_of(heard: Heard, expecting: str) -> Intent:
    candidates = _index().candidates(heard.concepts)
    return next((rule.intent for rule in candidates if rule.fits(heard, expecting)), Intent.UNKNOWN)


@lru_cache(maxsize=1)
def _index() -> RuleIndex[Rule]:
    return RuleIndex(RULES)


def _not(names: str) -> str:
    """None of these, as a rule needs it."""
    return " ".join(f"-{name}" for name in names.split("/"))


_I = Intent
RULES: tuple[Rule, ...] = (
    # a short answer to what the skill has just asked; yes and no are decided in yes_no.py
    Rule(_I.APPEAL, "number", 1, when="age"),
    Rule(_I.CHOOSE, f"{FACE}/number/ordinal/all -ready -delete -other", 4, when="face"),
    Rule(_I.CHOOSE, "person -ready -delete -other -animate -smile", 1, alone=True, may="head which", when="face"),
    Rule(
        _I.CHOOSE,
        "at-left/at-right/middle which -who -no -neednot -not.animate -spare -cancel -delete -other",
        4,
        when="face",
    ),
    Rule(_I.CHOOSE, "anyone", alone=True, may="person which no photo head", when="face"),
    Rule(_I.REPEAT, "agree-to-what", 3, when="consent"),
    # somebody is gone
    Rule(_I.GRIEF, f"grief -animate -live -make -animation -delete -send -number -code {_not(GESTURE)}", 3),
    Rule(_I.GRIEF, "gone person/its -photo -video -code -link -finish", 1),
    Rule(_I.GRIEF, "depart.past pass-away person -photo -video", 0),
    Rule(_I.GRIEF, "sad whom -make -let -person -its", alone=True),
    Rule(_I.STATUS, "show once-more thanks/delight/good -let -make -not.show -other", 1),
    Rule(_I.THANKS, f"delight {STILL_MOVING} -let -make", 2),  # «обалдеть, бабушка моргает»
    # moved: «плачу, какая живая»
    Rule(
        _I.THANKS,
        "delight -let",
        2,
        alone=True,
        may="video photo person thanks live live.past smile.past show ready all me no surprise cry which whom head",
    ),
    # «хватит, отмени» is about the work, «хватит» alone leaves
    Rule(_I.CANCEL, "cancel enough -bye -other -send", 1),
    # leaving
    Rule(_I.EXIT, "elsewhere cancel/neednot/no/bye/enough/close/leave", 2),
    Rule(
        _I.EXIT,
        "leave/depart",
        0,
        alone=True,
        may="skill close cancel bye no all more neednot finish finish.past person largest enough leave depart",
    ),
    Rule(_I.EXIT, "leave", alone=True, may="code help no all largest enough cancel"),  # «не могу, отстань с цифрами»
    Rule(_I.EXIT, "bye -make -let -hold", alone=True, may="leave depart person all enough"),
    Rule(_I.EXIT, "close/finish", alone=True, may="skill leave depart bye all enough"),
    # time to find a photo, and what stands in its way
    Rule(_I.WAIT, "hold -yes -hello", alone=True, may="wait photo more phone gallery what number"),
    Rule(_I.WAIT, "send.fin person hold/later", 2, alone=True, may="send photo phone filler strange-verb its"),
    Rule(_I.WAIT, "stay -yes -hello", 3, alone=True, may="wait photo more phone gallery what number"),
    Rule(_I.ENTERED, "enter.past", alone=True, may="code link phone photo what help skill gallery"),
    Rule(_I.ENTERED, "show.past link", 1),
    Rule(_I.TROUBLE, "code refused", 2),
    Rule(_I.TROUBLE, "stuck -animate -video -photo -head", 2),
    Rule(_I.TROUBLE, "link refused/not.send", 2),
    Rule(_I.STATUS, "absent video", 1),
    Rule(_I.TROUBLE, "button no/unseen/where/absent/refused/stuck", 2),
    Rule(_I.TROUBLE, "link unseen/no", 2),
    Rule(_I.TROUBLE, "absent -photo -video -code", 1, alone=True, may="link phone no more its"),
    Rule(_I.SEND, "missed", 1, alone=True, may="code link repeat once-more keep help photo finish"),
    # doubts and questions
    Rule(_I.STATUS, "why when", 1),
    Rule(_I.WHY, "why", alone=True, may="no not.ready minor help neednot refused"),
    Rule(_I.WHY, f"why animate/photo/video/person/send/refuse/{GESTURE}/animate.past/not.animate/ready/not.make", ANY),
    Rule(_I.WHY, "why not.send/not.live/not.delete/no/adult/mistake/not.show", 1),
    Rule(_I.CONSENT_TEXT, "trust/days -delete -not.delete", 2),
    Rule(_I.CONSENT_TEXT, "worry photo/data/its/keep/video/send -clear -delete", 2),
    Rule(_I.CONSENT_TEXT, "who show -animate", 1),
    Rule(_I.CONSENT_TEXT, "worry", alone=True, may="no keep keep.fin once-more more repeat say-again give"),
    Rule(
        _I.CONSENT_TEXT,
        "keep.fin/keep.past/not.keep/not.keep.fin",
        1,
        alone=True,
        may="photo data all person when where who trust no video keep days phone code",
    ),
    Rule(_I.CONSENT_TEXT, "vanish.fin", 1),
    Rule(_I.CONSENT_TEXT, "delete.fin/not.delete.fin", 1),
    Rule(_I.CONSENT_TEXT, "delete when/days/trust", 1),
    Rule(_I.APPEAL, "adult/mistake -photo -animate -send -again -other -video -delete -wrong", 2),
    Rule(_I.APPEAL, "number year person -animate -when", 1),
    Rule(_I.APPEAL, "number year -photo -animate -when -keep -send", 1),
    Rule(_I.APPEAL, "number whom", 1, alone=True, may="person year no"),
    Rule(_I.APPEAL, "grown photo me/its -animate -send -again -other -video -delete -wrong -minor", 1),
    Rule(_I.MINOR, "minor -adult", alone=True, may="person its photo number year no"),
    # taking away
    Rule(
        _I.DELETE,
        "clear photo/video/data/all/me",
        alone=True,
        may="person other phone clear delete forget everyone worry wrong send.past",
    ),
    Rule(_I.DELETE, "rethink delete", alone=True, may="cancel photo video all data me"),
    Rule(_I.CANCEL, f"enough {GESTURE}/{MOVEMENT}", 1),
    Rule(_I.CANCEL, "cancel -other -send", 1),
    Rule(_I.CANCEL, "spare", 1, alone=True, may="photo video all person no data"),
    Rule(_I.CANCEL, "forget", alone=True, may="clear"),
    Rule(_I.CANCEL, "delete neednot", ANY),
    Rule(_I.DELETE, "delete/clear let not.show/trust", 2),  # «сотри, чтобы жена не увидела»
    Rule(_I.AGAIN, f"delete/clear {GESTURE}", 1),
    Rule(
        _I.DELETE,
        "delete",
        alone=True,
        may="photo video data all everyone person other phone head send.past clear worry me wrong at-left at-right",
    ),
    # keeping the video, and sending it on
    Rule(_I.SHARE, "share -code -link", 2),
    Rule(_I.GESTURE, "kiss let/send -photo -code -link", 4),  # «пусть пошлёт воздушный поцелуй»
    Rule(_I.SHARE, "send messenger/to-person -code -phone -delete -animate", 2),
    Rule(_I.SHARE, "video to-person/messenger -where -ready", 1),
    Rule(
        _I.SAVE, "download/keep", alone=True, may="video photo phone gallery ready animate.past self help keep how-goes"
    ),
    # getting the photo in
    Rule(_I.SEND, "repeat/once-more/say-again code/link", 1),
    Rule(_I.STATUS, "give/send/show/where link/phone/its/person video -not.send", 1),
    Rule(_I.STATUS, "send.past", 1, alone=True, may="photo person phone all video other ready show gallery wrong"),
    Rule(_I.SEND, "phone", alone=True, may="no"),
    Rule(_I.SEND, "not.send.fin photo/its/code/link", 1),
    Rule(
        _I.SEND,
        "code/link -not.send -other",
        2,
        alone=True,
        may="clear.past ready wait photo phone help send show where when no other more not.send cancel gallery skill "
        "enter absent",
    ),
    Rule(_I.SEND, "other code/link", 1),
    Rule(_I.SEND, "other numbered -photo -person -video -animate", 2),
    # words about the conversation
    Rule(_I.ABILITIES, "abilities", 1),
    Rule(_I.REPEAT, "repeat help", alone=True, may="once-more more say-again what"),
    Rule(_I.GESTURE, f"let help {CLEAR_GESTURE}", 1),  # «научи его подмигивать»
    Rule(_I.HELP, "help -animate -send -delete -not.send -live", 1),
    Rule(_I.REPEAT, "say-again", 1),
    Rule(_I.REPEAT, "repeat", alone=True, may="once-more more say-again at-right"),
    # another one of the same photo
    Rule(_I.CHOOSE, "now/other/ordinal/more person/which behind -photo -delete -send -code", 2),
    Rule(_I.CHOOSE, "which person behind -photo -animate -delete -send -code", 2),
    # another photo
    Rule(_I.NEW, "now person", 1, alone=True, may="photo"),
    Rule(_I.NEW, "other photo/person/send -ready -how-goes -where -when -neednot", 1),
    Rule(_I.NEW, "more photo -ready -how-goes -where -when -neednot", 1),
    Rule(_I.NEW, "wrong/mistake photo", 1),
    Rule(_I.NEW, "other", alone=True),
    Rule(_I.SEND, "send/give phone/gallery", 1),
    Rule(_I.SEND, "photo phone/gallery", 1, alone=True, may="keep make where"),
    Rule(_I.STATUS, "send/give video", 1),
    Rule(_I.SEND, "send photo/person/help/its -animate -not.send -smile", 1),
    Rule(_I.SEND, "send", alone=True),
    # a movement that there is not
    Rule(_I.UNSUPPORTED, f"{MOVEMENT} let/make/person/photo/animate/its/live/whom -show.past -not.animate -delete", 3),
    Rule(_I.UNSUPPORTED, "speak give/its/hello/whom", 4),
    Rule(_I.UNSUPPORTED, "show tongue", alone=True),
    Rule(_I.UNSUPPORTED, LONE_MOVEMENT, alone=True, may=MOVEMENT.replace("/", " ")),
    # the wish itself
    Rule(_I.STATUS, "animate/live/animation ready/when/how-goes/wait/where", 0),
    Rule(_I.AGAIN, "again/once-more animate/animation/live -photo.other", 1),
    Rule(_I.AGAIN, "repeat animate/animation/live/video", 1),
    Rule(_I.ANIMATE, "animate photo/video", ANY),
    Rule(_I.ANIMATE, f"animate person/data/me/{FACE}", 1),
    Rule(
        _I.ANIMATE,
        "animate",
        alone=True,
        may=f"head which all ordinal more {EVERY_GESTURE} animate.fin live help skill",
    ),
    Rule(_I.ANIMATE, f"animate {GESTURE}", 1),
    Rule(
        _I.ANIMATE,
        "make/photo/its/person live -not.live -when",
        0,
        alone=True,
        may="photo person all smile animation video more head live.fin make.fin",
    ),
    Rule(_I.ANIMATE, "make live photo/person", 1),
    Rule(_I.ANIMATE, "make animation/video", alone=True, may="photo person animation video live make.fin data"),
    Rule(_I.ANIMATE, "animation/video photo make", 1),
    Rule(_I.GESTURE, VAGUE_GESTURE, alone=True, may=MOVING),
    Rule(_I.GESTURE, f"{VAGUE_GESTURE} person/photo/head", 1),
    Rule(_I.GESTURE, f"send {VAGUE_GESTURE} -photo -code -link -phone", 0),  # «добавь моргание»
    Rule(_I.GESTURE, CLEAR_GESTURE, 1),
    Rule(_I.GESTURE, f"{CLEAR_GESTURE} make/person/photo/its/send/whom/head/yes/give/once-more", 2),
    # how far it is
    Rule(
        _I.THANKS, "thanks", alone=True, may="ready animate.past smile.past make.past person photo video show.past good"
    ),
    Rule(
        _I.STATUS,
        "animate.past/finish.past/make.past/ready",
        alone=True,
        may=f"{WORK} no where all skill more code link live send other",
    ),
    Rule(
        _I.STATUS,
        "how-goes/status/when/wait",
        alone=True,
        may=f"{WORK} no where send make make.fin live finish finish.fin all code",
    ),
    Rule(_I.STATUS, "where photo/video/its/ready/animate.past/person", 1),
    Rule(_I.STATUS, "where", alone=True, may="show"),
    Rule(_I.STATUS, "make.fin more", alone=True),
    Rule(_I.STATUS, "show photo/video/ready/its/animate.past/person/phone/how-goes -make -not.show -not.send", 0),
    Rule(_I.STATUS, "show photo/video", 1),
    Rule(_I.STATUS, "vanish.past", 1, alone=True, may="photo video where all person"),
    Rule(_I.STATUS, "how-goes person/photo/video/its", 2),
    Rule(_I.STATUS, "show", alone=True, may="all once-more repeat"),
    Rule(_I.STATUS, "video", alone=True, may="give want ready more show"),
    # the same once more, which face, never mind
    Rule(_I.AGAIN, "look-closer", 3),
    Rule(_I.AGAIN, "again/again.past", 1),
    Rule(_I.AGAIN, "wrong", alone=True),
    Rule(_I.AGAIN, "once-more/more", alone=True, may="once-more more repeat photo animation live video"),
    Rule(_I.AGAIN, "other live/animation/video", 1),
    Rule(_I.CHOOSE, FACE, alone=True, may="person which ordinal number head adult minor all"),
    Rule(_I.CHOOSE, "ordinal", alone=True, may="person which"),
    Rule(_I.CHOOSE, "numbered number", alone=True, may="which person"),
    Rule(_I.SEND, "photo person -its -mistake -adult -minor", alone=True),  # «у меня есть фото бабушки»
    Rule(_I.NO, "no neednot", alone=True),
    Rule(_I.CANCEL, f"neednot/not.send/not.keep/not.make/not.show/not.clear/{DENIED}", 2),
    # manners
    Rule(_I.NO, "no", alone=True, may="bye photo person"),
    Rule(
        _I.THANKS,
        "thanks/good",
        1,
        alone=True,
        may="photo person video ready animate.past smile.past its all more live show.past make.past no",
    ),
    Rule(_I.HELLO, "hello", alone=True, may="person"),
    Rule(_I.REPEAT, "what", alone=True),
    Rule(_I.UNSUPPORTED, "let strange-verb -photo -send -delete -code", 4),
    # many words around what is clear by itself
    Rule(_I.SEND, "code/link give/send/repeat/say-again/once-more/help/where -delete", ANY),
    Rule(_I.SEND, "send/not.send photo -animate -delete -other", ANY),
    Rule(_I.CONSENT_TEXT, "trust photo/data/keep/its", ANY),
    Rule(_I.APPEAL, "number year person/whom", ANY),
    Rule(_I.STATUS, "ready/how-goes photo/video", 2),
    Rule(_I.STATUS, "where/show video", 2),
    Rule(_I.ANIMATE, "make/animation photo live/animation/video", ANY),
    Rule(_I.HELP, "help -delete", 2),
)
