"""The API's messages: the forms that come in and the JSON that goes out. `skill.web.openapi` documents these models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    InstanceOf,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema, core_schema

from pipeline.limits import (
    AUTO,
    CAMERAS,
    FACE_CHOICES,
    FACE_PATTERN,
    FORMATS,
    MAX_SECONDS,
    MIN_SECONDS,
    PRESETS,
    RENDITIONS,
    RESTORE_AUTO,
    RESTORE_OFF,
    RESTORE_PARTS,
    STILLS,
    TURNS,
    is_face_choice,
)
from pipeline.motion.roles import parse_role, spell_role_pattern
from pipeline.restore.wish import spell_restore
from skill.jobs.model import JobState
from skill.web.field_docstrings import FieldDocstrings

MAX_GESTURES: Final = 6
"""Gestures of one wish."""
_GESTURE_LIST: Final = f"^{spell_role_pattern()}(,{spell_role_pattern()}){{0,{MAX_GESTURES - 1}}}$"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Annotation of a field that has one of a few values: checked when it is read, listed in the document."""

    values: Sequence[str | int]
    """All that are allowed."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": list(self.values)}

    def _check(self, value: str | int) -> str | int:
        if value not in self.values:
            raise ValueError(f"there are {', '.join(map(str, self.values))}")
        return value


_RESTORE_WORD: Final = f"({'|'.join((RESTORE_AUTO, *RESTORE_PARTS))})"
_RESTORE_PATTERN: Final = f"^({RESTORE_OFF}|{_RESTORE_WORD}(,{_RESTORE_WORD})*)$"


def _split(value: object) -> object:
    return tuple(filter(None, re.split(r"[,\s]+", value.lower()))) if isinstance(value, str) else value


def _check_gesture(value: str) -> str:
    """The gesture as it is kept. Raises MotionError, which is a ValueError."""
    return str(parse_role(value))


def _check_face(value: str) -> str:
    if not is_face_choice(value):
        raise ValueError(f"there are numbers from 1, right-1, {', '.join(FACE_CHOICES)}")
    return value


def _without_default(schema: dict[str, Any]) -> None:
    """Take out of the document a default that only stands for an absent field."""
    del schema["default"]


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo that came with a form."""

    path: Path
    """A private file, which only this process opens, until its request is answered."""
    digest: str
    """SHA-256 of the file, in hex."""
    content_type: str
    """By the file's first bytes: "image/jpeg"."""


FaceChoice = Annotated[str, AfterValidator(_check_face), Field(json_schema_extra={"pattern": FACE_PATTERN})]
"""The `face` of a wish."""


class PhotoForm(FieldDocstrings, BaseModel):
    """The multipart form of a photo that is only looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    photo: Annotated[InstanceOf[PhotoFile], WithJsonSchema({"type": "string", "format": "binary"})]
    """JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF or a scan in a PDF; up to 40 MiB and 50 megapixels, JPEG and most PNG
    and TIFF up to 250. Of several pages the one with the largest face."""
    turn: Annotated[int, OneOf(TURNS)] = 0
    """Degrees clockwise, after the file's own orientation."""


class PreviewForm(PhotoForm):
    """The multipart form of a photo whose movements are to be seen; each field but the photo may be left out."""

    adult: bool = False
    """As in a wish."""
    archive: bool = False
    """As in a wish."""
    face: FaceChoice | SkipJsonSchema[None] = Field(None, json_schema_extra=_without_default)
    """As in a wish; of several people the most prominent one who may be animated."""
    further: bool = False
    """The movements that the page shows only when they are asked for, in place of the first ones."""


class WishFields(FieldDocstrings, BaseModel):
    """A wish on a photo; each field may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    motion: Annotated[str, OneOf((AUTO, *PRESETS))] = AUTO
    """Composed motion; `auto` lets the photo's own expression choose one. Gestures take its place."""
    gesture: Annotated[
        tuple[Annotated[str, AfterValidator(_check_gesture)], ...],
        BeforeValidator(_split),
        Field(max_length=MAX_GESTURES),
        WithJsonSchema({"type": "string", "pattern": _GESTURE_LIST}),
    ] = Field((), json_schema_extra=_without_default)
    """One gesture, or several, separated by commas: smile, wink:left, blink:2, nod:0.6:slow. Of several people each may
    have its own: 1@smile,right-1@wink; with a place a motion may stand, too: 2@doze."""
    face: FaceChoice | SkipJsonSchema[None] = Field(None, json_schema_extra=_without_default)
    """The face to animate, of several: its number from the left, "right-2" for one from the right, several of these,
    separated by commas, or a word."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Another seed is another variant of the same motion."""
    seconds: Annotated[float, Field(ge=MIN_SECONDS, le=MAX_SECONDS, allow_inf_nan=False)] | SkipJsonSchema[None] = (
        Field(None, json_schema_extra=_without_default)
    )
    """Length of the loop in seconds; by default 4, or what the gestures need."""
    camera: Annotated[str, OneOf(CAMERAS)] = CAMERAS[0]
    """The camera while the faces move: it stands, comes slowly nearer and goes back (`push`), or goes slowly past, with
    the wall shifting behind the person (`drift`)."""
    restore: (
        Annotated[
            str,
            AfterValidator(spell_restore),
            Field(json_schema_extra={"pattern": _RESTORE_PATTERN}),
        ]
        | SkipJsonSchema[None]
    ) = Field(None, json_schema_extra=_without_default)
    """Restoration of an old photo before it moves: `auto` does what its damage asks for, and leaves a good photo as it
    is; parts are done where they are named; `off`. Commas between them. By default `off`, for another wish on a photo
    as in the wish before. The filters judge the photo as it came."""
    adult: bool = False
    """The person says that everybody meant is 18 or older: the answer to cause `appeal`. Counts where the filters let
    it."""
    archive: bool = False
    """The person consents, for the family, to a child on an old photo: the answer to cause `archive`. Counts where the
    filters let it."""


class WishForm(WishFields, PhotoForm):
    """The multipart form of a photo that is to be animated; each field but the photo may be left out."""

    straighten: bool = True
    """Whether a print on a photo of it, or on an album's page, is cut out and straightened: the one on which those are
    who move. Faces are numbered on the whole photo either way; where they are of several prints, nothing is cut."""
    card: bool = False
    """The person agrees to a picture in the assistant's cards. Counts with a ticket of an assistant that has any."""


class View(FieldDocstrings, BaseModel):
    """A JSON answer, or a part of one."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class ResultView(View):
    """A file that was made, with signed addresses that are good for 15 minutes."""

    format: Annotated[str, OneOf((*FORMATS, *STILLS, *RENDITIONS))]
    """Kind of file; "jpg" is the poster. Of a restored photo "still" is the photo itself and "before" what it was, both
    JPEG; other names with more letters are renditions that were asked for."""
    url: str
    """Address to show it."""
    download: str
    """Address to save it."""


class JobView(View):
    """A job."""

    id: str
    """Whoever knows it may see the job and delete it."""
    state: JobState
    """Where the job is on its way."""
    step: str = ""
    """Of a running job: decode, faces, filters, restore, motion, animate, finish, encode or store; empty before the
    first."""
    progress: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the whole that is done, 0..1."""
    says: str = ""
    """What is being done, in Russian, for people."""
    reason: str = ""
    """Code of a refusal or failure."""
    cause: str = ""
    """Narrows a reason down: "dark_glasses"; "appeal" where the person may answer that this is an adult (field `adult`
    of a new wish), "archive" where a child on an old photo may be animated with consent (field `archive`)."""
    remark: str = ""
    """Code of what a person should know of a clip: largest_faces, where only the largest of many faces move; of motion
    `auto`, the reason of its choice: turned, stern or monochrome (`gaze`), smiling (`warmth`), else empty
    (`nostalgia`)."""
    sentence: str = ""
    """What went wrong, or the remark, in Russian, for people."""
    advice: str = ""
    """What helps, in Russian, for people."""
    wait: float = 0.0
    """Estimated seconds until the job begins."""
    left: float = 0.0
    """Estimated seconds until the job is done."""
    stalled: bool = False
    """Whether it waits and no worker has been heard of for a minute: the estimates hold from when one is there."""
    expires: float = 0.0
    """Seconds since 1970: when the results are deleted."""
    motion: str = ""
    """The composed motion that was asked for."""
    gesture: list[str] = []
    """The gestures that were asked for; where there are any they take the motion's place."""
    camera: str = ""
    """The camera's way that was asked for."""
    restore: str = ""
    """The restoration that was asked for."""
    face: str = ""
    """The face that was asked for, of several; empty for the only one."""
    adult: bool = False
    """Whether the person said that this is an adult."""
    archive: bool = False
    """Whether the person consented, for the family, to a child on an old photo."""
    results: list[ResultView] = []
    """Files of a job that is done."""


class TakesView(View):
    """All jobs of a ticket, or of a user of an assistant's backend."""

    animations: list[JobView]
    """The oldest first."""
    until: float = 0.0
    """Seconds since 1970: until when the ticket takes a photo; 0 without a ticket."""


class LookView(View):
    """A page that only shows a clip."""

    page: str
    """Its path, without the service's address; whoever knows it may look."""


class FaceView(View):
    """A face and its box; the lengths are shares of the picture's width or height, 0..1."""

    number: int
    """From 1, counted from the left: the `face` of a wish."""
    left: float
    """From the picture's left edge to the box."""
    top: float
    """From the picture's upper edge to the box."""
    width: float
    """Width of the box."""
    height: float
    """Height of the box."""
    row: int = 1
    """From 1, the uppermost, where a group stands in rows; else 1."""
    small: bool = False
    """Whether it is too small to be animated."""
    reason: str = ""
    """Code of the refusal, as in a job, where the filters refuse this face; empty where it may be animated."""
    cause: str = ""
    """Narrows it down, as in a job; "appeal" and "archive" are questions, which choosing the face asks."""
    note: str = ""
    """What is said beside a face that can't be chosen, two or three Russian words; else empty."""


class FacesView(View):
    """The faces of a photo."""

    faces: list[FaceView]
    """From the left."""
    picture: str
    """The photo as a small JPEG in base64, also where browsers can't show the file itself."""


class PreviewView(View):
    """A line of the stream of previews: first the still picture, then each movement; or a refusal alone."""

    still: str = ""
    """The first frame of every preview, a JPEG in base64; empty in the other lines."""
    people: int = 0
    """Faces that were found on the photo; in the line of the still picture."""
    restore: list[str] = []
    """The restorations that would change anything: `auto` and the parts that it would restore, `colour` where there is
    none and it may be coloured, `enlarge` where faces are small and the operator has brought the net; in the line of
    the still picture."""
    movement: str = ""
    """The movement that `clip` shows: "motion:nostalgia", "gesture:smile"; `motion` or `gesture` of a wish."""
    clip: str = ""
    """The preview, an MP4 in base64 that loops."""
    reason: str = ""
    """Code of a refusal, as in a job."""
    cause: str = ""
    """Narrows it down, as in a job."""
    sentence: str = ""
    """What went wrong, in Russian, for people."""
    advice: str = ""
    """What helps, in Russian, for people."""


class ErrorDetail(View):
    """An answer that is not the wanted one."""

    code: str
    """For programs."""
    sentence: str
    """What went wrong, in Russian, to be shown or spoken."""
    advice: str
    """What helps, in Russian; for wrong_request in English, for the client's developer."""


class ErrorView(View):
    """The body of every error."""

    error: ErrorDetail
    """The error."""
