//! The content security policy of a page: scripts come from this server or are inline with a digest
//! that the server took from the page itself; nothing comes from elsewhere.

use axum::http::HeaderValue;
use base64ct::{Base64, Encoding};

/// Everything but scripts. Styles may be inline: Svelte sets them on elements.
const REST: &str = "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; \
                    font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; \
                    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The policy for this page.
pub(super) fn of_page(html: &str) -> HeaderValue {
    let digests = inline_scripts(html).map(|script| {
        let digest = domain::Digest::of(script.as_bytes()).0;
        format!(" 'sha256-{}'", Base64::encode_string(&digest))
    });
    let scripts: String = digests.collect();
    let policy = format!("default-src 'self'; script-src 'self'{scripts}; {REST}");
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}

/// The content of every `<script>` without `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|after| {
        let (attributes, rest) = after.split_once('>')?;
        let (script, _) = rest.split_once("</script")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_named_by_their_digest() {
        let page = r#"<script src="/a.js"></script><script type="module">alert(1)</script>"#;
        let policy = of_page(page);
        let policy = policy.to_str().expect("ASCII");
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(
            policy.contains("script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"));
    }

    #[test]
    fn a_page_without_scripts_allows_none_inline() {
        assert!(of_page("<p>hello</p>").to_str().expect("ASCII").contains("script-src 'self';"));
    }
}
