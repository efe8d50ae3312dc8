"""How fast exports of mood are read, beside lxml as its users tune it."""
