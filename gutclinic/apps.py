from django.apps import AppConfig


class GutclinicConfig(AppConfig):
    name = "gutclinic"
    verbose_name = "gutclinic"

    def ready(self) -> None:
        from gutclinic import checks  # noqa: F401 — registering the checks is what the import is for
