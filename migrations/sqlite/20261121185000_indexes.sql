-- What one volunteer holds now: asked before every image, and in a crowd one of thousands of open leases.
CREATE INDEX assignment_held ON assignment (volunteer_id, project_id, expires_at) WHERE state = 'open';
