"""What was read before, believed only while nothing that `stat` tells has changed."""
