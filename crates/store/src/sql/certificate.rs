//! Certificates.

statements! {
    INSERT = "INSERT INTO certificate (code, volunteer_id, day, display_name, images, candidates, first_at,
            last_at, issued_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (volunteer_id, day) DO NOTHING";
    OF_DAY = "SELECT code, display_name, images, candidates, first_at, last_at, issued_at
        FROM certificate WHERE volunteer_id = $1 AND day = $2";
    BY_CODE = "SELECT code, display_name, images, candidates, first_at, last_at, issued_at
        FROM certificate WHERE code = $1";
    /// Somebody leaves (`own_account`): their name goes, and with it the proof of what was printed.
    FORGET = "DELETE FROM certificate WHERE volunteer_id = $1";
}
