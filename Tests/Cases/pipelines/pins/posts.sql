-- What the board writes where it has nothing becomes null; 5k and 2M become numbers.
SELECT "index" AS ind,
       unique_id,
       nullif(title, 'No Title Data Available') AS title,
       CASE WHEN NOT starts_with(description, 'No description available') THEN description END AS description,
       CAST(TRY_CAST(regexp_extract(follower_count, '^[0-9.]+') AS DECIMAL(18, 3))
            * CASE right(follower_count, 1) WHEN 'k' THEN 1000 WHEN 'M' THEN 1000000 ELSE 1 END AS BIGINT) AS follower_count,
       nullif(poster_name, 'User Info Error') AS poster_name,
       nullif(tag_list, 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e') AS tag_list,
       is_image_or_video,
       nullif(image_src, 'Image src error.') AS image_src,
       replace(save_location, 'Local save in', '') AS save_location,
       category
FROM source
