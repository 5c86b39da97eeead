//! Points in time as files of votes write them, in microseconds since 1970 (UTC).

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};

/// Reads `2018-02-20 10:44:42 UTC` (Zooniverse), RFC 3339 (Label Studio, our own export),
/// `2013-04-01_14:27:52` (SWAP), the same without seconds or without a zone (taken as UTC), a bare
/// date, or seconds since 1970.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_micros());
    }
    let bare = text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text).trim_end();
    for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d_%H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(bare, form) {
            return Some(time.and_utc().timestamp_micros());
        }
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"] {
        if let Ok(time) = DateTime::parse_from_str(bare, form) {
            return Some(time.timestamp_micros());
        }
    }
    if let Ok(day) = NaiveDate::parse_from_str(bare, "%Y-%m-%d") {
        return Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros());
    }
    let seconds: f64 = text.parse().ok()?;
    // Beyond this a double no longer holds microseconds, and it is no date either.
    (seconds.abs() < 9e9).then(|| (seconds * 1e6).round() as i64)
}

/// Whether a text is a bare number that means 1973 at the latest if it is a time at all: how long
/// something took, rather than when it was.
pub(crate) fn is_small_number(text: &str) -> bool {
    text.trim().parse().is_ok_and(|number: f64| number.abs() < 1e8)
}

/// RFC 3339 with as many decimals as it takes.
#[must_use]
pub fn rfc3339(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        .unwrap_or_default()
}

/// As Zooniverse writes it; decimals only where there are any.
#[must_use]
pub fn zooniverse(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map(|time| time.format("%Y-%m-%d %H:%M:%S%.f UTC").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_second_is_that_second() {
        for text in [
            "2018-02-20 10:44:42 UTC",
            "2018-02-20T10:44:42Z",
            "2018-02-20T10:44:42.000000Z",
            "2018-02-20T12:44:42+02:00",
            "2018-02-20 12:44:42+02",
            "2018-02-20_10:44:42",
            "2018-02-20T10:44:42",
            "2018-02-20 10:44:42",
            "1519123482",
            "1519123482.0",
        ] {
            assert_eq!(parse(text), Some(1_519_123_482_000_000), "{text}");
        }
        assert_eq!(parse("2018-02-20"), Some(1_519_084_800_000_000));
        for text in ["", "noon", "NaN", "inf", "1e300", "2018-13-01", "20-02-2018"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for micros in [0, 1_519_123_482_000_000, 1_519_123_482_123_456, -1_000_000] {
            assert_eq!(parse(&rfc3339(micros)), Some(micros));
            assert_eq!(parse(&zooniverse(micros)), Some(micros));
        }
    }
}
