"""Adding something once, however often the filled-in form is sent.

The code of the new record is made from the form as it was sent, so the database itself refuses a second one.
"""

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from clinics.codes import ALPHABET, LENGTH

NONCE = "nonce"
NOT_CONTENT = {"csrfmiddlewaretoken"}


def code_of_submission(request: HttpRequest) -> str:
    """One code for each filled-in form of one person: the same form sent again has the same. Empty without a nonce.

    It is keyed with the server's secret, so nobody chooses a code or foresees one.
    """
    if not request.POST.get(NONCE):
        return ""
    content = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    digest = salted_hmac("clinics.admin.adding", repr((request.user.pk, content)), algorithm="sha256").digest()
    # 256 is a multiple of 32 signs: each is as likely as any other.
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])
