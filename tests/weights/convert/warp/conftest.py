"""The portrait of the warp's tests and its maps."""

from tests.pipeline.animate.warp.conftest import face, finder, maps, photo, runtime

__all__ = ["face", "finder", "maps", "photo", "runtime"]
