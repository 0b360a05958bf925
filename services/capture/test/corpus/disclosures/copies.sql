--- a header that is none
COPY people (secret) TO STDOUT (FORMAT csv, HEADER 'OFF')
--- a header that is none, as a name
COPY people (secret) TO STDOUT (HEADER "False")
--- VALUES
COPY (VALUES ((SELECT secret FROM people))) TO STDOUT
--- a function in FROM
COPY (SELECT f FROM people, upper(secret) f) TO STDOUT
--- beside a star that nobody can count
COPY (SELECT *, upper(secret) FROM people JOIN others USING (id)) TO STDOUT
--- what the planner keeps
COPY (SELECT histogram_bounds FROM pg_stats) TO STDOUT
