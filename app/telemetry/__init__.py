"""What operators see: logs, metrics, health and the dashboard."""
