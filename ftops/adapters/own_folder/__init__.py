"""`.ftops/`: what ftops keeps on this machine and never commits."""
