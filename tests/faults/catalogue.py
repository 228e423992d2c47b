"""Every fault there is, by name."""

from tests.faults import campaign, controls, everywhere, installation, rooms, workers

FAULTS: dict[str, campaign.Fault] = {
    **campaign.FAULTS,
    **controls.FAULTS,
    **everywhere.FAULTS,
    **installation.FAULTS,
    **rooms.FAULTS,
    **workers.FAULTS,
}
