"""Requests drawn from the API's own document: none ends in an error of ours, and every answer is one that the
document describes."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.search.web.making import many, publish, story

pytestmark = pytest.mark.django_db

EXAMPLES = 25  # for each address, drawn as the document has them and as it forbids them
CHECKS = [
    *(not_a_server_error, content_type_conformance, response_schema_conformance),
    status_code_conformance,
]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_that_the_document_allows_or_forbids_ends_in_an_error_of_ours(mode: Any) -> None:
    publish(*many(12), story("test:other", outlet="ZAKER"))
    api = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())

    for found in api.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (
            operation.query or operation.path_parameters or operation.body
        ):
            continue  # nothing that could be wrong
        cases = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def holds(case: Any) -> None:
            response = case.call(headers={"Accept-Encoding": "identity"})  # it unpacks nothing
            case.validate_response(response, checks=CHECKS)

        holds()
