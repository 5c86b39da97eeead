"""Counts in a workspace's SQLite database, after the server is gone, what must not have happened. Prints JSON.
Usage: over_assigned.py DATABASE [MAX_VOTES] [EXPERT_VOTES]  (12 by the crowd and 4 more by experts on what it could not settle are
what the rules allow unless a project says otherwise)"""

import json
import sqlite3
import sys

CHECKS = {
    # More answers and open leases than any image may have.
    "images_with_more_than_any_may_have": """
        SELECT COUNT(*) FROM (SELECT a.subject_id FROM assignment a
            WHERE a.training = 0 AND a.state <> 'expired' AND a.strategy <> 'retest'
            GROUP BY a.project_id, a.subject_id HAVING COUNT(*) > :max_votes + CASE WHEN EXISTS (SELECT 1 FROM decision d
                WHERE d.project_id = a.project_id AND d.subject_id = a.subject_id AND d.to_outcome = 'contested')
                THEN :expert_votes ELSE 0 END)""",
    # Handed out (not to test it again) although a decision before had closed it, with none after it that opened it.
    "handed_out_after_the_decision": """
        SELECT COUNT(*) FROM assignment a
        WHERE a.training = 0 AND a.strategy <> 'retest' AND
            (SELECT d.to_outcome FROM decision d WHERE d.project_id = a.project_id AND d.subject_id = a.subject_id
                AND d.at < a.assigned_at ORDER BY d.seq DESC LIMIT 1) IN ('detected', 'rejected')""",
    "the_same_image_twice_to_one_person": """
        SELECT COUNT(*) FROM (SELECT 1 FROM assignment WHERE state <> 'expired'
            GROUP BY project_id, volunteer_id, image_digest HAVING COUNT(*) > 1)""",
    "answers_twice_on_one_assignment": """
        SELECT COUNT(*) FROM (SELECT 1 FROM log_entry v WHERE v.kind = 0
            AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
            GROUP BY v.assignment_id HAVING COUNT(*) > 1)""",
    "leases_that_do_not_add_up": """
        SELECT COUNT(*) FROM belief b WHERE b.open_leases <> (SELECT COUNT(*) FROM assignment a
            WHERE a.project_id = b.project_id AND a.subject_id = b.subject_id AND a.state = 'open' AND a.training = 0)
            AND (b.open_leases > 0 OR b.no_lens + b.unsure + b.lens > 0)""",
    "budget_that_does_not_add_up": """
        SELECT COUNT(*) FROM queue q WHERE q.taken > q.votes_budget OR q.taken <> (SELECT COUNT(*) FROM assignment a
            WHERE a.project_id = q.project_id AND a.round = q.round AND a.training = 0 AND a.state <> 'expired')""",
}

FACTS = {
    "answers": "SELECT COUNT(*) FROM log_entry WHERE kind = 0",
    "images_answered": "SELECT COUNT(DISTINCT subject_id) FROM assignment WHERE training = 0 AND state = 'answered'",
    "most_answers_on_one_image": """SELECT COALESCE(MAX(n), 0) FROM (SELECT COUNT(*) AS n FROM assignment
        WHERE training = 0 AND state = 'answered' GROUP BY subject_id)""",
    "decisions": "SELECT COUNT(*) FROM decision",
}


def main():
    connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    given = [int(text) for text in sys.argv[2:4]]
    values = dict(zip(("max_votes", "expert_votes"), given + [12, 4][len(given):]))
    count = lambda query: connection.execute(query, values if ":max_votes" in query else {}).fetchone()[0]
    found = {name: count(query) for name, query in CHECKS.items()}
    print(json.dumps({"over_assigned": found, "facts": {name: count(query) for name, query in FACTS.items()}}, indent=2))
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main()
