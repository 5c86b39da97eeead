//! Rounds of the campaign and their steps.

statements! {
    RUNNING = "SELECT number FROM round WHERE project_id = $1 AND state = 'running'";
    INSERT = "INSERT INTO round (project_id, number, state, spec, started_at) VALUES ($1, $2, 'running', $3, $4)";
    REOPEN = "UPDATE round SET state = 'running', ended_at = NULL
        WHERE project_id = $1 AND number = $2 AND state = 'failed'";
    BY_NUMBER = "SELECT number, state, spec, summary, started_at, ended_at
        FROM round WHERE project_id = $1 AND number = $2";
    OF_PROJECT = "SELECT number, state, spec, summary, started_at, ended_at
        FROM round WHERE project_id = $1 ORDER BY number";
    SET_SUMMARY = "UPDATE round SET summary = $3 WHERE project_id = $1 AND number = $2";
    END = "UPDATE round SET state = $3, ended_at = $4
        WHERE project_id = $1 AND number = $2 AND state <> $3";

    STEP_INSERT = "INSERT INTO step (project_id, round, name, position, state, attempt, epoch)
        VALUES ($1, $2, $3, $4, 'pending', 0, 0)";
    STEP = "SELECT round, name, position, state, attempt, epoch, owner, lease_until, input_digest, output, error,
            started_at, ended_at
        FROM step WHERE project_id = $1 AND round = $2 AND name = $3";
    STEPS = "SELECT round, name, position, state, attempt, epoch, owner, lease_until, input_digest, output, error,
            started_at, ended_at
        FROM step WHERE project_id = $1 AND round = $2 ORDER BY position";
    STEP_BEFORE = "SELECT name FROM step
        WHERE project_id = $1 AND round = $2 AND position < $3 AND state <> 'done' ORDER BY position LIMIT 1";
    /// Fenced: whoever reads an epoch and claims with it is alone in raising it.
    STEP_CLAIM = "UPDATE step SET state = 'running', attempt = attempt + 1, epoch = epoch + 1, owner = $5,
            lease_until = $6, input_digest = $7, error = NULL, started_at = $8, ended_at = NULL
        WHERE project_id = $1 AND round = $2 AND name = $3 AND epoch = $4 AND state <> 'done'
        RETURNING epoch, attempt";
    STEP_HEARTBEAT = "UPDATE step SET lease_until = $5
        WHERE project_id = $1 AND round = $2 AND name = $3 AND epoch = $4 AND state = 'running'";
    STEP_COMPLETE = "UPDATE step SET state = 'done', output = $5, ended_at = $6, lease_until = NULL
        WHERE project_id = $1 AND round = $2 AND name = $3 AND epoch = $4 AND state = 'running'";
    STEP_FAIL = "UPDATE step SET state = 'failed', error = $5, ended_at = $6, lease_until = NULL
        WHERE project_id = $1 AND round = $2 AND name = $3 AND epoch = $4 AND state = 'running'";
}
