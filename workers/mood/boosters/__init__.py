"""The boosters of Lim et al. 2024, which a user may bring: read, never run, and never unpickled."""
