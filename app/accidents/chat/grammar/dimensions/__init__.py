"""By what a question groups, ranks and cuts off."""
