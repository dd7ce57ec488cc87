"""The portrait of the warp's tests and its maps."""

from tests.pipeline.animate.warp.conftest import build_pixel_maps, face, finder, maps, photo, runtime

__all__ = ["build_pixel_maps", "face", "finder", "maps", "photo", "runtime"]
