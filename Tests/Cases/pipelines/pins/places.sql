SELECT ind, country, [latitude, longitude] AS coordinates, "timestamp" FROM source
