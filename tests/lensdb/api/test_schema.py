"""The OpenAPI schema is whole, and its page works under our Content-Security-Policy."""

import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient


def test_the_schema_is_valid_and_warns_of_nothing(tmp_path: Any) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    schema = yaml.safe_load(file.read_text())
    assert "/api/v1/series/{public_id}/photos/" in schema["paths"]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "404", "406", "413", "415", "429", "503"} <= set(operation["responses"]), (
                method,
                path,
            )
            assert "default" not in operation["responses"], (method, path)
            assert operation.get("description"), (method, path)


@pytest.mark.django_db
def test_the_page_of_the_api_holds_nothing_inline(anonymous: APIClient) -> None:
    answer = anonymous.get("/api/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"<style|style=|<script(?![^>]*src=)", page) is None
    assert "unsafe" not in answer["Content-Security-Policy"]
    script = re.search(r'src="([^"]*docs/[^"]*)"', page)
    assert script is not None
    assert "javascript" in anonymous.get(script[1].replace("&amp;", "&"))["Content-Type"]
