"""Ways to run a try of a job: as processes of this machine, or on a cluster."""
