//! Answers that are never a truth: "unsure" is something a person says, not something an image is.

/// The answers known as such, in lower case, without apostrophes, `_` and `-` as blanks.
const USUAL: [&str; 26] = [
    "unsure",
    "not sure",
    "im not sure",
    "i am not sure",
    "uncertain",
    "undecided",
    "unclear",
    "dont know",
    "do not know",
    "i dont know",
    "i do not know",
    "idk",
    "dunno",
    "cant tell",
    "cannot tell",
    "can not tell",
    "cant say",
    "no idea",
    "skip",
    "skipped",
    "?",
    "??",
    "???",
    "不确定",
    "不知道",
    "跳过",
];

/// Which answers are never a truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverTruths {
    words: Vec<String>,
}

impl Default for NeverTruths {
    fn default() -> Self {
        Self { words: USUAL.map(str::to_owned).to_vec() }
    }
}

impl NeverTruths {
    /// None: every answer can be true.
    #[must_use]
    pub const fn none() -> Self {
        Self { words: Vec::new() }
    }

    /// This one too.
    pub fn add(&mut self, label: &str) {
        self.words.push(plain(label));
    }

    /// Whether a label is one.
    #[must_use]
    pub fn contains(&self, label: &str) -> bool {
        let label = plain(label);
        self.words.contains(&label)
    }

    /// The answers recognised without being named.
    #[must_use]
    pub fn usual() -> &'static [&'static str] {
        &USUAL
    }
}

fn plain(label: &str) -> String {
    let letters =
        label.trim().trim_end_matches(['.', '!']).chars().filter(|c| !matches!(c, '\'' | '’' | '`'));
    let text: String = letters.map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ways_not_to_decide_are_known_in_any_spelling() {
        let never = NeverTruths::default();
        for label in
            ["unsure", "Not sure", "NOT_SURE", "I don't know", "Don’t know.", "?", "不确定", " Skip "]
        {
            assert!(never.contains(label), "{label}");
        }
        for label in ["0", "no lens", "other", "none", "maybe a lens", "unknown", "skipper", ""] {
            assert!(!never.contains(label), "{label}");
        }
    }

    #[test]
    fn others_can_be_added_and_all_switched_off() {
        let mut never = NeverTruths::none();
        assert!(!never.contains("unsure"));
        never.add("Artefact?");
        assert!(never.contains("artefact?") && !never.contains("artefact"));
    }
}
