SELECT m, v FROM lake.t
