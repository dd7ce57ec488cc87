"""Rules that make the topic of a question of concepts; the first one that fits wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from skill.dialog.nlu.rule_index import terms
from skill.story_words import MOVEMENT_WORDS


@dataclass(frozen=True, slots=True)
class TopicRule:
    """Concepts that make a topic."""

    topic: str
    """The subject of the question, or the change that is wished for."""

    needs: str
    """Concepts that are all there: «a/b» one of them, «-a» not there."""

    strangers: int = 1
    """Words of other things that it bears, as `Heard.strangers` counts them."""

    weak: bool = False
    """Whether it gives way to every command."""

    when: str = ""
    """The `Stake` of the only question beside which it may be asked; empty for any."""

    def fits(self, concepts: frozenset[str], strangers: int, expecting: str) -> bool:
        wanted, unwanted = terms(self.needs)
        if strangers > self.strangers or unwanted & concepts or (self.when and self.when != expecting):
            return False
        return all(group & concepts for group in wanted)


_T = TopicRule
_MARK = "can/fits/animate.fin"
_MOTION = f"let/make/live/live.fin/its/head/video/{'/'.join(f'{name}/{name}.fin' for name in MOVEMENT_WORDS)}"
_NO_GESTURE = " ".join(f"-{name}" for name in MOVEMENT_WORDS)
_UNMOVED = "/".join(f"not.{name}" for name in MOVEMENT_WORDS)
_STILL = "/".join(f"not.{name}.fin" for name in MOVEMENT_WORDS)
_MOVED = "/".join(f"{name}.past/{name}.fin" for name in MOVEMENT_WORDS)
RULES: Final[tuple[TopicRule, ...]] = (
    # the rules, and what comes before a yes to them
    _T("refusing", "if-refuse -video -delete", 2),
    _T("agreement", "agreement reason/purpose -money", 1),
    _T("relatives_against", "relatives-against -for-it -send -delete", 2),
    _T("relatives_against", "forbids animate person", 3, when="consent"),
    _T("relatives_against", "relatives-against -for-it -send -delete", 9, when="consent"),
    _T("relatives_against", "dissent person/forbids -send -delete", 9, when="consent"),
    _T("permission", "unasked -send -delete -signup", 2),
    _T("permission", "unoffended can/ask", 2, when="consent"),
    _T("permission", "verify for-it/agreement/forbids", 3, when="consent"),
    # doubts, and who it is
    _T(
        "fear",
        "scared -flat-no -cancel -delete -theft -outsiders -hand-over -trust -ready -again -button -code -link",
        3,
    ),
    _T("risk", "risk -cancel -delete", 3),
    _T("scam", "scam -cheeks -pout -code -photo -video -delete -theft", 2),
    _T("code_secret", "secret-code code/sms -delete -photo", 3),
    _T("stranger", "bank -money -code -delete -keeping", 3),
    _T("change_mind", "second-thoughts -delete -clear -undo", 2),
    _T("elsewhere", "not-us -add -photo -video -its -animate -delete -sound", 3),
    _T("chat", "chat -let -make -person -its -photo -video -abilities", 3),
    _T("weak_net", "unsent weak-net -delete", 4),
    _T("spell", "by-letters -delete -photo", 4),
    _T("movements", "what-moves", 4),
    _T("children", "child/minor never", 4, when="age"),
    _T("delete_again", "send-again can/will", 4),
    _T("upside_down", "upside-down -let", 6),
    _T("typing", "type-where -delete", 2),
    # what is asked about once, and what is left out
    _T("delete_copies", "held keeping delete/clear/delete.fin/delete.past", 4),
    _T("delete_copies", "held keeping", 4, when="deletion"),
    _T("delete_photo", "photo video delete/clear spare/not.delete/not.clear/keep", 2),
    _T("delete_part", "part-of-all", 9, when="deletion"),
    _T("delete_copies", "from-phone keeping/left", 2, when="deletion"),
    _T("children", "child/minor neednot/accident", 3, when="face"),
    _T("crop", "crop person/minor/child can/person", 2),
    # somebody else's telephone
    _T("anyphone", "from-phone somebodys send/can -video -show -keeping", 2),
    _T("anyphone", "send.fin person can -to-person -video -animate", 1),
    # the faces of a photo
    _T("everyone_price", "everyone pricey/money -ready -delete", 3),
    _T("everyone", "reason everyone/all -ready -show -delete", 2),
    _T("faces", "faces-found -animate -send -price", 1),
    _T("faces", "how-many -animate -send -price", 3, when="face"),
    _T("sees", "sees -me -outsiders -show.fin -trust", 3),
    # a video that is there
    _T("crooked", "ugly reason -refused -part", 2),
    _T("truth", f"truth {_MOVED}/smile -let -make -thanks -delight", 1),
    _T("retakes", "retake times -photo -money", 1),
    _T("movements", "its-moves", 1),
    _T("slowness", "reason/ask slowness -photo -refused -quickness -when -lengthy -left", 1),
    _T("checker", "checker -photo", 1),
    _T("copy", "paper send ask", 2),
    # money
    _T("change_price", "money-question colour/paint/restore", 3),
    _T("price", "paying"),
    _T("price", "money -restore -thanks -tears -delight -behind", 0),
    _T("price", "money animate/animate.fin/make/animation/photo/video/its/you/can -thanks -tears -delight", 1),
    _T("price", "pricey its/can/will/animate"),
    # the way for a photo
    _T("code_life", "lasts/quickness code/link -refused"),
    _T("nophone", "nophone/need-phone", 2),
    _T("nointernet", "nointernet", 2),
    _T("signup", "signup"),
    _T("install", "install -clear -shake -not.shake", 2),
    _T("computer", "computer can/fits/how-goes -show -photo -video"),
    _T("how_long", "quickness -more -left -keeping", 0),
    _T("how_long", "lengthy -photo -video -you -ask", 0),
    _T("away", "away", 2),
    # what the video can be
    _T("undo", "undo -delete -clear -not.show -phone -send -photo -code -link -hello"),
    _T("gif", "gif -photo -animate"),
    _T("gif", "gif can/fits/download/will/format"),
    _T("wallpaper", "wallpaper", 0),
    _T("screen", "screen show/show.past/video/its/send/can/ask -photo"),
    _T("sound", "sound"),
    _T("sound", "music add/can/will/video"),
    _T("sound", "voice will/can/reason/its/person -let -make -say-again", weak=True),
    _T("colour", "paint -money", 0),
    _T("colour", "colour/paint photo/video/its/make/can/will/let -fits -money"),
    _T("restore", "restore -money -keeping", 0),
    _T("restore", "restore photo/video/its/can/will/make -money -keeping", 2),
    _T("restore", "clear torn", 2),
    _T("parts", "reason part still/not.live/not.live.fin/not.speak", 2),
    _T("parts", "reason part -make -let -photo", 1, weak=True),
    _T("parts", "part still/not.live.fin -let -make -send -code -link -button", 1),
    _T("movements", f"{_STILL} -let -make", 1),
    _T("livelier", "not.live.fin its/person/video/head/photo -reason -part -let -make -why", 1),
    _T("movements", "reason head not.live/not.live.fin -part", 1),
    _T("movements", f"reason {_UNMOVED}", 2),
    _T("edit", "edit -smile -live -teeth"),
    _T("edit", "young make -photo", 0),
    _T("shorter", "shorter -keeping"),
    _T("shorter", "short make -animate -photo", 0),
    _T("longer", "longer -keeping -reason"),
    _T("longer", "long make video -photo"),
    _T("slower", f"slower {_MOTION} -code -link"),
    _T("slower", f"fast too {_MOTION} -code -link -animate"),
    _T("slowly", f"slower/fast -make.fin -animate -quickness -ready {_NO_GESTURE}", 0),
    _T("calmer", "calmer -photo -animate -voice"),
    _T("calmer", "strong too -animate -photo -thanks -code", 0),
    _T("calmer", f"strong too {_MOTION} -animate -photo -code"),
    _T("calmer", "twitch -photo"),
    _T("calmer", "quieter live/turn/nod/smile/make -voice -sound", 0),
    _T("livelier", "livelier -animate"),
    _T("livelier", "weak live/live.fin/not.live/not.live.fin -animate"),
    _T("livelier", "weak smile -unhurried -animate"),
    _T("livelier", "weak too -animate -photo -show -ready", 0),
    _T("livelier", "quick let/live -ready -animate", 0),
    _T("length", "duration -keeping -money -quickness -wait"),
    _T("length", "long video will/ask/can -keeping -money -quickness -wait -make"),
    _T("format", "format", 0),
    _T("format", "format photo/video/fits/can"),
    _T("count", "count -keeping -money -person -animate"),
    _T("count", "count/several can animate -keeping -person -year"),
    _T("count", "several photo can -keeping -year -animate -person"),
    # which photos
    _T("animal", f"animal {_MARK}/not.animate"),
    _T("animal", "animal animate -photo"),
    _T("animal", f"animal let/make {'/'.join(MOVEMENT_WORDS)} -person -photo"),
    _T("animal", "animal can photo", weak=True),
    _T("copy", f"copy {_MARK}", 2),
    _T("statue", f"statue {_MARK}/not.animate", 2),
    _T("drawing", f"drawing {_MARK}/not.animate", 2),
    _T("drawing", "drawing/statue animate -photo -person"),
    _T("famous", f"famous {_MARK}/not.animate -mistake"),
    _T("childhood", "childhood -animate -keeping", 2),
    _T("childhood", "childhood can/fits", 2),
    _T("children", f"child {_MARK}/not.animate -mistake -adult -give", 1),
    _T("children", "grandchild can/fits/not.animate -mistake -adult -give -forbids", 1),
    _T("children", "minor-age can", 1),
    _T("children", "minor-age animate -photo", 2),
    _T("childhood", "dead minor-age/childhood -delete", 4),
    _T("dead", "dead can/fits -animate", 2),
    _T("dead", "dead can/animate.fin -photo -person", 2),
    _T("eyes", f"eyes {_MARK} -let -make", 2),
    _T("eyes", "eyes -let -make", 2, weak=True),
    _T("profile", f"profile {_MARK} -let -make {_NO_GESTURE}", 2),
    _T("profile", "profile photo/person/its -let -make", 2, weak=True),
    _T("covered", f"covered {_MARK} -let -make", 2),
    _T("covered", "covered photo/person/its -let -make -show", 2, weak=True),
    _T("full", f"full {_MARK}/photo", 2),
    _T("full", "full", 3, weak=True),
    _T("group", f"group {_MARK}/photo -animate -make", 2),
    _T("group", "group -animate", 2, weak=True),
    _T("torn", f"torn {_MARK}/photo -refused -why -reason", 2),
    _T("torn", "torn person/its -show", 2, weak=True),
    _T("old", "old can/fits -animate -send -make", 2),
    _T("old", "old animate.fin -make", 2),
    _T("old", "old photo", 2, weak=True),
    _T("old", "ordinal year photo", 2, weak=True),
    _T("photos", "which-photo -animate.past -reason -why -send"),
    _T("photos", "which-photo better"),
    _T("photos", "occasion photo can/fits -animate -send -person", 0),
    _T("photos", "fits photo ask -reason -why"),
    # what becomes of a photo
    _T("privacy", "hand-over you photo/data/its/video -show.past"),
    _T("privacy", "outsiders show/show.fin/not.show/not.show.fin/theft -animate -other"),
    _T("privacy", "theft photo/its/data/video"),
    _T("purpose", "purpose you photo/video/data/its/with-it/person"),
    _T("privacy", "worried photo/video/its/data -show", 2),
    _T("purpose", "purpose photo you", 3),
    _T("keep_why", "reason delete-itself", 2),
    _T("keep", "keeping you its/photo/video -not.delete"),
    _T("keep", "own-keep", 2),
    _T("keep", "another-day show can/will -send -photo", 1),
    _T("keep", "stored ask/will/you/its -save"),
    _T("keep", "keeping forever its/photo/video -not.delete -clear"),
    # the skill itself
    _T("maker", "maker", 0),
    _T("robot", "with-whom", 0),
    _T("robot", "robot you/voice -animate -animation -make -live.photo -photo -video"),
    _T("computer", "computer -animate -make -show", 2, weak=True),
    _T("method", "meaning animate/animate.fin/live.fin", 2),
    _T("method", "method", 0),
    _T("method", "technique its/you/photo/video/animate/animate.fin", 1),
    _T("simply", "puzzled", 0),
)
