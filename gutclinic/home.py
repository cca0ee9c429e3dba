"""The front door: it leads everybody to where they belong."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from patients.models import Patient


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Staff to the admin, a patient to the portal; whoever could go to several places chooses."""
    records = list(Patient.objects.visible_to(request.user).filter(user__in=[request.user.pk]).select_related("clinic"))
    is_staff = request.user.is_staff
    if is_staff and not records:
        return redirect("admin:index")
    if len(records) == 1 and not is_staff:
        return redirect("portal:home", records[0].code)
    return render(request, "portal/choose.html", {"records": records, "is_staff": is_staff})
