"""Pictures: from a stranger's bytes to upright sRGB pixels."""
