"""The reason for which a medicine is taken, as a code that exists."""

from patients.services.errors import InvalidRequest
from protocols.domain.icd10cm import CodeError
from protocols.services.condition_codes import check_condition_code


def indication_code_of(typed: str) -> str:
    """The code as the release writes it; empty for none. Raises `InvalidRequest` at “indication_code”."""
    if not typed.strip():
        return ""
    try:
        return check_condition_code(typed).code
    except CodeError as error:
        raise InvalidRequest(str(error), field="indication_code") from error
