"""Reading what people export: Apple Health, Health Auto Export, and their own ratings."""
