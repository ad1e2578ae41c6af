"""What is said of each thing on the way to the deployment, and of what may be done there."""
