"""What whoever starts the demonstration reads: where it is, who is in it, and how to sign in."""

from typing import Final

PEOPLE: Final = (
    ("dr_cho@example.org", "practitioner and clinic admin of Lindenhof practice: Angela, Ben and forty others"),
    ("assistant_1@example.org", "assistant there: sees everybody, moves no plan"),
    ("angela@example.org", "patient, half-way through the five phases, her omeprazole coming down, a day to write in"),
    ("ben@example.org", "patient, whose plan is still a draft: nothing to see before it begins"),
    ("patient_012@example.org", "one of the forty, whose taper waits; 001 to 003 and every even number can sign in"),
    ("dr_dee@example.org", "practitioner and clinic admin of Harbour practice: sees none of the above"),
)
PRESCRIBER: Final = "dr_price@example.org"


def welcome(address: str) -> str:
    """The page of text. address: without a slash at its end."""
    width = max(len(email) for email, _ in PEOPLE)
    people = "\n".join(f"  {email:{width}}  {who}" for email, who in PEOPLE)
    return f"""
The clinic is open:  {address}/
Its outbox:          {address}/demo/outbox/

Sign in as
{people}

A prescriber outside has no login: {PRESCRIBER} was sent links, which lie in the outbox.
Open the one that waits for a signature, and take its code from there too:
  {address}/demo/outbox/?to={PRESCRIBER}

There are no passwords. Type one of these addresses in at {address}/account/login/code/
and take the code from the outbox. To be two people at once, use a private window for the second.

Ctrl-C ends everything.
"""
