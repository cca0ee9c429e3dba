"""Reading a request: JSON of a bounded size and depth."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """DRF's own parser reads whatever is sent, however large, and ends in a server error if it is nested too deep.

    Raises `RequestDataTooBig` above DATA_UPLOAD_MAX_MEMORY_SIZE, `ParseError` for what is no JSON.
    """

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        assert parser_context is not None  # DRF always says whose request it is
        body = BytesIO(parser_context["request"].body)
        try:
            return super().parse(body, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("This is nested too deeply. Send an object with the fields of this request.") from error
