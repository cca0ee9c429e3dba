"""How allauth behaves here: nobody signs up, and codes come in neutral words."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """A login comes by invitation alone."""
        return False
