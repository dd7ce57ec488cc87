"""Runtime of the models: onnxruntime sessions, opened once, on the best provider that really works."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import onnxruntime as ort
import structlog
from numpy.typing import NDArray

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"

log = structlog.get_logger(__name__)


class Runtime:
    """Sessions by model name.

    Safe to share between threads: one session a model, and onnxruntime's `run` is reentrant.
    """

    def __init__(
        self,
        models: Callable[[str], Path],
        *,
        providers: Sequence[str] | None = None,
        threads: int | None = None,
    ) -> None:
        """Choose the providers; nothing is opened yet.

        Args:
            models: Model name → path of its .onnx file (`WeightStore.path`); its errors pass through,
                LookupError of a model that is not there.
            providers: onnxruntime's provider names, best first; by default CUDA where this onnxruntime has it, then
                the CPU. A provider that can't be loaded is left out with a warning; the CPU is always the last resort.
            threads: Threads inside one model, by default min(4, logical CPUs).
        """
        self._models = models
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._providers = _usable(providers)
        self._sessions: dict[str, ort.InferenceSession] = {}
        self._lock = Lock()

    @property
    def providers(self) -> tuple[str, ...]:
        """Names of the providers that new sessions are opened with, best first; the last is always the CPU."""
        return self._providers

    def has(self, name: str) -> bool:
        """Whether the model `name`, of an extra, is there. A file that is not what it should be raises its error."""
        try:
            self._models(name)
        except LookupError:
            return False
        return True

    def session(self, name: str) -> ort.InferenceSession:
        """The session of the model `name`, opened on its first use; an unreadable model raises onnxruntime's error."""
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = self._open(self._models(name))
            return self._sessions[name]

    def open(self, name: str) -> ort.InferenceSession:
        """A further session of the model `name`, which belongs to the caller alone."""
        with self._lock:
            return self._open(self._models(name))

    def run(self, name: str, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Run a model once.

        Args:
            name: The model's name.
            feeds: Input name → array of the model's dtype and shape.

        Returns:
            Output name → array.
        """
        session = self.session(name)
        values = session.run(None, dict(feeds))
        return {output.name: value for output, value in zip(session.get_outputs(), values, strict=True)}

    def describe(self) -> dict[str, Any]:
        """Facts for `ozhivi doctor`: version, providers in this build and in use, threads, open models."""
        with self._lock:
            opened = {name: list(session.get_providers()) for name, session in self._sessions.items()}
        return {
            "onnxruntime": ort.__version__,
            "providers_built_in": list(ort.get_available_providers()),
            "providers": list(self._providers),
            "threads": self._threads,
            "models": opened,
        }

    def _open(self, path: Path) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # spinning threads steal the other cores from OpenCV and the encoder between two calls
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = ort.InferenceSession(str(path), options, providers=list(self._providers))
        except Exception as error:  # a GPU library fails in many ways
            if self._providers == (CPU,):
                raise
            self._leave_gpu(str(error))
            return ort.InferenceSession(str(path), options, providers=[CPU])
        missing = [name for name in self._providers if name not in session.get_providers()]
        if missing:
            self._leave_gpu(f"{', '.join(missing)} did not load")
        return session

    def _leave_gpu(self, detail: str) -> None:
        log.warning("provider_fallback", wanted=list(self._providers), used=CPU, detail=detail[:300])
        self._providers = (CPU,)


def _usable(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Providers of `wanted` that this onnxruntime was built with, the CPU last."""
    built_in = ort.get_available_providers()
    names = list(wanted) if wanted is not None else [CUDA]
    absent = [name for name in names if name not in built_in]
    if wanted is not None and absent:
        log.warning("provider_fallback", wanted=names, used=CPU, detail=f"not in this build: {', '.join(absent)}")
    return (*(name for name in names if name in built_in and name != CPU), CPU)


def only_input(session: ort.InferenceSession) -> str:
    """Name of the input of a model that has only one."""
    (single,) = session.get_inputs()
    return str(single.name)
