//! What must not be found in an answer, and looking for it.

use domain::SubjectId;
use serde_json::Value;

/// Texts and numbers that say something of an image.
pub struct Sought {
    pub texts: Vec<String>,
    pub subjects: Vec<SubjectId>,
}

impl Sought {
    /// What of it these bytes hold.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        let mut found: Vec<String> =
            self.texts.iter().filter(|sought| text.contains(sought.as_str())).cloned().collect();
        // Numbers are looked for as values of JSON: by chance, their digits are everywhere.
        let documents = serde_json::from_str(&text).into_iter().chain(
            text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()),
        );
        for document in documents {
            self.numbers(&document, &mut found);
        }
        found
    }

    fn numbers(&self, value: &Value, found: &mut Vec<String>) {
        let named = |text: &str| self.subjects.iter().any(|subject| subject.0.to_string() == text);
        match value {
            Value::Number(number) if named(&number.to_string()) => found.push(format!("subject {number}")),
            Value::String(text) if named(text) => found.push(format!("subject {text}")),
            Value::Array(items) => items.iter().for_each(|item| self.numbers(item, found)),
            Value::Object(fields) => fields.values().for_each(|item| self.numbers(item, found)),
            _ => {}
        }
    }
}

#[test]
fn what_is_sought_is_found_where_it_is() {
    let sought = Sought { texts: vec!["arc".to_owned()], subjects: vec![SubjectId(7_003)] };
    assert_eq!(sought.found_in(b"{\"a\": [1, {\"b\": 7003}]}"), ["subject 7003"]);
    assert_eq!(sought.found_in(b"data: {\"id\": \"7003\"}\n\n"), ["subject 7003"]);
    assert_eq!(sought.found_in(b"an arc"), ["arc"]);
    assert!(sought.found_in(b"{\"a\": 70031, \"b\": \"17003\"}").is_empty());
}
