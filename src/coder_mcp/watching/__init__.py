"""From a build to what becomes of it: watching, and writes under way."""
