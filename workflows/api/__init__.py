"""The interface for programs: the same scope, the same acts and the same figures as the screens."""
