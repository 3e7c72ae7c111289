SELECT ind, country, coordinates, "timestamp", user_name, age, date_joined
FROM places JOIN users USING (ind) ORDER BY ind LIMIT 10
