//! What a browser says it is, reduced to two words that its owner knows it by. The whole line is not
//! kept: it would single people out.

use axum::http::{HeaderMap, header};
use store::{SessionOrigin, SignInWay};

/// Tried in this order: most browsers also name those that came before them.
const BROWSERS: [(&str, &str); 9] = [
    ("MicroMessenger/", "wechat"),
    ("Edg", "edge"),
    ("OPR/", "opera"),
    ("SamsungBrowser/", "samsung"),
    ("Firefox/", "firefox"),
    ("FxiOS/", "firefox"),
    ("CriOS/", "chrome"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("HarmonyOS", "harmony"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("CrOS", "chromeos"),
    ("Mac OS X", "macos"),
    ("Linux", "linux"),
];

/// Where a session begins.
pub(crate) fn origin(headers: &HeaderMap, way: SignInWay) -> SessionOrigin {
    let line = headers.get(header::USER_AGENT).and_then(|line| line.to_str().ok()).unwrap_or_default();
    SessionOrigin { way, browser: found(line, &BROWSERS), system: found(line, &SYSTEMS) }
}

fn found(line: &str, known: &[(&str, &str)]) -> String {
    known.iter().find(|(sign, _)| line.contains(sign)).map_or("other", |(_, name)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(line: &str) -> (String, String) {
        let value = HeaderValue::from_str(line).expect("ASCII");
        let origin = origin(&HeaderMap::from_iter([(header::USER_AGENT, value)]), SignInWay::Password);
        (origin.browser, origin.system)
    }

    #[test]
    fn a_device_is_known_by_browser_and_system() {
        for (line, browser, system) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox", "linux"),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
                "chrome",
                "android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.5 Mobile Safari/604.1",
                "safari",
                "ios",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "edge",
                "windows",
            ),
            ("curl/8", "other", "other"),
        ] {
            assert_eq!(of(line), (browser.to_owned(), system.to_owned()), "{line}");
        }
    }
}
