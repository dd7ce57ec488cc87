"""Requests that schemathesis makes of our OpenAPI document, right and wrong ones, against the running service."""

from __future__ import annotations

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from skill.web.auth import KEY_HEADER
from tests.fuzz.conftest import KEY, count, report
from tests.fuzz.mutations import photos
from tests.service_process import ServiceProcess

pytestmark = pytest.mark.timeout(count(3600, 300))

REQUESTS = count(5_000, 120)
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def jobs(target: ServiceProcess, number: int) -> list[str]:
    """Ids of jobs that are there."""
    made = []
    for kind, photo in list(photos().items())[:number]:
        headers = {KEY_HEADER: KEY, "X-Ozhivi-User": kind}
        answered = requests.post(
            f"{target.address}/api/v1/animations", files={"photo": photo}, headers=headers, timeout=60
        )
        made.append(answered.json()["id"])
    return made


def test_what_the_document_says_and_what_it_forbids(target: ServiceProcess, pytestconfig: pytest.Config) -> None:
    document = schemathesis.openapi.from_url(f"{target.address}/api/v1/openapi.json")
    operations = [found.ok() for found in document.get_all_operations()]
    each = -(-REQUESTS // (len(operations) * len(MODES)))
    known, statuses = jobs(target, 8), dict[int, int]()
    for operation in operations:
        for mode in MODES:

            @seed(5)
            @settings(
                max_examples=each, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode), known_id=st.none() | st.sampled_from(known))
            def ask(case: schemathesis.Case, known_id: str | None) -> None:
                if known_id and "id" in (case.path_parameters or {}):
                    case.path_parameters["id"] = known_id
                response = case.call(base_url=target.address, headers={KEY_HEADER: KEY}, timeout=60)
                statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
                # previews are switched off here, and the document says that 503 tells so
                off = response.status_code == 503 and case.path.endswith("/previews")
                checks = [check for check in CHECKS if not (off and check is not_a_server_error)]
                case.validate_response(response, checks=checks)

            ask()
    report(pytestconfig, f"\n{sum(statuses.values())} requests, {len(operations)} operations, statuses {statuses}")
    assert sum(statuses.values()) >= REQUESTS
    assert target.files("incoming") == []
    assert target.complaints() == []
