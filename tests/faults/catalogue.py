"""Every fault there is, by name."""

from tests.faults import campaign, everywhere, installation

FAULTS: dict[str, campaign.Fault] = {**campaign.FAULTS, **everywhere.FAULTS, **installation.FAULTS}
