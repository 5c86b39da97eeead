//! What every operation of the API document has in common, so that no endpoint needs to say it: faults of
//! the server, bodies that cannot be read, requests from other sites, and API tokens beside the cookie.

use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, PathItem},
    security::SecurityRequirement,
};

use crate::problem::{PROBLEM, ProblemCode};

/// Adds what is missing; what an endpoint says itself stays, with the codes it does not name.
pub(crate) fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let is_read = method == "get";
            let has_session = operation.security.iter().flatten().any(|one| *one == session());
            if has_session && takes_tokens(operation, path, is_read) {
                operation.security.get_or_insert_default().push(token());
            }
            for code in common(operation, is_read, has_session) {
                add(operation, code);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn session() -> SecurityRequirement {
    SecurityRequirement::new("session", [] as [&str; 0])
}

fn token() -> SecurityRequirement {
    SecurityRequirement::new("token", [] as [&str; 0])
}

/// Tokens look at everything but accounts and do a volunteer's work; the rest is for people in person.
fn takes_tokens(operation: &Operation, path: &str, is_read: bool) -> bool {
    let is = |tags: &[&str]| operation.tags.iter().flatten().any(|tag| tags.contains(&tag.as_str()));
    let reads = is_read && (!is(&["accounts"]) || path.ends_with("/v1/me"));
    reads || is(&["work", "own work", "projects", "teaching", "placing"])
}

fn common(operation: &Operation, is_read: bool, has_session: bool) -> Vec<ProblemCode> {
    use ProblemCode::*;
    let mut codes = vec![Internal, Busy, TooSlow];
    if operation.request_body.is_some() {
        codes.extend([InvalidJson, UnsupportedMediaType, BodyTooLarge, InvalidField]);
    }
    if !is_read {
        codes.push(CrossOrigin);
    }
    if has_session {
        codes.push(NotSignedIn);
        if !is_read {
            codes.push(NotAllowed);
        }
    }
    codes
}

fn add(operation: &mut Operation, code: ProblemCode) {
    let status = code.status().as_u16().to_string();
    let name = format!("`{}`", code.name());
    match operation.responses.responses.get_mut(&status) {
        Some(RefOr::T(said)) => {
            if !said.description.contains(&name) {
                said.description = format!("{}, {name}", said.description);
            }
        }
        Some(RefOr::Ref(_)) => {}
        None => {
            operation.responses.responses.insert(status, RefOr::T(problem(name)));
        }
    }
}

fn problem(description: String) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("ProblemDetails")));
    ResponseBuilder::new().description(description).content(PROBLEM, content).build()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn document() -> Value {
        serde_json::to_value(crate::openapi()).expect("JSON")
    }

    fn statuses(operation: &Value) -> Vec<&str> {
        operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect()
    }

    #[test]
    fn every_operation_says_what_can_go_wrong_with_any() {
        for (path, operations) in document()["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let said = statuses(operation);
                let wanted = |status: &str| assert!(said.contains(&status), "{method} {path}: no {status}");
                wanted("500");
                wanted("503");
                if operation.get("requestBody").is_some() {
                    ["400", "413", "415", "422"].into_iter().for_each(wanted);
                }
                if method != "get" {
                    wanted("403");
                }
            }
        }
    }

    #[test]
    fn tokens_work_and_read_but_do_not_touch_accounts() {
        let document = document();
        let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
        let both = json!([{ "session": [] }, { "token": [] }]);
        assert_eq!(security("/api/v1/classifications", "post"), both);
        assert_eq!(security("/api/v1/me", "get"), both);
        assert_eq!(security("/api/v1/me/password", "put"), json!([{ "session": [] }]));
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["token"]["scheme"], "bearer");
        assert_eq!(schemes["session"]["in"], "cookie");
    }
}
