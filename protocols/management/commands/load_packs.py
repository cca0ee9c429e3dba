"""manage.py load_packs: the shipped catalogue for all, and the protocols, as drafts, into every clinic or one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.actor import for_system
from clinics.models import Clinic
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.packs import PackError, available_packs, load_pack


class Command(BaseCommand):
    help = (
        "Load the shipped medicines and supplements, and the shipped protocols into the clinics as drafts. "
        "What is there already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", metavar="CODE", help="Only this clinic.")

    def handle(self, *args: Any, clinic: str | None, **options: Any) -> None:
        at = timezone.now()
        clinics = Clinic.objects.all() if clinic is None else Clinic.objects.filter(code=clinic)
        if clinic is not None and not clinics:
            raise CommandError(f"There is no clinic “{clinic}”.")
        problems: dict[str, None] = {}
        try:
            for line in load_catalogue(by=for_system(), at=at):
                self.stdout.write(f"{line}.")
        except PackError as error:
            problems.update(dict.fromkeys(error.problems))
        if not clinics:
            self.stdout.write("There is no clinic yet. Make one with manage.py open_clinic.")
        for each in clinics:
            for pack_key in available_packs():
                try:
                    loaded = load_pack(pack_key, clinic=each, by=for_system(), at=at)
                except PackError as error:
                    # The other packs are loaded all the same; a pack's faults are the same for every clinic.
                    problems.update(dict.fromkeys(error.problems))
                else:
                    self.stdout.write(f"{each.code} · {pack_key}: {loaded}.")
        if problems:
            raise CommandError("\n".join(problems))
