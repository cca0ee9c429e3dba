"""What whoever starts the demonstration reads: where it is, who is in it, and how to sign in."""

from typing import Final

PEOPLE: Final = (
    ("dr_cho@example.org", "practitioner and clinic admin of Lindenhof practice: Angela, Ben and forty others"),
    ("assistant_1@example.org", "assistant there: sees everybody, moves no plan"),
    ("angela@example.org", "patient, half-way through the five phases, her omeprazole coming down"),
    ("ben@example.org", "patient, whose plan is still a draft: nothing to see before it begins"),
    ("patient_012@example.org", "one of the forty; 001 to 003 and every even number can sign in"),
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

There are no passwords. Type one of these addresses in at {address}/account/login/code/
and take the code from the outbox. To be two people at once, use a private window for the second.

See a medicine come down
  as Angela    on her first page: today’s dose, her steps, diary and calendar
  as Dr Cho    hers, one to be signed, one of unknown use, and a draft, in
               {address}/admin/patients/taper/
  as Dr Price  who prescribes it elsewhere and has no login: open the newest link in
               {address}/demo/outbox/?to={PRESCRIBER}
               and have a code sent; it arrives there too

See how people are reached
  as Angela    “How we reach you” and “Messages we sent you”, below her first page
  as Dr Cho    what was sent, what was not, and why, in
               {address}/admin/patients/reminder/
               a warning sign that nobody has taken on, of patient 026
               when somebody reads, and who is called in turn, in
               {address}/admin/clinics/clinic/

Ctrl-C ends everything.
"""
