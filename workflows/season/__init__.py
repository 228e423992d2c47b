"""A fictional season of a whole city, played through the real engine and nowhere past it."""
