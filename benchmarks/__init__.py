"""`make bench`: how long an epoch takes, and against what."""
