"""How the workspace looks, and what stands in its sidebar. gutclinic/settings.py takes it over as UNFOLD."""

from django.templatetags.static import static
from django.urls import reverse_lazy


def _style(request: object) -> str:
    return static("admin-own/workspace.css")


# A calm teal. From 600 on it carries white text at more than 4.5 to 1.
PRIMARY = {
    "50": "oklch(98.4% .014 180.7)",
    "100": "oklch(95.3% .045 180.8)",
    "200": "oklch(91% .08 180.4)",
    "300": "oklch(84% .11 181.1)",
    "400": "oklch(75% .12 181.9)",
    "500": "oklch(68% .115 182.5)",
    "600": "oklch(48% .088 188)",
    "700": "oklch(43.7% .078 188.2)",
    "800": "oklch(38.6% .063 188.4)",
    "900": "oklch(33% .055 190)",
    "950": "oklch(27.7% .046 192.5)",
}

UNFOLD = {
    "SITE_TITLE": "gutclinic",
    "SITE_HEADER": "gutclinic",
    "SITE_SYMBOL": "diversity_1",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": False,
    "COLORS": {
        "primary": PRIMARY,
        # Unfold's own quiet grey is too faint to read on its tinted rows.
        "font": {"subtle-light": "var(--color-base-600)", "subtle-dark": "var(--color-base-300)"},
    },
    "STYLES": [_style],
    "DASHBOARD_CALLBACK": "patients.admin.today.today",
    "ACCOUNT": {"navigation": [{"title": "My settings", "link": reverse_lazy("admin:clinics_user_changelist")}]},
    "SIDEBAR": {
        "navigation": [
            {
                "items": [
                    {
                        "title": "Today",
                        "icon": "today",
                        "link": reverse_lazy("admin:index"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Patients",
                        "icon": "group",
                        "link": reverse_lazy("admin:patients_patient_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Plans",
                        "icon": "view_timeline",
                        "link": reverse_lazy("admin:patients_plan_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Tapers",
                        "icon": "trending_down",
                        "link": reverse_lazy("admin:patients_taper_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Findings",
                        "icon": "rule",
                        "link": reverse_lazy("admin:patients_finding_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Reminders",
                        "icon": "outbox",
                        "link": reverse_lazy("admin:patients_reminder_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Protocols",
                        "icon": "menu_book",
                        "link": reverse_lazy("admin:protocols_protocoltemplate_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Medicines",
                        "icon": "medication",
                        "link": reverse_lazy("admin:protocols_medicine_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Supplements",
                        "icon": "nutrition",
                        "link": reverse_lazy("admin:protocols_supplement_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Safety rules",
                        "icon": "health_and_safety",
                        "link": reverse_lazy("admin:protocols_safetyrulereview_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Prescribers",
                        "icon": "prescriptions",
                        "link": reverse_lazy("admin:clinics_prescriber_changelist"),
                        "permission": "clinics.admin.desk.sees_patients",
                    },
                    {
                        "title": "Staff",
                        "icon": "badge",
                        "link": reverse_lazy("admin:clinics_membership_changelist"),
                        "permission": "clinics.admin.desk.manages_staff",
                    },
                    {
                        "title": "Clinic",
                        "icon": "home_health",
                        "link": reverse_lazy("admin:clinics_clinic_changelist"),
                        "permission": "clinics.admin.desk.manages_staff",
                    },
                ]
            }
        ]
    },
}
