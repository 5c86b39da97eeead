//! Request bodies, queries and path parameters, parsed at the edge: whatever is wrong with them leaves as a
//! [`Problem`] that names the field. What the values mean is left to the endpoints.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::problem::{Problem, ProblemCode};

/// A JSON body.
pub struct JsonBody<T>(pub T);

impl<S, T> FromRequest<S> for JsonBody<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            let detail = "Send the body with `Content-Type: application/json`.";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(unreadable)?;
        parse(&bytes).map(Self)
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn unreadable(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(ProblemCode::BodyTooLarge, "No request of this API needs a body this large.");
    }
    Problem::new(ProblemCode::InvalidJson, "The body ended before it was complete.")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        wrong_json(bytes, path, error.inner())
    })?;
    json.end().map_err(|error| wrong_json(bytes, String::new(), &error))?;
    Ok(value)
}

fn wrong_json(bytes: &[u8], path: String, error: &serde_json::Error) -> Problem {
    let message: String = error.to_string().chars().take(300).collect();
    // serde_json calls some values of a wrong type a fault of syntax, so the text decides.
    if serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
        return Problem::new(ProblemCode::InvalidJson, format!("The body is no JSON: {message}."));
    }
    let field = match path.as_str() {
        "" | "." => named_in(&message).unwrap_or("(body)").to_owned(),
        _ => path,
    };
    Problem::field(field, format!("{message}."))
}

/// serde names a missing or unknown field only in its message, between backticks.
fn named_in(message: &str) -> Option<&str> {
    let forms = ["missing field `", "unknown field `", "duplicate field `"];
    let rest = forms.iter().find_map(|form| message.split_once(form)).map(|(_, rest)| rest)?;
    rest.split('`').next()
}

/// The query of an address. Use types with `deny_unknown_fields`: a filter with a slip of the pen in its
/// name must not be taken for none.
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(wrong_query(&rejection.body_text())),
        }
    }
}

/// The fault follows after the words of axum, and in it the field, if it is known, before a colon.
fn wrong_query(text: &str) -> Problem {
    let fault = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text);
    let fault: String = fault.chars().take(300).collect();
    let before_colon = || fault.split_once(": ").map(|(field, _)| field);
    let field = named_in(&fault).or_else(before_colon).unwrap_or("(query)").to_owned();
    Problem::field(field, format!("{fault}."))
}

/// Path parameters. A parameter that does not parse names a thing that does not exist.
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => {
                Err(Problem::new(ProblemCode::NotFound, "The address holds an id that cannot be right."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        #[expect(dead_code, reason = "only parsed")]
        count: u8,
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_query_is_named() {
        for (query, field) in
            [("count=x", "count"), ("count=1&no=2", "no"), ("", "count"), ("count=1&count=2", "count")]
        {
            let request = Request::builder().uri(format!("/?{query}")).body(()).expect("a request");
            let (mut parts, ()) = request.into_parts();
            let problem =
                Query::<Thing>::from_request_parts(&mut parts, &()).await.map(|_| ()).expect_err(query);
            assert_eq!((problem.code, problem.field.as_deref()), (ProblemCode::InvalidField, Some(field)));
        }
    }

    fn field_of(json: &str) -> (ProblemCode, Option<String>) {
        let problem = parse::<Thing>(json.as_bytes()).expect_err("every example is wrong");
        (problem.code, problem.field)
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named() {
        let wrong = |name: &str| (ProblemCode::InvalidField, Some(name.to_owned()));
        assert_eq!(field_of(r#"{"count":"three"}"#), wrong("count"));
        assert_eq!(field_of(r#"{"count":300}"#), wrong("count"));
        assert_eq!(field_of(r#"{"count":3,"extra":1}"#), wrong("extra"));
        assert_eq!(field_of("{}"), wrong("count"));
        assert_eq!(field_of("[]").0, ProblemCode::InvalidField);
        assert_eq!(field_of("{"), (ProblemCode::InvalidJson, None));
        assert_eq!(field_of(r#"{"count":3} trailing"#), (ProblemCode::InvalidJson, None));
    }
}
