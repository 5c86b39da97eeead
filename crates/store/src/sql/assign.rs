//! Handing out images: leases end, subjects are picked, impressions are written.
//!
//! Each search walks one index in its order and stops after so many hits or so many steps, so the
//! work grows neither with the pool nor with what this volunteer has had. Whether they have had an
//! image is asked in three counting subqueries and not NOT EXISTS, which PostgreSQL would turn into
//! a join over everything: this subject; its picture, under whatever subject (browsers know images by
//! it, and one of the subjects may be a training image whose truth was told); and, unless the last
//! argument allows that, whether they let it go unanswered. Only what the choice needs is read of all
//! that are found, in no promised order; the rest, of those that are chosen (`bulk::ROUTED`).

statements! {
    /// Leases that are over.
    OVER = "SELECT id FROM assignment
        WHERE project_id = $1 AND state = 'open' AND expires_at <= $2 ORDER BY expires_at LIMIT 200";
    /// Marked, so that a late vote on one cannot slip in beside its successor.
    EXPIRE = "UPDATE assignment SET state = 'expired'
        WHERE id = $1 AND state = 'open' AND expires_at <= $2 RETURNING round, subject_id, training";
    GIVE_BACK = "UPDATE belief SET open_leases = open_leases - 1 WHERE project_id = $1 AND subject_id = $2";
    SPEND = "UPDATE queue SET taken = taken + $3 WHERE project_id = $1 AND round = $2";
    /// The queue now open, who asks, the rules in force, and whether leases are over.
    CONTEXT = "SELECT q.round, q.votes_budget, q.taken,
            (SELECT r.record FROM participation r WHERE r.project_id = $1 AND r.volunteer_id = $2) AS record,
            (SELECT v.role FROM volunteer v WHERE v.id = $2) AS role,
            (SELECT n.id FROM anchor n WHERE n.project_id = $1 ORDER BY n.seq DESC LIMIT 1) AS anchor_id,
            (SELECT COUNT(*) FROM (SELECT 1 FROM assignment o
                WHERE o.project_id = $1 AND o.state = 'open' AND o.expires_at <= $3 LIMIT 1) l) AS lapsed
        FROM queue q JOIN project p ON p.id = q.project_id AND p.active = TRUE
        WHERE q.project_id = $1 AND q.open = TRUE";
    /// Of the best 512 open subjects of the round, from a priority on: those this volunteer may get.
    CROWD = "SELECT n.subject_id, n.rank, n.evidence_lens, n.evidence_plain, n.evidence_look_alike, n.network,
            n.value, n.least_bits, n.priority
        FROM (SELECT c.subject_id, c.rank, c.evidence_lens, c.evidence_plain, c.evidence_look_alike,
                c.network, c.value, c.least_bits, c.priority,
                (SELECT i.image_digest FROM subject i WHERE i.id = c.subject_id) AS image_digest
            FROM belief c
            WHERE c.project_id = $1 AND c.round = $2 AND c.open_leases < c.crowd_wanted
              AND c.priority <= $5
            ORDER BY c.priority DESC, c.rank LIMIT 512) n
        WHERE (SELECT COUNT(*) FROM assignment a
                WHERE a.volunteer_id = $3 AND a.subject_id = n.subject_id AND a.state <> 'expired') = 0
            AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
                AND a.image_digest = n.image_digest AND a.state <> 'expired') = 0
            AND ($4 OR (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
                AND a.image_digest = n.image_digest AND a.state = 'expired') = 0)
        LIMIT 64";
    /// The priority after which [`CROWD`] stops looking; no row if it looks at all there are.
    CROWD_END = "SELECT c.priority FROM belief c
        WHERE c.project_id = $1 AND c.round = $2 AND c.open_leases < c.crowd_wanted
        ORDER BY c.priority DESC, c.rank LIMIT 1 OFFSET 511";
    /// Of all open subjects of the round: for somebody who has had what [`CROWD`] finds.
    CROWD_ALL = "SELECT n.subject_id, n.rank, n.evidence_lens, n.evidence_plain, n.evidence_look_alike, n.network,
            n.value, n.least_bits, n.priority
        FROM (SELECT c.subject_id, c.rank, c.evidence_lens, c.evidence_plain, c.evidence_look_alike,
                c.network, c.value, c.least_bits, c.priority,
                (SELECT i.image_digest FROM subject i WHERE i.id = c.subject_id) AS image_digest
            FROM belief c
            WHERE c.project_id = $1 AND c.round = $2 AND c.open_leases < c.crowd_wanted
            ORDER BY c.priority DESC, c.rank LIMIT 1000000000) n
        WHERE (SELECT COUNT(*) FROM assignment a
                WHERE a.volunteer_id = $3 AND a.subject_id = n.subject_id AND a.state <> 'expired') = 0
            AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
                AND a.image_digest = n.image_digest AND a.state <> 'expired') = 0
            AND ($4 OR (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
                AND a.image_digest = n.image_digest AND a.state = 'expired') = 0)
        LIMIT 64";
    /// The same of the best 512 contested subjects of the project.
    EXPERTS = "SELECT n.subject_id, n.rank, n.evidence_lens, n.evidence_plain, n.evidence_look_alike, n.network,
            n.value, n.least_bits, n.priority
        FROM (SELECT c.subject_id, c.rank, c.evidence_lens, c.evidence_plain, c.evidence_look_alike,
                c.network, c.value, c.least_bits, c.priority,
                (SELECT i.image_digest FROM subject i WHERE i.id = c.subject_id) AS image_digest
            FROM belief c
            WHERE c.project_id = $1 AND c.open_leases < c.expert_wanted
            ORDER BY c.priority DESC, c.subject_id LIMIT 512) n
        WHERE (SELECT i.role FROM subject i WHERE i.id = n.subject_id) = 'survey'
            AND (SELECT COUNT(*) FROM assignment a
                WHERE a.volunteer_id = $2 AND a.subject_id = n.subject_id AND a.state <> 'expired') = 0
            AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $2 AND a.project_id = $1
                AND a.image_digest = n.image_digest AND a.state <> 'expired') = 0
            AND ($3 OR (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $2 AND a.project_id = $1
                AND a.image_digest = n.image_digest AND a.state = 'expired') = 0)
        LIMIT 64";
    /// Where the retired subjects of one outcome begin and end in a project.
    RETIRED_RANGE = "SELECT
        (SELECT MIN(subject_id) FROM belief
            WHERE project_id = $1 AND outcome = $2) AS first,
        (SELECT MAX(subject_id) FROM belief
            WHERE project_id = $1 AND outcome = $2) AS last";
    /// Of the next retired subjects from a place on: those that nobody holds, with fewer votes
    /// than any may have, and not shown to everybody as a discovery.
    RETIRED = "SELECT b.subject_id, b.model_version,
            s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM (SELECT r.subject_id FROM belief r
            WHERE r.project_id = $1 AND r.outcome = $5 AND r.subject_id >= $2
            ORDER BY r.subject_id LIMIT 64) n
        JOIN belief b ON b.project_id = $1 AND b.subject_id = n.subject_id
        JOIN subject s ON s.id = b.subject_id
        WHERE s.role = 'survey' AND b.open_leases = 0 AND b.no_lens + b.unsure + b.lens < $4
          AND NOT EXISTS (SELECT 1 FROM article_revision p JOIN article k
              ON k.id = p.article_id AND k.published_revision = p.number WHERE p.subject_id = b.subject_id)
          AND (SELECT COUNT(*) FROM assignment a
              WHERE a.volunteer_id = $3 AND a.subject_id = b.subject_id AND a.state <> 'expired') = 0
          AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
              AND a.image_digest = s.image_digest AND a.state <> 'expired') = 0
          AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
              AND a.image_digest = s.image_digest AND a.state = 'expired') = 0
        ORDER BY b.subject_id LIMIT 8";
    LAST_TRAINING = "SELECT MAX(place) AS last FROM training_image WHERE project_id = $1 AND role = $2";
    /// Those training subjects at these places that this volunteer may get.
    TRAINING_AT = "SELECT t.place, t.subject_id,
            s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM training_image t JOIN subject s ON s.id = t.subject_id
        WHERE t.project_id = $1 AND t.role = $2 AND t.place IN ($5, $6, $7, $8, $9, $10, $11, $12)
          AND s.label >= 0
          AND (SELECT COUNT(*) FROM assignment a
              WHERE a.volunteer_id = $3 AND a.subject_id = t.subject_id AND a.state <> 'expired') = 0
          AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
              AND a.image_digest = s.image_digest AND a.state <> 'expired') = 0
          AND ($4 OR (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
              AND a.image_digest = s.image_digest AND a.state = 'expired') = 0)";
    /// Those between two places.
    TRAINING_AMONG = "SELECT t.place, t.subject_id,
            s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM training_image t JOIN subject s ON s.id = t.subject_id
        WHERE t.project_id = $1 AND t.role = $2 AND t.place >= $5 AND t.place < $6
          AND s.label >= 0
          AND (SELECT COUNT(*) FROM assignment a
              WHERE a.volunteer_id = $3 AND a.subject_id = t.subject_id AND a.state <> 'expired') = 0
          AND (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
              AND a.image_digest = s.image_digest AND a.state <> 'expired') = 0
          AND ($4 OR (SELECT COUNT(*) FROM assignment a WHERE a.volunteer_id = $3 AND a.project_id = $1
              AND a.image_digest = s.image_digest AND a.state = 'expired') = 0)
        ORDER BY t.place";
    BY_ID = "SELECT a.id, a.project_id, a.volunteer_id, a.subject_id, a.round, a.training, a.state,
            a.assigned_at, a.expires_at,
            s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM assignment a JOIN subject s ON s.id = a.subject_id WHERE a.id = $1";
    OPEN_OF = "SELECT a.id, a.project_id, a.volunteer_id, a.subject_id, a.round, a.training, a.state,
            a.assigned_at, a.expires_at,
            s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM assignment a JOIN subject s ON s.id = a.subject_id
        WHERE a.project_id = $1 AND a.volunteer_id = $2 AND a.state = 'open' AND a.expires_at > $3
        ORDER BY a.assigned_at, a.id";
    RENEW = "UPDATE assignment SET expires_at = $4
        WHERE id = $1 AND volunteer_id = $2 AND state = 'open' AND expires_at > $3";
}
