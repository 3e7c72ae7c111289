-- Letter n has n lines, each of which names the letter and ends alike.
SELECT count(*) AS letters,
    count(*) FILTER (len(string_split(body, chr(10))) = number) AS with_all_lines,
    count(*) FILTER (body LIKE 'line 0 of letter ' || number || ', with "quotes", commas%') AS begin_well,
    count(*) FILTER (body LIKE '%line ' || (number - 1) || ' of letter ' || number || ', with "quotes", commas') AS end_well,
    count(*) FILTER (signed = 'writer ' || number) AS signed,
    sum(number) AS numbers
FROM letters
