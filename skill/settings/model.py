"""The settings as one value: from the command line, the environment and a TOML file, in this order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from skill.settings.environment import CONFIG, FILE, check_names, no_such_setting
from skill.settings.messages import PREFIX, WrongSettings, message
from skill.settings.sections import (
    CredentialSettings,
    DevelopmentSettings,
    DialogSettings,
    JobSettings,
    LinkingSettings,
    OperatorSettings,
    PhotoSettings,
    ServerSettings,
    StoreSettings,
)

# setting, its value, the settings that this value needs and that mean nothing without it
_NEEDED: Final = (
    ("store", "s3", ("s3_bucket", "s3_access_key", "s3_secret_key")),
    ("queue", "postgres", ("postgres",)),
)
_PAIRS: Final = (
    ("oauth_client_id", "oauth_client_secret"),
    ("credentials_certificate", "credentials_key"),
)


class Settings(
    DevelopmentSettings,
    LinkingSettings,
    DialogSettings,
    PhotoSettings,
    CredentialSettings,
    StoreSettings,
    JobSettings,
    OperatorSettings,
    ServerSettings,
    BaseSettings,
):
    """All settings of the service. A function that needs one subject only takes that section."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    @property
    def photo(self) -> PhotoSettings:
        """The settings of photos alone; those that nobody set stay known as such."""
        values = {name: getattr(self, name) for name in PhotoSettings.model_fields}
        return PhotoSettings.model_construct(self.model_fields_set & values.keys(), **values)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line goes before the environment, that before the file."""
        return init_settings, env_settings, _SecretFiles(settings_cls), _TomlFile(settings_cls)


def secret_settings() -> tuple[str, ...]:
    """Names of the settings that are secret: OZHIVI_<NAME>_FILE may name a file that holds one."""
    return tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in repr(field.annotation))


class _SecretFiles(PydanticBaseSettingsSource):
    """The files that the variables OZHIVI_<NAME>_FILE name, as orchestrators mount secrets."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return {
            name: self._read(f"{PREFIX}{name.upper()}", path)
            for name in secret_settings()
            if (path := os.environ.get(f"{PREFIX}{name.upper()}{FILE}", ""))
        }

    @staticmethod
    def _read(variable: str, path: str) -> str:
        if os.environ.get(variable):
            raise WrongSettings(f"{variable}{FILE}: should not be given, as {variable} is")
        try:
            # of several secrets each may have a line of its own
            return ",".join(Path(path).read_text(encoding="utf-8").split("\n")).strip(" ,\r")
        except OSError as error:
            raise WrongSettings(f"{variable}{FILE}: can't read {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise WrongSettings(f"{variable}{FILE}: {path} is no text") from None


class _TomlFile(PydanticBaseSettingsSource):
    """The file that OZHIVI_CONFIG names, where it does."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        name = os.environ.get(CONFIG, "")
        if not name:
            return {}
        try:
            return tomllib.loads(Path(name).read_text(encoding="utf-8"))
        except OSError as error:
            raise WrongSettings(f"{CONFIG}: can't read {name}: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WrongSettings(f"{CONFIG}: {name} is no TOML file: {error}") from None


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings; once for each process.

    Args:
        overrides: settings from the command line; they go before the environment, that before the file.

    Raises:
        WrongSettings: a value can't be used, a name is misspelt, or something that belongs together is not there.
    """
    check_names(os.environ, Settings.model_fields, secret_settings())
    try:
        settings = Settings(**(overrides or {}))
    except ValidationError as error:
        found = dict.fromkeys(_line(str(one["loc"][0])) for one in error.errors(include_url=False))
        raise WrongSettings("; ".join(found)) from None
    for line in _conflicts(settings):
        raise WrongSettings(line)
    return settings


def _line(name: str) -> str:
    if name not in Settings.model_fields:
        return f"{name}: {no_such_setting(name, Settings.model_fields)}"
    return message(name, Settings.model_fields)


def _conflicts(settings: Settings) -> Iterator[str]:
    """Settings without those that they need, or those that mean nothing without another: whoever gave them means
    something else than what would happen."""
    for choice, value, needed in _NEEDED:
        chosen = getattr(settings, choice) == value
        for name in needed:
            if chosen and not _is_set(settings, name):
                yield f"{PREFIX}{name.upper()}: should be given, as {PREFIX}{choice.upper()} is {value}"
            if _is_set(settings, name) and not chosen:
                yield f"{PREFIX}{choice.upper()}: should be {value}, as {PREFIX}{name.upper()} is given"
    for one, other in (*_PAIRS, *(pair[::-1] for pair in _PAIRS)):
        if _is_set(settings, one) and not _is_set(settings, other):
            yield f"{PREFIX}{other.upper()}: should be given, as {PREFIX}{one.upper()} is given"


def _is_set(settings: Settings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
