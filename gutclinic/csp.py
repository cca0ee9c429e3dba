"""The content security policy: strict everywhere, relaxed for the workspace alone, whose scripts build functions."""

from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class PolicyMiddleware(CSPMiddleware):
    """django-csp, which asks here what the policy of a page is."""

    def get_policy_parts(self, request: HttpRequest, response: Any, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path.startswith(reverse("admin:index")):
            relaxed = settings.ADMIN_CONTENT_SECURITY_POLICY
            parts.replace = relaxed | (parts.replace or {})
        return parts
