"""The version of the matcher: it changes whenever a score or a sentence may change."""

ENGINE_VERSION = "2.0"
