"""Long runs against the stand-in server: `make soak`.

kills.py  refreshes as real processes, with random faults, killed at random moments
world.py  days in which publishers change their tables and registers, and clocks are wrong
"""
