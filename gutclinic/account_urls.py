"""Signing in and out. Of allauth's pages only these: there are no passwords to change, reset or confirm."""

from allauth.account import views
from django.urls import path
from django.views.generic import RedirectView

from gutclinic.reauthentication import reauthenticate

urlpatterns = [
    path("login/code/", views.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    # allauth’s own page of this name asks for a password.
    path("is-it-you/", reauthenticate, name="account_reauthenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    # allauth leads here by these names. Its own page of the first has a form for a password; ours leads on.
    path(
        "login/",
        RedirectView.as_view(pattern_name="account_request_login_code", query_string=True),
        name="account_login",
    ),
    # Says that a login comes by invitation: `ClosedAccountAdapter`.
    path("signup/", views.signup, name="account_signup"),
]
