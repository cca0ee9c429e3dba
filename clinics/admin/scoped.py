"""The one base class of the workspace: whatever is listed, chosen, searched, filtered or looked up starts at one's own
clinics; nothing is deleted; roles decide what may be done; a stranger's address does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from unfold.admin import StackedInline
from unfold.dataclasses import UnfoldAction
from unfold.views import ChangeList

from clinics.actor import Actor, NotAllowed, require
from clinics.admin.choices import ScopedChoices, ScopedRelatedFilter
from clinics.admin.desk import actor_in, desk_of
from clinics.admin.meanwhile import StillThereFormSet
from clinics.admin.pages import PagesAdmin
from clinics.models import Clinic
from clinics.roles import Act

RowPage = Callable[..., HttpResponse]
SHIPPED = "This is shipped with gutclinic, for every clinic: nobody changes it here."


def row_page(act: Act) -> Callable[[RowPage], RowPage]:
    """A page about one row that not every role may open: `view(self, request, obj)`.

    Whoever may not even see the row gets 404; whoever may see it, but not do this, gets a sentence that says who could.
    """

    def decorate(view: RowPage) -> RowPage:
        @wraps(view)
        def inner(self: "ScopedAdmin", request: HttpRequest, object_id: str, *args: str) -> HttpResponse:
            obj = self.get_object(request, object_id)
            try:
                if self.is_shipped(obj):
                    raise NotAllowed(SHIPPED)
                require(self.actor(request, obj), act, clinic=self.clinic_of(obj))
                return view(self, request, obj, *args)
            except NotAllowed as refusal:
                return self.refuse(request, obj, str(refusal))

        inner.act = act  # type: ignore[attr-defined]
        return inner

    return decorate


class ScopedChangeList(ChangeList):
    def url_for_result(self, result: models.Model) -> str:
        address: str = self.model_admin.address_of(result)
        return address


class ScopedAdmin(ScopedChoices, PagesAdmin):
    """A model in the workspace. It says how its rows belong to a clinic, and which act each use of them is.

    clinic_path: the way from a row to its clinic, as a queryset filter. view_act, add_act, change_act: None for never.
    address_field: the opaque code that stands in addresses. shares_shipped: rows without a clinic are shipped with
    gutclinic; whoever has the view act in any clinic reads them, and nobody changes them.
    """

    clinic_path: ClassVar[str]
    view_act: ClassVar[Act] = Act.SEE_PATIENTS
    add_act: ClassVar[Act | None] = None
    change_act: ClassVar[Act | None] = None
    address_field: ClassVar[str] = "code"
    shares_shipped: ClassVar[bool] = False

    actions = None
    list_per_page = 50
    show_full_result_count = False

    # --- Scope ----------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        manager = self.model._default_manager
        rows = manager.visible_to(request.user) if hasattr(manager, "visible_to") else manager.all()
        # A member of staff may be a patient elsewhere: the own record is for the portal, not for this desk.
        clinics = desk_of(request).clinics_where(self.view_act)
        shown = models.Q(**{f"{self.clinic_path}__in": clinics})
        if self.shares_shipped and clinics:
            shown |= models.Q(**{f"{self.clinic_path}__isnull": True})
        own = rows.filter(shown)
        ordering = self.get_ordering(request)
        return own.order_by(*ordering) if ordering else own

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row of this address; 404 where it does not exist for this user. Read once per request."""
        seen: dict[tuple[Any, str], Any] = request.__dict__.setdefault("_scoped_objects", {})
        key = (self.model, object_id)
        if key not in seen:
            try:
                seen[key] = self.get_queryset(request).filter(**{self.address_field: object_id}).first()
            except (ValueError, ValidationError):
                seen[key] = None
        if seen[key] is None:
            raise Http404
        return seen[key]

    def is_shipped(self, obj: Any) -> bool:
        """Whether this row is every clinic's, because gutclinic brought it."""
        return self.shares_shipped and self.clinic_of(obj) is None

    def clinic_of(self, obj: Any) -> Clinic:
        """The clinic that this row belongs to; nothing for one that is shipped (`is_shipped`)."""
        for step in [] if self.clinic_path == "pk" else self.clinic_path.split("__"):
            obj = getattr(obj, step)
        clinic: Clinic = obj
        return clinic

    def address_of(self, obj: models.Model, page: str = "change", *more: str) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(getattr(obj, self.address_field)), *more])

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item: Any) -> Any:
        if isinstance(item, str) and self.opts.get_field(item).is_relation:
            return (item, ScopedRelatedFilter)
        return item

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return ScopedChangeList

    # --- Roles ----------------------------------------------------------------------------------------------

    def may(self, request: HttpRequest, act: Act | None, obj: Any = None) -> bool:
        """Whether this user may do this with that row; without a row, whether anywhere. obj: a row or its address."""
        if act is None:
            return False
        if obj is None:
            return desk_of(request).may(act)
        row = self.get_object(request, obj) if isinstance(obj, str) else obj
        if self.is_shipped(row):
            return act is self.view_act and desk_of(request).may(act)
        return desk_of(request).may(act, clinic_id=self.clinic_of(row).pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.view_act)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.view_act, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.add_act)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.change_act, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing clinical is deleted: it is ended, with the name of whoever ended it."""
        return False

    def actor(self, request: HttpRequest, obj: Any) -> Actor:
        """Whoever acts on this row, in the role held in its clinic."""
        return actor_in(request, self.clinic_of(obj))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """The buttons above a row: those of pages that this user may open and that make sense now."""
        obj = self.get_object(request, object_id)
        offered = []
        for action in super().get_actions_detail(request, object_id):
            act = getattr(action.method, "act", None)
            if (act is None or self.may(request, act, obj)) and self.offers(action.method.original_function_name, obj):
                offered.append(action)
        return offered

    def offers(self, action: str, obj: Any) -> bool:
        """Whether this button makes sense for the row as it is."""
        return True

    # --- Addresses ------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Django's, without delete, and without the old short address that answers a stranger with a redirect."""
        delete = f"{self.opts.app_label}_{self.opts.model_name}_delete"
        return [*self.own_urls(), *(url for url in super().get_urls() if url.name not in {None, delete})]

    def own_urls(self) -> list[URLPattern]:
        """Further pages of this model."""
        return []


class ScopedInline(ScopedChoices, StackedInline):
    """Rows shown with the row they belong to, which was found through `ScopedAdmin` and decides what may be done.

    Stacked: in Unfold's tables the inputs have no labels.
    """

    extra = 0
    formset = StillThereFormSet

    def _parent(self) -> ScopedAdmin:
        parent: ScopedAdmin = self.admin_site._registry[self.parent_model]
        return parent

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
