"""What is not scoped to a clinic is not in the workspace: the tables that other packages registered leave it.

Django finds this module last, because this app stands last among the installed ones.
"""

from django.contrib import admin

from clinics.admin.scoped import ScopedAdmin

for model, model_admin in list(admin.site._registry.items()):
    if not isinstance(model_admin, ScopedAdmin):
        admin.site.unregister(model)
