"""What whoever starts the demonstration reads: where it is, who is in it, and how to sign in."""

from typing import Final

PEOPLE: Final = (
    ("dr_cho@example.org", "practitioner and clinic admin of Lindenhof practice: Angela, Ben and forty others"),
    ("assistant_1@example.org", "assistant there: sees everybody, moves no plan"),
    ("angela@example.org", "patient, half-way through the five phases, with something to tick today"),
    ("ben@example.org", "patient, whose plan is still a draft: nothing to see before it begins"),
    ("patient_012@example.org", "one of the forty; 001 to 003 and every even number can sign in, unless without email"),
    ("dr_dee@example.org", "practitioner and clinic admin of Harbour practice: sees none of the above"),
)


def welcome(address: str) -> str:
    """The page of text. address: without a slash at its end."""
    width = max(len(email) for email, _ in PEOPLE)
    people = "\n".join(f"  {email:{width}}  {who}" for email, who in PEOPLE)
    return f"""
The clinic is open:  {address}/
Its outbox:          {address}/demo/outbox/

Sign in as
{people}

There are no passwords. Type one of these addresses in at {address}/account/login/code/
and take the code from the outbox. To be two people at once, use a private window for the second.

Ctrl-C ends everything.
"""
