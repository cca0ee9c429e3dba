"""The machine face of plans."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from patients.api import views

app_name = "api"
urlpatterns = [
    path("patients/", views.PatientList.as_view(), name="patients"),
    path("protocol-versions/", views.ProtocolVersionList.as_view(), name="protocol-versions"),
    path("plans/", views.PlanList.as_view(), name="plans"),
    path("plans/preview/", views.PlanPreview.as_view(), name="preview"),
    path("plans/<slug:code>/", views.PlanDetail.as_view(), name="plan"),
    *(
        path(f"plans/<slug:code>/{name}/", views.move_view(name, *move), name=f"plan-{name}")
        for name, move in views.PLAN_MOVES.items()
    ),
    *(
        path(f"plans/<slug:code>/phases/<slug:key>/{name}/", views.move_view(name, *move), name=f"phase-{name}")
        for name, move in views.PHASE_MOVES.items()
    ),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
]
