SELECT count(*) AS people, sum(minutes) AS minutes FROM visits
