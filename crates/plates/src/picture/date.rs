//! Dates of files as Julian years: 2000.0 is 2000 January 1, 12 h.

/// Days of a Julian year.
const YEAR_DAYS: f64 = 365.25;
/// Modified Julian day of J2000.0.
const J2000_MJD: f64 = 51_544.5;

/// Julian year of a modified Julian day.
pub(super) fn from_mjd(mjd: f64) -> Option<f64> {
    within(2000.0 + (mjd - J2000_MJD) / YEAR_DAYS)
}

/// Julian year of a Julian day.
pub(super) fn from_jd(jd: f64) -> Option<f64> {
    from_mjd(jd - 2_400_000.5)
}

/// A year in which there were photographs; anything else is a header that was never filled in.
pub(super) fn within(year: f64) -> Option<f64> {
    (1840.0..=2200.0).contains(&year).then_some(year)
}

/// `1990-12-22T13:49:00`, `1990:12:22 13:49:00` (EXIF), `1990-12-22`, and `22/12/90` as FITS had it
/// before 2000, then always of the 20th century.
pub(super) fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let (date, time) = match text.find(['T', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let mut parts = date.split(['-', ':', '/']).map(|part| part.parse::<i64>().ok());
    let (first, second, third) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if date.contains('/') {
        (if third < 100 { 1900 + third } else { third }, second, first)
    } else {
        (first, second, third)
    };
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut clock = time.trim_end_matches('Z').splitn(3, ':').map(|part| part.trim().parse::<f64>().ok());
    let mut next = |limit: f64| clock.next().flatten().filter(|n| (0.0..=limit).contains(n)).unwrap_or(0.0);
    let hours = next(24.0) + next(60.0) / 60.0 + next(61.0) / 3600.0;
    from_mjd(day_number(year, month, day) as f64 + hours / 24.0)
}

/// Modified Julian day of a date of the Gregorian calendar at 0 h. March is the first month of the
/// year, so that the leap day comes last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    days + (153 * m + 2) / 5 + day - 1 - 678_881
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_numbers() {
        assert_eq!(day_number(1858, 11, 17), 0);
        assert_eq!(day_number(2000, 1, 1), 51_544);
        assert_eq!(day_number(2024, 2, 29), 60_369);
        assert_eq!(parse("2000-01-01T12:00:00"), Some(2000.0));
        assert!((from_jd(2_451_545.0).unwrap() - 2000.0).abs() < 1e-9);
    }

    #[test]
    fn all_spellings_mean_the_same() {
        let year = parse("1951-11-29").unwrap();
        assert!((year - 1951.91).abs() < 0.005, "{year}");
        for text in ["29/11/51", " 1951:11:29 00:00:00 ", "1951-11-29T00:00:00.000Z", "29/11/1951"] {
            assert_eq!(parse(text), Some(year), "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in
            ["", "T", "0000:00:00 00:00:00", "2020-13-01", "99999999999999999999-1-1", "1-2", "--", "é-1-1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(from_mjd(f64::NAN), None);
        assert_eq!(from_mjd(0.5), Some(2000.0 - 51_544.0 / 365.25));
    }
}
