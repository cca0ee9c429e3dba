"""The pages of the workspace around one row: where they stand, how they look, what they say when something was done."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

Trail = list[tuple[str, str | None]]


class PagesAdmin(ModelAdmin):
    """Titles, trails, pages of our own, and messages. list_title: what the list is called, if not by its model."""

    list_title: ClassVar[str] = ""
    change_list_template = "admin/scoped/change_list.html"

    def address_of(self, obj: models.Model, page: str = "change", *more: str) -> str:
        """The address of a row, or of one of its pages."""
        raise NotImplementedError

    def list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def title_of(self, obj: Any) -> str:
        """The heading of a row's page."""
        return str(obj)

    def trail_to(self, obj: Any | None = None, *last: str) -> Trail:
        """Where a page stands: the list, the row, the page itself, which has no link."""
        name = self.list_title or str(self.opts.verbose_name_plural)
        trail: Trail = [(name[:1].upper() + name[1:], self.list_address())]
        if obj is not None:
            trail.append((self.title_of(obj), self.address_of(obj)))
        trail += [(word, None) for word in last]
        return [*trail[:-1], (trail[-1][0], None)]

    def wrapped(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """A page of our own, behind the workspace's sign-in and its check of forged requests."""
        return self.admin_site.admin_view(view)

    def page(
        self, request: HttpRequest, template: str, *, title: str, trail: Trail, status: int = 200, **context: Any
    ) -> TemplateResponse:
        """A page of our own inside the workspace."""
        request.current_app = self.admin_site.name
        whole = {**self.admin_site.each_context(request), "title": title, "trail": trail, **context}
        return TemplateResponse(request, template, whole, status=status)

    def refuse(self, request: HttpRequest, obj: Any, sentence: str) -> TemplateResponse:
        """Somebody who may see this may not do that. The sentence says who could."""
        return self.page(
            request,
            "admin/scoped/refused.html",
            title="Not allowed",
            trail=self.trail_to(obj, "Not allowed"),
            sentence=sentence,
            back=self.address_of(obj),
            status=403,
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"trail": self.trail_to()} | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is None:
            trail = self.trail_to(None, f"New {self.opts.verbose_name}")
        else:
            trail = self.trail_to(self.get_object(request, object_id))
        plain = {
            "trail": trail,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "show_close": False,
            "show_history": False,
        }
        return super().changeform_view(request, object_id, form_url, plain | (extra_context or {}))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Unfold leaves out what is wrong with a part as a whole: it is said above the form."""
        for inline in context["inline_admin_formsets"]:
            for sentence in _loose_errors(inline.formset):
                messages.error(request, sentence)
        return super().render_change_form(request, context, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what. Only models that keep a history have this page."""
        obj = self.get_object(request, object_id)
        changes = self.changes_of(obj)
        if changes is None:
            raise Http404
        trail = self.trail_to(obj, "Changes")
        return self.page(request, "admin/scoped/history.html", title="Changes", trail=trail, changes=changes)

    def changes_of(self, obj: Any) -> Sequence[Any] | None:
        """The changes of this row's particulars, newest first; None if none are kept."""
        return None

    # --- Saying it ------------------------------------------------------------------------------------------

    def done(self, request: HttpRequest, obj: Any, sentence: str) -> HttpResponseRedirect:
        messages.success(request, sentence)
        return redirect(self.address_of(obj))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.done(request, obj, "Saved.")

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.done(request, obj, "Saved.")

    # The workspace keeps histories of its own; Django's log would be one more, read by nobody.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        return None


def _loose_errors(formset: Any) -> Iterator[str]:
    """What is wrong with rows of a formset and of those nested in it, but with no field of theirs."""
    if not formset.is_bound:
        return
    for row in formset.forms:
        named = f"{row.instance}: " if row.instance.pk else ""
        yield from (f"{named}{sentence}" for sentence in row.non_field_errors())
        for nested in getattr(row, "nested_formsets", []):
            yield from nested.formset.non_form_errors()
            yield from _loose_errors(nested.formset)
