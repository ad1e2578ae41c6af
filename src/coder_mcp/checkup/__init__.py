"""Why the deployment cannot be used: everything on the way to it is looked at."""
