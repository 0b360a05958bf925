--- sorting | rows | insert select
SELECT * FROM weights ORDER BY weight
--- sorting by an operator | rows | insert select
SELECT weight FROM weights ORDER BY 1 USING <#
--- DISTINCT | rows | insert select
SELECT DISTINCT weight FROM weights
--- GROUP BY | rows | insert select
SELECT weight, count(*) FROM weights GROUP BY weight
--- UNION | rows | insert select
SELECT weight FROM weights UNION SELECT weight FROM weights
--- a window | rows | insert select
SELECT rank() OVER (ORDER BY weight) FROM weights
--- count of what differs | rows | insert select
SELECT count(DISTINCT weight) FROM weights
--- GREATEST | rows | insert select
SELECT greatest(a.weight, b.weight) FROM weights a, weights b
--- arrays that compare | rows | insert select
SELECT array_agg(a.weight) < array_agg(b.weight) FROM weights a, weights b
--- a place in an array | rows | insert select
SELECT array_position(array_agg(a.weight), ROW(2)::weight) FROM weights a
--- an array that is sorted | rows | insert select
SELECT array_sort(array_agg(weight)) FROM weights
--- a join | rows | insert select
SELECT * FROM weights a JOIN weights b ON a.weight =# b.weight
--- EXCEPT ALL | rows | insert select
SELECT weight FROM weights EXCEPT ALL SELECT weight FROM weights
--- JSON that is sorted | rows | insert select
SELECT json_agg(weight ORDER BY weight) FROM weights
