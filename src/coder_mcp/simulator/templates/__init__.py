"""The templates of the deployment, as data."""
