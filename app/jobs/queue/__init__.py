"""What lies in Redis: RQ's queues, signed messages, leases, and the choice of the next job."""
