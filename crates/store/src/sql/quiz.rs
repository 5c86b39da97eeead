//! The entry quiz: its rules, attempts and answers.

statements! {
    SET = "INSERT INTO quiz (project_id, questions, pass_mark) VALUES ($1, $2, $3)
        ON CONFLICT (project_id) DO UPDATE SET questions = excluded.questions, pass_mark = excluded.pass_mark";
    REMOVE = "DELETE FROM quiz WHERE project_id = $1";
    OF = "SELECT questions, pass_mark FROM quiz WHERE project_id = $1";
    BEGIN = "INSERT INTO quiz_attempt (id, project_id, volunteer_id, places, pass_mark, started_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    FORGET_ANSWERS = "DELETE FROM quiz_answer WHERE attempt_id IN
        (SELECT id FROM quiz_attempt WHERE volunteer_id IS NULL AND started_at < $1)";
    FORGET = "DELETE FROM quiz_attempt WHERE volunteer_id IS NULL AND started_at < $1";
    ATTEMPT = "SELECT id, project_id, volunteer_id, places, pass_mark, score, passed, started_at, finished_at
        FROM quiz_attempt WHERE id = $1";
    ANSWERS = "SELECT question, answer, correct FROM quiz_answer WHERE attempt_id = $1 ORDER BY question";
    /// The first answer stands.
    ANSWER = "INSERT INTO quiz_answer (attempt_id, question, answer, correct, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (attempt_id, question) DO NOTHING";
    FINISH = "UPDATE quiz_attempt SET score = $2, passed = $3, finished_at = $4
        WHERE id = $1 AND finished_at IS NULL";
    /// A guest's passed attempt becomes somebody's, once.
    CLAIM = "UPDATE quiz_attempt SET volunteer_id = $2
        WHERE id = $1 AND volunteer_id IS NULL AND passed = TRUE AND finished_at >= $3";
    PASSED = "SELECT MIN(finished_at) AS passed_at FROM quiz_attempt
        WHERE volunteer_id = $1 AND project_id = $2 AND passed = TRUE";
    RECORD = "SELECT COUNT(*) AS attempts, MAX(score) AS best FROM quiz_attempt
        WHERE volunteer_id = $1 AND project_id = $2 AND finished_at IS NOT NULL";
    PASSED_BY = "SELECT DISTINCT p.slug FROM quiz_attempt a JOIN project p ON p.id = a.project_id
        WHERE a.volunteer_id = $1 AND a.passed = TRUE ORDER BY p.slug";
}
