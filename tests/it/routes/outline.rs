//! What can be seen of a response without knowing which image it is about.

use std::collections::BTreeSet;

use reqwest::{Response, StatusCode};
use serde_json::Value;

/// Everything about a response but the values that differ between any two images.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    status: StatusCode,
    /// Lengths included.
    headers: BTreeSet<(String, String)>,
    body: Value,
}

/// The outline of a response, and its body as it is.
pub async fn outline(response: Response) -> (Outline, Value) {
    let (status, headers) = (response.status(), response.headers().clone());
    let body: Value = response.json().await.expect("JSON");
    let told = headers.iter().map(|(name, value)| {
        let varies = ["date", "x-request-id"].contains(&name.as_str());
        let value = if varies { "…" } else { value.to_str().expect("ASCII") };
        (name.to_string(), value.to_owned())
    });
    (Outline { status, headers: told.collect(), body: shape(&body) }, body)
}

/// The JSON with every text that names one image replaced by its length and alphabet.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(text) if text.contains("/images/") || text.len() == 36 => {
            let masked = |c: char| if c.is_ascii_hexdigit() { 'h' } else { c };
            // The version and the variant of a UUID stay visible: 4, and 8, 9, a or b.
            let version = text.as_bytes().get(14).copied().filter(|_| text.len() == 36);
            format!("{}{version:?}", text.chars().map(masked).collect::<String>()).into()
        }
        other => other.clone(),
    }
}
