-- Room on the disks of the server that answers.
SELECT sum(free_space) AS free, sum(total_space) AS total
FROM system.disks
WHERE type = 'Local' OR type = 'local'
