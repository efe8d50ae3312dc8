"""What the clock does: reap lost jobs, expire old ones, probe the lanes."""
