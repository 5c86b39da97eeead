-- What the bytes of a picture mean: 0 a finished composite, 1 the bands themselves, companded. And where a
-- volunteer saw the arc, as shares of the picture's width and height from its top left corner.
ALTER TABLE subject ADD COLUMN image_encoding SMALLINT NOT NULL DEFAULT 0 CHECK (image_encoding IN (0, 1));
ALTER TABLE log_entry ADD COLUMN mark_x DOUBLE PRECISION CHECK (mark_x BETWEEN 0 AND 1);
ALTER TABLE log_entry ADD COLUMN mark_y DOUBLE PRECISION
    CHECK (mark_y BETWEEN 0 AND 1 AND (mark_x IS NULL) = (mark_y IS NULL));
