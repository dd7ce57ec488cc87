"""The settings by subject. Each name is a variable with the prefix OZHIVI_, and without it a key of the TOML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, SecretStr, model_validator

from pipeline.limits import LABEL_TEXT
from skill.settings.values import (
    Allowed,
    OptionalSecret,
    Origin,
    Pages,
    PathSecretList,
    Seconds,
    SecretList,
)

# those that the font of the label has
_LABEL_LETTERS: Final = "^[ -~\u00a0-\u017f\u0400-\u04ff–—…]{0,40}$"


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ozhivi"


def data_home() -> Path:
    """The folder of the service's files, unless another is chosen."""
    return _home() / "service"


def gallery_home() -> Path:
    """The gallery that every command of this user shares, unless another is chosen."""
    return _home() / "gallery.db"


class ServerSettings(BaseModel):
    """Settings of the HTTP server, its folder and its log."""

    host: str = "127.0.0.1"
    """Name or IP address to listen on; 0.0.0.0 for all of the machine's."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """TCP port to listen on; 0 for any free one."""
    public_url: Origin = ""
    """Address by which phones reach the service; empty: http://HOST:PORT."""
    behind_proxy: bool = False
    """Take a client's address from the last entry of X-Forwarded-For (or of Forwarded), which our own proxy wrote."""
    data_dir: Path = Field(default_factory=data_home)
    """Folder of jobs, tickets, media and secrets of this service; made when missing, mode 0700."""
    secrets: SecretList = ()
    """Secrets that sign links, ids and tickets: the newest first, the others are still accepted. One is made in
    `data_dir` when empty."""
    identity_secret: OptionalSecret = None
    """Secret of people's pseudonyms and of what is sealed of them; it never changes. One is made in `data_dir` when
    empty; with PostgreSQL it is needed, as all nodes share it."""
    api_keys: SecretList = ()
    """Keys of other assistants' backends, which ask over the API."""
    stop_delay: Annotated[float, Field(ge=0, le=60)] = 0.0
    """Seconds from SIGTERM until the port is closed. /readyz answers 503 meanwhile, all else as before, so that a load
    balancer can take the service out first."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least serious level of what is logged."""
    traces: Origin = ""
    """Address of a collector of OpenTelemetry's, OTLP over HTTP; empty: there are no traces."""

    @property
    def address(self) -> str:
        """The address by which people reach the service, as far as the settings know."""
        return self.public_url or f"http://{self.host}:{self.port}"


class OperatorSettings(BaseModel):
    """Settings of the operator, for those who send photos: shown on the page that tells what happens to them."""

    operator: str = ""
    """Name of the person or firm that runs the service."""
    contact: str = ""
    """Address at which the operator answers: an e-mail address, a telephone number, a link."""
    consent: str = ""
    """Full text of the consent that a person gives; paragraphs are separated by empty lines."""


class JobSettings(BaseModel):
    """Settings of jobs, from the ticket to the result."""

    keep: Seconds = 86400.0
    """Seconds that results are stored ("24h", "90m")."""
    ticket_minutes: Annotated[float, Field(ge=1, le=1440)] = 15.0
    """Minutes that a ticket waits for its photo."""
    queue_limit: Annotated[int, Field(ge=1, le=100_000)] = 50
    """Jobs that may wait in all."""
    user_limit: Annotated[int, Field(ge=1, le=1000)] = 3
    """Jobs of one user that may wait."""
    workers: bool = True
    """Whether the service renders by itself; else `ozhivi worker` does. 1 and 0 are taken as well."""
    previews: bool = True
    """Whether the page shows each movement on the person's own photo, which takes a core for two seconds a photo."""
    sandbox: bool = True
    """Whether the processes that read strangers' photos are confined; off only where a GPU does not work in them."""
    lease: Annotated[float, Field(ge=3, le=600)] = 30.0
    """Seconds without a sign of life after which a worker's job is given to another."""
    queue: Literal["sqlite", "postgres"] = "sqlite"
    """Place of the jobs: a file in `data_dir`, or a PostgreSQL server for several machines."""
    postgres: SecretStr = SecretStr("")
    """Address of the PostgreSQL server ("postgresql://user:password@host/database"); goes with queue = postgres."""
    queue_wait: Annotated[float, Field(ge=0, le=86_400)] = 300.0
    """Seconds that service and worker wait at their start for a queue that does not answer, before they end."""


class StoreSettings(BaseModel):
    """Settings of the media store; those of S3 are explained in skill.media.s3."""

    store: Literal["local", "s3"] = "local"
    """Place of photos and clips: a folder in `data_dir`, or a bucket of an S3 server."""
    s3_endpoint: Origin = ""
    """Address of the S3 server; empty: Amazon's."""
    s3_public_endpoint: Origin = ""
    """Address by which phones reach the S3 server; empty: the same."""
    s3_region: str = "us-east-1"
    """Region that requests are signed for."""
    s3_bucket: str = ""
    """Bucket of photos and clips."""
    s3_prefix: str = ""
    """Begin of every key, where the bucket is shared with something else."""
    s3_access_key: SecretStr = SecretStr("")
    """Id of the key by which the bucket is used."""
    s3_secret_key: SecretStr = SecretStr("")
    """Secret of that key."""
    s3_addressing: Literal["path", "virtual", "auto"] = "path"
    """Place of the bucket's name in an address: in the path or in the host's name."""


class RenderSettings(BaseModel):
    """Settings of the clips."""

    long_side: Annotated[int, Field(ge=256, le=8192)] = 1600
    """Longest side of a clip, in pixels."""
    animator: Literal["auto", "warp", "liveportrait"] = "auto"
    """The animator; auto: the neural one where its weights and a GPU are, else the warp."""
    label: Annotated[
        str, Field(pattern=_LABEL_LETTERS), Allowed("up to 40 Latin or Cyrillic letters, digits and signs, or nothing")
    ] = LABEL_TEXT
    """Word in a corner of each clip that says that a program made the movement; empty: none."""
    label_place: Literal["auto", "top-left", "top-right", "bottom-left", "bottom-right"] = "auto"
    """Corner of that word; auto: the calmer one at the top that is clear of faces."""


class CredentialSettings(BaseModel):
    """Settings of the content credentials (C2PA) that finished files are signed with."""

    credentials: bool = True
    """Whether finished files are signed."""
    credentials_certificate: Path | None = None
    """File with the operator's certificate and those above it, PEM; one for development is made without it."""
    credentials_key: Path | None = None
    """File with the certificate's private key, PKCS 8 in PEM; goes with the certificate."""


class FilterSettings(BaseModel):
    """Settings of who is animated."""

    readable: bool = True
    """Whether a face that can't be read (covered, in profile, blurred) is refused."""
    children: Literal["strict", "normal", "off"] = "normal"
    """Strictness with which minors are refused; off only where the law and your conscience allow."""
    archive: bool = False
    """Whether a child on a clearly old photo may be animated when the person consents."""
    drawings: bool = False
    """Whether drawings and statues are animated too."""
    gallery: Path = Field(default_factory=gallery_home)
    """File with the people who are not animated, see `ozhivi gallery`."""
    gallery_key: OptionalSecret = None
    """Secret that the gallery is encrypted with, from `openssl rand -hex 32`; without one it is not encrypted."""
    faces: Annotated[str, Field(pattern="^(open|insightface:.+)$"), Allowed("open, or insightface:/path/to/pack")] = (
        "open"
    )
    """Pack of nets that compare faces: "open" or "insightface:/path/to/pack"."""
    insightface_licensed: bool = False
    """Whether you may use the pack of insightface, whose licence forbids most uses."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_no_gallery(cls, values: Any) -> Any:
        """The settings without a gallery that is set to nothing: one that is set has to be there."""
        if isinstance(values, dict) and values.get("gallery") == "":
            return {name: value for name, value in values.items() if name != "gallery"}
        return values


class PhotoSettings(FilterSettings, RenderSettings):
    """All settings that the process which renders photos is given; the gallery's key is the only secret among them."""


class DialogSettings(BaseModel):
    """Settings of the dialog and of the assistants' webhooks."""

    skill_name: Annotated[str, Field(min_length=2, max_length=60), Allowed("2 to 60 characters")] = "Оживи фото"
    """Name of the skill as it is registered; people come back with it."""
    spoken_address: str = ""
    """Host of `public_url` as it is to be said; empty: it is spelled."""
    alice_secrets: PathSecretList = ()
    """Secrets in the path of Alice's webhook, any of which opens. One is made in `data_dir` when empty."""
    alice_skill_id: str = ""
    """The only skill that Alice's webhook answers; empty: any."""
    alice_linking: Literal["directive", "top"] = "directive"
    """Form in which account linking is started, of the two documented ones: beside an answer, or alone."""
    alice_image_token: SecretStr | None = None
    """OAuth token of the account that owns the skill, for pictures in cards; none are shown without it."""
    alice_images_url: Origin = "https://dialogs.yandex.net"
    """Address of the API that takes pictures for cards."""
    salute_secrets: PathSecretList = ()
    """Secrets in the path of Salute's webhook, any of which opens. One is made in `data_dir` when empty."""


class LinkingSettings(BaseModel):
    """Settings of account linking, which is off without a client."""

    oauth_client_id: Annotated[
        str, Field(pattern=r"^([!-~]{1,200})?$"), Allowed("1 to 200 Latin letters, digits and signs, without spaces")
    ] = ""
    """Name of the assistant at our account linking."""
    oauth_client_secret: OptionalSecret = None
    """Secret of the assistant at our account linking; goes with the name."""
    oauth_redirects: Pages = ("https://social.yandex.net/broker/redirect",)
    """Addresses to which people may be sent back, exactly."""


class DevelopmentSettings(BaseModel):
    """Settings for development, never for a service that strangers use."""

    dev: bool = False
    """Whether there is a chat with the skill at /dev, for this machine only, by a link that the console shows."""
    dev_anywhere: bool = False
    """Whether /dev is for every machine that has such a link."""
    record: Path | None = None
    """Folder to which all conversations are written as scenes; none by default."""
