"""The settings in force as rows of text, for people; no secret is shown."""

from __future__ import annotations

from pydantic import SecretStr

from skill.settings.messages import PREFIX
from skill.settings.model import Settings


def described(settings: Settings) -> tuple[tuple[str, str], ...]:
    """(name, value) of every setting; of secrets only how many there are."""
    return tuple((f"{PREFIX}{name.upper()}", _shown(name, getattr(settings, name))) for name in Settings.model_fields)


def _shown(name: str, value: object) -> str:
    match value:
        case SecretStr():
            return "given" if value.get_secret_value() else "none"
        case () if name != "api_keys":
            return "made in data_dir"
        case (SecretStr(), *_):
            return f"{len(value)} given"
        case (str(), *_):
            return ", ".join(map(str, value))
        case bool() | float():
            return f"{value:g}" if isinstance(value, float) else str(value).lower()
    return "none" if value in (None, ()) else str(value)
