"""The version of the matcher: it changes whenever a score or a sentence may change."""

ENGINE_VERSION = "1.0"
