"""One trace from a turn of the dialog to the clip, across the service and a worker, and nothing personal in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest

from skill.dialog.limits import compact_json
from skill.dialog.replay.device import build_device
from skill.dialog.replay.script import Mode
from tests.service_process import OZHIVI, ServiceProcess
from tests.small_portrait import small_portrait
from weights.store import WeightStore

proto = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="no OpenTelemetry: pip install '.[tracing]'"
)
WORDS = "оживи бабушку и пусть улыбнётся"


class Collector(ThreadingHTTPServer):
    """Takes spans by OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Any] = []
        """What has come, decoded."""

    def spans(self) -> Iterator[tuple[str, Any]]:
        """Each span, with the process that it is of."""
        for request in self.requests:
            for one in request.resource_spans:
                resource = {attribute.key: attribute.value.string_value for attribute in one.resource.attributes}
                for scope in one.scope_spans:
                    yield from ((resource["ozhivi.process"], span) for span in scope.spans)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Collector)
        self.server.requests.append(proto.ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name there)
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def worker(data: Path, traces: str) -> Iterator[None]:
    own = {"OZHIVI_DATA_DIR": str(data), "OZHIVI_TRACES": traces}
    with (data.parent / "worker").open("w") as log:
        process = subprocess.Popen([*OZHIVI, "worker"], env={**os.environ, **own}, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(60) == 0


def ask(address: str, headers: dict[str, str], body: bytes | None = None) -> Any:
    with urlopen(Request(address, body, headers), timeout=60) as answer:
        return json.load(answer)


def test_one_trace_from_the_turn_to_the_clip(collector: Collector, tmp_path: Path, built_weights: WeightStore) -> None:
    traces = f"http://127.0.0.1:{collector.server_port}"
    service = ServiceProcess(tmp_path / "data", workers="0", long_side="256", traces=traces)
    try:
        with worker(service.data, traces):
            token, job = animate(service)
    finally:
        assert service.stop() == 0
    spans = list(collector.spans())
    (rendered,) = [span for _, span in spans if span.name == "job"]
    way = [(process, span) for process, span in spans if span.trace_id == rendered.trace_id]
    names = {(process, span.name) for process, span in way}
    assert names >= {
        ("serve", "POST /{assistant}/{secret}"), ("serve", "turn"), ("serve", "photo"), ("worker", "job"),
        ("worker", "decode"), ("worker", "animate"), ("worker", "encode"), ("worker", "store"),
    }  # fmt: skip
    told = {attribute.key: attribute.value for attribute in rendered.attributes}
    assert (told["ozhivi.state"].string_value, told["ozhivi.job"].string_value) == ("done", job)
    everything = "\n".join(map(str, collector.requests))
    secret = (service.data / "alice-secret").read_text(encoding="ascii").strip()
    personal = [secret, token, *WORDS.split(), "127.0.0.1", str(tmp_path), "user", "session", *user_ids()]
    assert [one for one in personal if one in everything] == []


def user_ids() -> list[str]:
    """Whatever the message tells of who speaks."""
    text = compact_json(build_device("alice", Mode(screen=True, signed_in=True)).utterance(""))
    return re.findall(r'"(?:user_id|application_id|session_id|skill_id)":"([^"]{6,})', text)


def animate(service: ServiceProcess) -> tuple[str, str]:
    """Ask the skill, send the photo by its link and wait for the clip; the link's token, and the job."""
    device = build_device("alice", Mode(screen=True, signed_in=True))
    secret = (service.data / "alice-secret").read_text(encoding="ascii").strip()
    for words in (WORDS, "да", "да", "дай ссылку"):  # a busy machine's first answers are asked for again
        message = compact_json(device.utterance(words)).encode()
        with urlopen(Request(f"{service.address}/alice/{secret}", message), timeout=60) as answer:
            heard = device.receive(answer.read())
        if heard.link:
            break
    token = heard.link.rpartition("/")[2]
    head = b'--line\r\nContent-Disposition: form-data; name="seconds"\r\n\r\n2\r\n'
    head += b'--line\r\nContent-Disposition: form-data; name="photo"; filename="granny.jpg"\r\n\r\n'
    headers = {"X-Ozhivi-Ticket": token, "Content-Type": "multipart/form-data; boundary=line"}
    api = f"{service.address}/api/v1/animations"
    asked = ask(api, headers, head + small_portrait() + b"\r\n--line--\r\n")
    until = time.monotonic() + 120
    while (state := ask(f"{api}/{asked['id']}", {})["state"]) not in {"done", "refused", "failed"}:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert state == "done"
    return token, asked["id"][:22]
