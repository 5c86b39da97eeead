//! Settings read strictly: what nobody knows is refused, with the file, the key and
//! the key that was probably meant.

use serde::de::DeserializeOwned;
use toml::Value;

use super::nearest::nearest;
use crate::LabError;

/// Reads `value` as settings. `file` is named in errors and, with `text`, searched for the line.
///
/// # Errors
/// When a key is unknown, missing or of another type; the message names it.
pub fn strict<T: DeserializeOwned>(file: &str, text: &str, value: Value) -> Result<T, LabError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        problem(file, text, &path, error.inner().message())
    })
}

/// The error of a key and what serde says of it.
fn problem(file: &str, text: &str, path: &str, said: &str) -> LabError {
    let said = said.trim();
    let problem = match unknown(said) {
        Some((what, word, known)) => {
            let whole = match (what, path) {
                ("field", ".") => word.to_owned(),
                ("field", path) if path.rsplit('.').next() == Some(word) => path.to_owned(),
                ("field", path) => format!("{path}.{word}"),
                (_, path) => path.to_owned(),
            };
            let meant = nearest(word, known.iter().copied())
                .map_or_else(|| ".".to_owned(), |right| format!("; did you mean `{right}`?"));
            let line = line_of(text, word).map_or_else(String::new, |line| format!(" (line {line})"));
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            if what == "field" {
                format!("unknown key `{whole}`{line}{meant} Known here: {known}")
            } else {
                format!("`{whole}` cannot be \"{word}\"{line}{meant} Known: {known}")
            }
        }
        None if path == "." => said.to_owned(),
        None => format!("`{path}`: {said}"),
    };
    LabError::Plan { file: file.to_owned(), problem }
}

/// What serde calls unknown: a field or a variant, the word, and the words it knows.
fn unknown(said: &str) -> Option<(&'static str, &str, Vec<&str>)> {
    let (what, rest) = if let Some(rest) = said.strip_prefix("unknown field `") {
        ("field", rest)
    } else {
        ("variant", said.strip_prefix("unknown variant `")?)
    };
    let (word, rest) = rest.split_once('`')?;
    let known = rest.split('`').skip(1).step_by(2).collect();
    Some((what, word, known))
}

/// The first line in which `word` is a key or a value.
fn line_of(text: &str, word: &str) -> Option<usize> {
    let is_it = |line: &str| {
        let line = line.split('#').next().unwrap_or_default();
        line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).any(|found| found == word)
    };
    text.lines().position(is_it).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[expect(dead_code, reason = "read by serde only")]
        pool: Pool,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pool {
        #[expect(dead_code, reason = "read by serde only")]
        cutouts: u64,
    }

    fn said(text: &str) -> String {
        let value = toml::from_str(text).expect("TOML");
        strict::<Settings>("x.toml", text, value).expect_err("refused").to_string()
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_line_and_the_right_one() {
        let said = said("# first\n[pool]\ncutuots = 3\n");
        assert_eq!(
            said,
            "x.toml: unknown key `pool.cutuots` (line 3); did you mean `cutouts`? Known here: cutouts"
        );
    }

    #[test]
    fn a_value_of_another_type_is_named() {
        let said = said("[pool]\ncutouts = 'many'\n");
        assert!(said.starts_with("x.toml: `pool.cutouts`:"), "{said}");
    }
}
