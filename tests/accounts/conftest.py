from tests.cast import cast, kept_cast, module_cast

__all__ = ["cast", "kept_cast", "module_cast"]
