"""The pages of a prescriber outside, who has no login: a link out of a message, and what it opens.

Only the address in the message carries a secret; all others carry the opaque code of the request.
"""

from django.urls import path, register_converter

from clinics.codes import ALPHABET, LENGTH
from patients.prescriber import agreeing, answering, entering, reading

app_name = "prescriber"


class CodeConverter:
    """The code of a request: nothing else is taken for one, least of all a link’s secret."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "request_code")

urlpatterns = [
    path("", entering.closed, name="closed"),
    path("<request_code:code>/", reading.page, name="page"),
    path("<request_code:code>/letter/", reading.letter, name="letter"),
    path("<request_code:code>/code/", entering.send, name="send"),
    path("<request_code:code>/open/", entering.enter, name="enter"),
    path("<request_code:code>/close/", entering.leave, name="leave"),
    path("<request_code:code>/agree/", agreeing.agree, name="agree"),
    path("<request_code:code>/edit/", agreeing.edit, name="edit"),
    path("<request_code:code>/answer/", answering.answer, name="answer"),
    path("<request_code:code>/hold/", answering.hold, name="hold"),
    path("<request_code:code>/resume/", answering.resume, name="resume"),
    path("<request_code:code>/revoke/", answering.revoke, name="revoke"),
    path("<str:token>/", entering.follow, name="follow"),
]
