"""My settings: when and where the signed-in person wants messages, and tokens for programs of one's own.

It stands with the patients because what is owed to a practitioner moves with the practitioner's times.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from knox.models import AuthToken
from unfold.decorators import action

from clinics.admin import inputs
from clinics.admin.desk import at_of, signed_in
from clinics.admin.pages import Trail
from clinics.admin.scoped import ScopedAdmin
from clinics.models import User
from clinics.roles import Act
from patients.services.own_settings import save_own_settings

# Where a new token waits for the one page that shows it.
FRESH_TOKEN = "fresh_api_token"


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """One's own login and nobody else's."""

    clinic_path = "memberships__clinic"
    list_display = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "name", "zone"]}),
        ("When messages may come", {"fields": ["message_time", "quiet_starts", "quiet_ends"]}),
    ]
    readonly_fields = ["email"]
    actions_detail = ["api_tokens"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        return User.objects.filter(pk=signed_in(request).pk)

    def may(self, request: HttpRequest, act: Act | None, obj: Any = None) -> bool:
        return obj is None or (obj if isinstance(obj, str) else obj.code) == signed_in(request).code

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def title_of(self, obj: User) -> str:
        return "My settings"

    def trail_to(self, obj: User | None = None, *last: str) -> Trail:
        own: Trail = [("My settings", self.list_address()), *((word, None) for word in last)]
        return [*own[:-1], (own[-1][0], None)]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "zone":
            kwargs["widget"] = inputs.ZoneInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(self.address_of(self.get_queryset(request).get()))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        save_own_settings(obj, by=signed_in(request), at=at_of(request))

    @action(description="API tokens", url_path="api-tokens", icon="key")
    def api_tokens(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One's own tokens: a new one is shown this once, and each can be ended."""
        user = self.get_object(request, object_id)
        if "end" in request.POST:
            AuthToken.objects.filter(user=user, token_key=request.POST["end"]).delete()
            messages.success(request, "The token was ended. Programs that use it are refused from now on.")
            return redirect(request.path)
        if request.method == "POST":
            _, request.session[FRESH_TOKEN] = AuthToken.objects.create(user)
            # Loading the page again must not make another one.
            return redirect(request.path)
        return self.page(
            request,
            "admin/patients/api_tokens.html",
            title="API tokens",
            trail=self.trail_to(user, "API tokens"),
            tokens=AuthToken.objects.filter(user=user).order_by("created"),
            fresh=request.session.pop(FRESH_TOKEN, ""),
            where=user.zone,
            back=self.address_of(user),
        )
