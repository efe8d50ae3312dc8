"""How severe a traffic accident is: models of ECLO and of its parts."""
