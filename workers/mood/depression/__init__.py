"""Depression from motor activity: fitted on Depresjon, which never says on which date it was recorded."""
