from tests.evaluation.conftest import cast

__all__ = ["cast"]
