//! The embedded files, their types and their compressed twins.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, header};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/build"]
#[allow_missing = true]
struct Built;

/// One embedded file.
pub(super) struct Asset {
    path: String,
    file: EmbeddedFile,
}

impl Asset {
    /// The file at this path inside the build, if it is there. Compressed twins are not files of
    /// their own.
    pub fn find(path: &str) -> Option<Self> {
        if path.ends_with(".br") || path.ends_with(".gz") {
            return None;
        }
        Built::get(path).map(|file| Self { path: path.to_owned(), file })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// The content as text; empty when it is none.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.file.data).unwrap_or_default()
    }

    pub fn is_page(&self) -> bool {
        self.path.ends_with(".html")
    }

    /// An entity tag made of the content's digest. Weak, because the encodings share it.
    pub fn tag(&self) -> HeaderValue {
        let digest = domain::Digest(self.file.metadata.sha256_hash());
        HeaderValue::try_from(format!("W/\"{}\"", digest.short()))
            .unwrap_or(HeaderValue::from_static("W/\"\""))
    }

    /// The smallest form the client reads: brotli, gzip or plain.
    pub fn encoded_for(&self, headers: &HeaderMap) -> (Option<&'static str>, Cow<'static, [u8]>) {
        for (encoding, suffix) in [("br", "br"), ("gzip", "gz")] {
            if accepts(headers, encoding)
                && let Some(twin) = Built::get(&format!("{}.{suffix}", self.path))
            {
                return (Some(encoding), twin.data);
            }
        }
        (None, self.file.data.clone())
    }

    pub fn content_type(&self) -> &'static str {
        let (_, extension) = self.path.rsplit_once('.').unwrap_or_default();
        match extension {
            "html" => "text/html; charset=utf-8",
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "json" | "map" => "application/json",
            "webmanifest" => "application/manifest+json",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "webp" => "image/webp",
            "avif" => "image/avif",
            "ico" => "image/x-icon",
            "woff2" => "font/woff2",
            "wasm" => "application/wasm",
            "txt" | "md" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}

/// Whether `Accept-Encoding` names the encoding without giving it weight 0.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_read_as_browsers_write_them() {
        let headers = |value: &'static str| {
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
        };
        assert!(accepts(&headers("gzip, deflate, br, zstd"), "br"));
        assert!(accepts(&headers("br;q=0.5"), "br"));
        assert!(!accepts(&headers("br;q=0, gzip"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }
}
