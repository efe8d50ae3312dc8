"""Maps of data sets as GeoJSON: districts, dong, points and what differs between two periods."""
