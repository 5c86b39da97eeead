//! The sentences every report carries: what is simulated, and what the words mean.

/// At the top of every rendering.
pub const SIMULATED: &str = "The survey, its lenses and the volunteers of this report are simulated. \
    Only the section \u{201c}Real images\u{201d} looks at images of real surveys.";

/// Beside everything measured against the hidden truth.
pub const ON_SIMULATION: &str = "simulated survey and volunteers";

/// Terms and what they mean here.
pub const DEFINITIONS: &[(&str, &str)] = &[
    ("Vote", "One answer of one volunteer to one image; answers to training images are counted too."),
    (
        "Candidate",
        "An image of the pool that people looked at and that is a likely lens by their votes, weighted by skill, together with what the network thought before them.",
    ),
    ("Lens found", "A candidate that is a lens by the hidden truth."),
    ("Completeness", "Lenses found as a share of the lenses hidden in the pool. Wilson interval, 95 %."),
    ("Purity", "Lenses found as a share of the candidates. Wilson interval, 95 %."),
    (
        "AP",
        "Average precision: the area under precision against recall on the held-out sky. A random order gets the share of lenses there, not one half. Bootstrap interval, 95 %.",
    ),
    (
        "AUROC",
        "Chance that a lens is ranked above another image. One half is no better than a coin. DeLong interval, 95 %.",
    ),
    (
        "TPR at FPR 1 %",
        "Share of lenses found by the network alone when one in a hundred other images is let through. Wilson interval, 95 %. \u{2265}: too few other images to let one through, so this is a lower bound.",
    ),
    (
        "ECE",
        "Expected calibration error: by how much claimed probabilities miss the share of lenses, on average over the images. 0 is honest.",
    ),
    (
        "Over-dispersion",
        "Spread of \u{201c}lens\u{201d} answers on images that are none, against the spread that chance alone gives (1). Above 1.5 the same images fool many people, so that more votes do not help as much as they seem to.",
    ),
    (
        "Bits",
        "What one answer of a volunteer tells about an image with even odds: 0 for guessing, 1 for never wrong.",
    ),
    ("Held-out sky", "Cells of the sky whose images neither training nor people ever see."),
    (
        "Gate",
        "Compares each new network with the one in use on cells of their own and refuses it unless it is better.",
    ),
    (
        "Audit",
        "A random sample with known probabilities inside every round; from it the number of lenses is estimated without knowing the truth (Horvitz and Thompson).",
    ),
];
