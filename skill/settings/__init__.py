"""Settings of the service: read once, checked, never changed afterwards."""

from skill.settings.description import described
from skill.settings.messages import WrongSettings
from skill.settings.model import Settings, load
from skill.settings.sections import PhotoSettings

__all__ = ["PhotoSettings", "Settings", "WrongSettings", "described", "load"]
