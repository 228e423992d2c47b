from typing import Any

from django.core.management.base import BaseCommand

from casework.ledger.export import new_key


class Command(BaseCommand):
    """Make the key pair that signs the seals which leave the machine."""

    help = "Print a new key pair: SEAL_KEY stays secret, the public key goes to the auditors."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        private, public = new_key()
        self.stdout.write(f"SEAL_KEY={private}\nPUBLIC_KEY={public}")
