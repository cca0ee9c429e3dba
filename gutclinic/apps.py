from django.apps import AppConfig


class GutclinicConfig(AppConfig):
    name = "gutclinic"
    verbose_name = "gutclinic"

    def ready(self) -> None:
        from gutclinic import (  # noqa: F401 — registering the checks is what the import is for
            channel_checks,
            checks,
            metrics_checks,
        )
