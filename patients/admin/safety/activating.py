"""What the rules would find of a draft as it is about to be activated, with the amounts that are being decided."""

from django.http import HttpRequest

from clinics.admin.desk import at_of
from patients.admin.move_forms import ActivateForm, MoveForm
from patients.admin.safety.section import SafetySection, previewed
from patients.admin.standing import today_of
from patients.models import Plan
from patients.services.safety.assessing import preview
from protocols.domain.order_states import OrderStanding


def before_activation(request: HttpRequest, plan: Plan, form: MoveForm) -> SafetySection | None:
    """None for a form of another move. What is not typed yet has no amount."""
    if not isinstance(form, ActivateForm):
        return None
    orders = list(plan.orders.all())
    if form.is_bound and form.is_valid():
        for order in orders:
            if order.code in form.cleaned_data["left_out"]:
                order.standing = OrderStanding.LEFT_OUT.value
            elif order.code in form.amounts:
                amount = form.amounts[order.code]
                order.amount_value, order.amount_unit = amount.value, amount.unit.value
    for order in orders:
        order.plan = plan
    judged = preview(plan, at=at_of(request), orders=orders)
    return previewed(judged, today=today_of(plan.patient, at_of(request)))
