"""How many predictions a running Assay answers, with few connections and with many."""
