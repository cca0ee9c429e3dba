"""The machine face of plans."""

from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView

from patients.api import moves, order_asking, orders, views

app_name = "api"
# The page of its own has no style in it, which the content security policy refuses.
DOCS = {"url_name": "api:schema", "template_name": "api/docs.html", "title": "gutclinic API"}
urlpatterns = [
    path("patients/", views.PatientList.as_view(), name="patients"),
    path("protocol-versions/", views.ProtocolVersionList.as_view(), name="protocol-versions"),
    path("plans/", views.PlanList.as_view(), name="plans"),
    path("plans/preview/", views.PlanPreview.as_view(), name="preview"),
    path("plans/<slug:code>/", views.PlanDetail.as_view(), name="plan"),
    *(
        path(f"plans/<slug:code>/{name}/", moves.move_view(name, *move), name=f"plan-{name}")
        for name, move in moves.PLAN_MOVES.items()
    ),
    *(
        path(f"plans/<slug:code>/phases/<slug:key>/{name}/", moves.move_view(name, *move), name=f"phase-{name}")
        for name, move in moves.PHASE_MOVES.items()
    ),
    path("plans/<slug:code>/orders/", orders.order_view("add", orders.add_order, order_asking.Adding), name="orders"),
    *(
        path(f"plans/<slug:code>/orders/<slug:order>/{name}/", orders.order_view(name, *move), name=f"order-{name}")
        for name, move in orders.ORDER_MOVES.items()
    ),
    path("schema/", views.Description.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(**DOCS), name="docs"),
    path("<path:rest>/", views.NoSuchAddress.as_view()),
]
