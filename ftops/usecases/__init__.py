"""One file per verb: port calls in order around the core. No third party, no printing."""
