"""What is in force: read once from the environment and a TOML file, checked, never changed afterwards."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _seconds(value: object) -> object:
    """ "24h", "90 m", "3600" → seconds; anything else is left for the check that follows."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip().lower())):
        return float(match[1]) * _UNITS[match[2]]
    return value


def _list(value: object) -> object:
    """ "a, b" → a, b: lists in the environment are separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=60, le=30 * 86400)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_list)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list)]


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ozhivi"


def data_home() -> Path:
    """Where the service keeps its files."""
    return _home() / "service"


def gallery_home() -> Path:
    """The gallery that every command of this user shares."""
    return _home() / "gallery.db"


class WrongSettings(ValueError):  # noqa: N818  (settings that are wrong, not an error of ours)
    """A setting that can't be used; the message is one line, with its name and what is allowed."""


PREFIX = "OZHIVI_"
# setting, its value, the settings that this value needs
_NEEDED = (
    ("store", "s3", ("s3_bucket", "s3_access_key", "s3_secret_key")),
    ("queue", "postgres", ("postgres",)),
)


class Settings(BaseSettings):
    """The service's settings. In the environment each has the prefix OZHIVI_, in the TOML file it has none.

    `public_url`: how phones reach us, without a slash at the end. `keep`: seconds that results live ("24h", "90m").
    `queue_limit`: jobs that may wait, `user_limit`: of one user. `secrets`: for signing links, the newest first, the
    others are still accepted; made in `data_dir` when empty. `workers`: 1 renders in this service, 0 leaves it to
    `ozhivi worker`. `api_keys`: of other assistants' backends. `lease`: seconds after which the job of a worker that is
    not heard of is another's. `store`, `queue`: where media and jobs are; `s3_…` (as in skill.media.s3) and `postgres`
    (a DSN) belong to them. `behind_proxy`: take the address of the last X-Forwarded-For, which our own proxy wrote.
    `long_side`: of a clip, in pixels. `animator`: auto is the neural one where its weights and a GPU are.

    The dialog: `skill_name`: as registered, people come back with it. `spoken_address`: how the host of `public_url` is
    said; spelled when empty. `alice_secrets`, `salute_secrets`: of the webhooks' paths, any of them opens; made in
    `data_dir` when empty. `alice_skill_id`: the only skill that is answered, where given. `alice_linking`: which of two
    documented forms starts account linking: `directive` beside an answer, or `top`, alone. `oauth_client_id`,
    `oauth_client_secret`: of the assistant at our account linking, which is off without them; `oauth_redirects`: where
    people may be sent back, exactly. `alice_image_token`: of the account that owns the skill, for pictures in cards;
    none are shown without it. `alice_images_url`: of the dialogs' image API.

    For development: `dev`: a chat at /dev, for this machine only unless `dev_anywhere`. `record`: a folder for all
    conversations, as scenes.

    Who is animated: `readable`: refuse what can't be read (a covered face, a profile, a blur). `children`: how strictly
    minors are refused; "off" only where the law and your conscience allow. `archive`: a child on a clearly old photo
    may be animated when the person consents. `drawings`: animate drawings and statues too. `gallery`: the file with
    those who are not animated, see `ozhivi gallery`. `faces`: the pack of nets, "open" or "insightface:/path/to/pack";
    for that `insightface_licensed` says that you may use it.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str = ""
    data_dir: Path = Field(default_factory=data_home)
    keep: Seconds = 86400.0
    ticket_minutes: Annotated[float, Field(ge=1, le=1440)] = 15.0
    queue_limit: Annotated[int, Field(ge=1, le=100_000)] = 50
    user_limit: Annotated[int, Field(ge=1, le=1000)] = 3
    secrets: Secrets = ()
    api_keys: Secrets = ()
    skill_name: Annotated[str, Field(min_length=2, max_length=60)] = "Оживи фото"
    spoken_address: str = ""
    alice_secrets: Secrets = ()
    alice_skill_id: str = ""
    alice_linking: Literal["directive", "top"] = "directive"
    salute_secrets: Secrets = ()
    oauth_client_id: Annotated[str, Field(pattern=r"^([!-~]{1,200})?$")] = ""
    oauth_client_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    oauth_redirects: Addresses = ("https://social.yandex.net/broker/redirect",)
    alice_image_token: SecretStr | None = None
    alice_images_url: str = "https://dialogs.yandex.net"
    dev: bool = False
    dev_anywhere: bool = False
    record: Path | None = None
    workers: Annotated[int, Field(ge=0, le=1)] = 1
    lease: Annotated[float, Field(ge=3, le=600)] = 30.0
    store: Literal["local", "s3"] = "local"
    s3_endpoint: str = ""
    s3_public_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_bucket: str = ""
    s3_prefix: str = ""
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_addressing: Literal["path", "virtual", "auto"] = "path"
    queue: Literal["sqlite", "postgres"] = "sqlite"
    postgres: SecretStr = SecretStr("")
    long_side: Annotated[int, Field(ge=256, le=8192)] = 1600
    animator: Literal["auto", "warp", "liveportrait"] = "auto"
    behind_proxy: bool = False
    readable: bool = True
    children: Literal["strict", "normal", "off"] = "normal"
    archive: bool = False
    drawings: bool = False
    gallery: Path = Field(default_factory=gallery_home)
    faces: str = "open"
    insightface_licensed: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("public_url", "alice_images_url", "s3_endpoint", "s3_public_endpoint")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+", value.rstrip("/")):
            raise ValueError("an address such as https://photo.example.ru, without a path")
        return value.rstrip("/")

    @field_validator("alice_secrets", "salute_secrets")
    @classmethod
    def _fit_into_a_path(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(re.fullmatch(r"[\w-]{32,200}", item.get_secret_value(), re.ASCII) for item in value):
            raise ValueError("each 32 to 200 letters, digits, - or _ (openssl rand -hex 32)")
        return value

    @field_validator("oauth_redirects")
    @classmethod
    def _are_pages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(
            re.fullmatch(r"https://[\w.:-]+/[!-~]*|http://127\.0\.0\.1[!-~]*", one) for one in value
        ):
            raise ValueError("addresses that begin with https:// and have a path, separated by commas")
        if any("#" in one for one in value):
            raise ValueError("addresses without a fragment (#…)")
        return value

    @model_validator(mode="after")
    def _client_is_whole(self) -> Self:
        if bool(self.oauth_client_id) != bool(self.oauth_client_secret):
            raise ValueError(f"{PREFIX}OAUTH_CLIENT_ID and {PREFIX}OAUTH_CLIENT_SECRET go together")
        return self

    @field_validator("faces")
    @classmethod
    def _is_pack(cls, value: str) -> str:
        if value != "open" and not re.fullmatch(r"insightface:.+", value):
            raise ValueError("open, or insightface:/path/to/pack")
        return value

    @field_validator("secrets", "api_keys")
    @classmethod
    def _are_long(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(item.get_secret_value()) < 32 for item in value):
            raise ValueError("each at least 32 characters (openssl rand -hex 32)")
        return value

    @property
    def address(self) -> str:
        """Where people find us."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given on the command line, then the environment, then the file."""
        return init_settings, env_settings, _TomlFile(settings_cls)


class _TomlFile(PydanticBaseSettingsSource):
    """The file that OZHIVI_CONFIG names, where it does."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        name = os.environ.get(f"{PREFIX}CONFIG", "")
        if not name:
            return {}
        try:
            return tomllib.loads(Path(name).read_text(encoding="utf-8"))
        except OSError as error:
            raise WrongSettings(f"{PREFIX}CONFIG: can't read {name}: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WrongSettings(f"{PREFIX}CONFIG: {name} is no TOML: {error}") from None


def load(given: Mapping[str, Any] | None = None) -> Settings:
    """The settings in force. `given` goes before the environment, that before the file. Raises WrongSettings."""
    try:
        return _fitting(Settings(**(given or {})))
    except ValidationError as error:
        raise WrongSettings("; ".join(_told(one) for one in error.errors(include_url=False))) from None
    except SettingsError as error:
        raise WrongSettings(" ".join(str(error).split())) from None


def _fitting(settings: Settings) -> Settings:
    """The settings, where those of store and queue are all there, and none of those that are not in use: who gave it
    means something else than what would happen. Raises WrongSettings."""
    for choice, used, needed in _NEEDED:
        chosen = getattr(settings, choice) == used
        for name in needed:
            if chosen and not _given(settings, name):
                raise WrongSettings(f"{PREFIX}{name.upper()}: should be given, as {PREFIX}{choice.upper()} is {used}")
            if _given(settings, name) and not chosen:
                raise WrongSettings(f"{PREFIX}{choice.upper()}: should be {used}, as {PREFIX}{name.upper()} is given")
    return settings


def _given(settings: Settings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _told(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "settings"
    if error["type"] == "extra_forbidden":
        return f"{name}: there is no such setting; there are {', '.join(Settings.model_fields)}"
    words = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{PREFIX}{name.upper()}: should be {words}"


def described(settings: Settings) -> tuple[tuple[str, str], ...]:
    """(name, value) of every setting, for people; of secrets only how many there are."""
    rows = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if name.endswith(("secrets", "_keys")):
            shown = f"{len(value)} given" if value else "none" if name == "api_keys" else "made in data_dir"
        elif name in ("oauth_client_secret", "alice_image_token"):
            shown = "given" if value else "none"
        elif isinstance(value, SecretStr):
            shown = "given" if value.get_secret_value() else "none"
        elif isinstance(value, tuple):
            shown = ", ".join(value)
        else:
            shown = f"{value:g}" if isinstance(value, float) else str(value)
        rows.append((f"{PREFIX}{name.upper()}", shown))
    return tuple(rows)


def prepare(settings: Settings) -> tuple[str, ...]:
    """Make the data folder (0700) and return the signing secrets, the newest first. Raises WrongSettings."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if settings.secrets:
            return tuple(secret.get_secret_value() for secret in settings.secrets)
        return (_own_secret(settings.data_dir / "secret"),)
    except OSError as error:
        raise WrongSettings(f"{PREFIX}DATA_DIR: can't write to {settings.data_dir}: {error.strerror}") from None


def path_secrets(settings: Settings, assistant: str) -> tuple[str, ...]:
    """The secrets of a webhook's path, `assistant`: alice or salute. Raises WrongSettings."""
    given: tuple[SecretStr, ...] = getattr(settings, f"{assistant}_secrets")
    if given:
        return tuple(secret.get_secret_value() for secret in given)
    try:
        return (_own_secret(settings.data_dir / f"{assistant}-secret"),)
    except OSError as error:
        raise WrongSettings(f"{PREFIX}DATA_DIR: can't write to {settings.data_dir}: {error.strerror}") from None


def _own_secret(path: Path) -> str:
    """The secret of this data folder; made on first use, linked into place so that two services agree on one."""
    if not path.exists():
        made = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        try:
            path.hardlink_to(made)
        except FileExistsError:
            pass  # the other service was first: its secret is the one
        finally:
            made.unlink()
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < 32:
        raise WrongSettings(f"{PREFIX}DATA_DIR: {path} is damaged: delete it, links given out so far stop working")
    return secret
