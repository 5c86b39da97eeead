//! Units as catalogues write them, and what a number in one of them is in ours:
//! degrees, solar masses, Mpc, magnitudes, or no unit.

use std::f64::consts::PI;

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    /// A plain number: a redshift, a richness.
    One,
    /// An angle in degrees.
    Angle,
    /// An angle in arcmin.
    SmallAngle,
    /// A right ascension in degrees; hours are angles too.
    RightAscension,
    /// A mass in solar masses.
    Mass,
    /// A length in Mpc.
    Length,
    /// A magnitude.
    Magnitude,
}

impl Dimension {
    /// Units to choose from, for messages.
    pub(super) const fn examples(self) -> &'static str {
        match self {
            Self::One => "\"1\"",
            Self::Angle => "\"deg\", \"rad\" or \"dms\" (12:30:00)",
            Self::SmallAngle => "\"arcmin\", \"arcsec\" or \"deg\"",
            Self::RightAscension => "\"deg\", \"rad\", \"hourangle\" (hours) or \"hms\" (12:30:00)",
            Self::Mass => "\"Msun\", \"1e14 Msun\" or \"log10(Msun)\"",
            Self::Length => "\"Mpc\", \"kpc\" or \"pc\"",
            Self::Magnitude => "\"mag\"",
        }
    }
}

/// A unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unit {
    /// None: a ratio or a count.
    One,
    /// An angle; the value of one in degrees.
    Angle(f64),
    /// Hours of right ascension, decimal.
    Hour,
    /// Hours, minutes and seconds of right ascension, as text.
    Hms,
    /// Degrees, minutes and seconds, as text.
    Dms,
    /// A mass; the value of one in solar masses.
    Mass(f64),
    /// The decimal logarithm of a mass in units of so many solar masses.
    LogMass(f64),
    /// A length; the value of one in Mpc.
    Length(f64),
    /// AB magnitudes.
    Magnitude,
}

impl Unit {
    /// Reads a unit in one of the usual spellings (`deg`, `1e14 Msun`, `10+14solMass`, `log(Msun)`,
    /// `[Msun]`, `arcmin`); `None` for others.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'']).trim();
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '{' | '}' | '$'))
            .collect::<String>()
            .to_lowercase();
        for (open, close) in
            [("log10(", ")"), ("log(", ")"), ("dex(", ")"), ("[", "]"), ("log10", ""), ("log", "")]
        {
            let inner = plain.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            if let Some(inner) = inner {
                return match Self::scaled(inner)? {
                    Self::Mass(msun) => Some(Self::LogMass(msun)),
                    _ => None,
                };
            }
        }
        Self::scaled(&plain)
    }

    /// `1e14msun`: a number, then a base unit.
    fn scaled(text: &str) -> Option<Self> {
        if let Some(unit) = Self::base(text) {
            return Some(unit);
        }
        let (factor, base) = leading_number(text)?;
        if !(factor.is_finite() && factor > 0.0) {
            return None;
        }
        match Self::base(base.trim_start_matches(['*', '·', '.']))? {
            Self::Angle(one) => Some(Self::Angle(one * factor)),
            Self::Mass(one) => Some(Self::Mass(one * factor)),
            Self::Length(one) => Some(Self::Length(one * factor)),
            _ => None,
        }
    }

    fn base(text: &str) -> Option<Self> {
        Some(match text {
            "1" | "dimensionless" => Self::One,
            "deg" | "degree" | "degrees" | "°" => Self::Angle(1.0),
            "rad" | "radian" | "radians" => Self::Angle(180.0 / PI),
            "arcmin" | "arcminute" | "arcminutes" => Self::Angle(1.0 / 60.0),
            "arcsec" | "arcsecond" | "arcseconds" => Self::Angle(1.0 / 3600.0),
            "hour" | "hours" | "hourangle" | "h" | "hr" => Self::Hour,
            "hms" | "h:m:s" | "hh:mm:ss" | "hh:mm:ss.s" => Self::Hms,
            "dms" | "d:m:s" | "dd:mm:ss" => Self::Dms,
            "msun" | "solmass" | "solarmass" | "msol" | "m☉" | "m⊙" | "m\\odot" => Self::Mass(1.0),
            "mpc" => Self::Length(1.0),
            "kpc" => Self::Length(1e-3),
            "pc" => Self::Length(1e-6),
            "mag" | "mags" | "abmag" | "mag(ab)" => Self::Magnitude,
            _ => return None,
        })
    }

    /// Whether numbers in this unit are numbers of that kind.
    pub(super) const fn measures(self, dimension: Dimension) -> bool {
        matches!(
            (self, dimension),
            (Self::One, Dimension::One)
                | (Self::Angle(_), Dimension::Angle | Dimension::RightAscension | Dimension::SmallAngle)
                | (Self::Hour | Self::Hms, Dimension::RightAscension)
                | (Self::Dms, Dimension::Angle)
                | (Self::Mass(_) | Self::LogMass(_), Dimension::Mass)
                | (Self::Length(_), Dimension::Length)
                | (Self::Magnitude, Dimension::Magnitude)
        )
    }

    /// Whether both mean the same number.
    pub(super) fn agrees(self, other: Self) -> bool {
        let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
        match (self, other) {
            (Self::Angle(a), Self::Angle(b))
            | (Self::Mass(a), Self::Mass(b))
            | (Self::LogMass(a), Self::LogMass(b))
            | (Self::Length(a), Self::Length(b)) => close(a, b),
            (a, b) => a == b,
        }
    }

    /// Whether values are text such as `12:30:00`.
    pub(super) const fn is_sexagesimal(self) -> bool {
        matches!(self, Self::Hms | Self::Dms)
    }

    /// The value in our unit of that dimension.
    pub(super) fn standard(self, value: f64, dimension: Dimension) -> f64 {
        match self {
            Self::Angle(degrees) if dimension == Dimension::SmallAngle => value * degrees * 60.0,
            Self::Angle(one) | Self::Mass(one) | Self::Length(one) => value * one,
            Self::LogMass(one) => 10_f64.powf(value) * one,
            Self::Hour => value * 15.0,
            Self::One | Self::Magnitude | Self::Hms | Self::Dms => value,
        }
    }

    /// Degrees of `12:30:00`, `12 30 00` or `12h30m00s`; `None` when it is none.
    pub(super) fn sexagesimal(self, text: &str) -> Option<f64> {
        let text = text.trim();
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let mut parts = digits.split([':', ' ', 'h', 'd', 'm', 's', '°', '\'', '"']);
        let mut value = 0.0;
        let mut weight = 1.0;
        let mut count = 0;
        for part in parts.by_ref().filter(|part| !part.is_empty()) {
            let number: f64 = part.parse().ok().filter(|n| *n >= 0.0 && (count == 0 || *n < 60.0))?;
            value += number * weight;
            weight /= 60.0;
            count += 1;
        }
        let hours = matches!(self, Self::Hms);
        let valid = (2..=3).contains(&count) && !(hours && (negative || value >= 24.0));
        valid.then_some(if negative { -value } else { value } * if hours { 15.0 } else { 1.0 })
    }
}

/// `1e14`, `10^14`, `10**14`, `10+14` (as VizieR writes it) or `5` at the beginning, and the rest.
fn leading_number(text: &str) -> Option<(f64, &str)> {
    for prefix in ["10^", "10**", "10+"] {
        if let Some(rest) = text.strip_prefix(prefix) {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            return Some((10_f64.powi(rest[..end].parse().ok()?), &rest[end..]));
        }
    }
    let end = (1..=text.len()).rev().filter(|&end| text.is_char_boundary(end)).find(|&end| {
        text[..end].ends_with(|c: char| c.is_ascii_digit()) && text[..end].parse::<f64>().is_ok()
    })?;
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_are_understood() {
        for text in ["1e14 Msun", "1E14Msun", "10+14solMass", "10^14 M_sun", "10**14 Msol", "1e+14.Msun"] {
            let unit = Unit::parse(text);
            assert!(unit.is_some_and(|unit| unit.agrees(Unit::Mass(1e14))), "{text}: {unit:?}");
        }
        for text in ["log10(Msun)", "log(M_sun)", "[Msun]", "dex(solMass)", "log10 Msun"] {
            assert_eq!(Unit::parse(text), Some(Unit::LogMass(1.0)), "{text}");
        }
        assert_eq!(Unit::parse("\"h:m:s\""), Some(Unit::Hms));
        assert_eq!(Unit::parse(" Degrees "), Some(Unit::Angle(1.0)));
        for text in ["", "furlong", "Msun/h", "log(deg)", "-1 Msun", "0 Msun", "1e14", "é Msun"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_mass_is_the_same_in_every_unit() {
        for (value, unit) in [(2e14, "Msun"), (2.0, "1e14 Msun"), (14.301_029_995_663_981, "log10(Msun)")] {
            let mass = Unit::parse(unit).unwrap().standard(value, Dimension::Mass);
            assert!((mass / 2e14 - 1.0).abs() < 1e-12, "{unit}: {mass}");
        }
    }

    #[test]
    fn sexagesimal_positions_keep_the_sign_of_minus_zero() {
        assert_eq!(Unit::Hms.sexagesimal("12:30:00"), Some(187.5));
        assert_eq!(Unit::Dms.sexagesimal("-00 30 00"), Some(-0.5));
        assert_eq!(Unit::Dms.sexagesimal("+10d30m"), Some(10.5));
        for wrong in ["", "-", "12", "1:2:3:4", "12:61:00", "12:-5:00", "25:00:00", "-1:00:00", "a:b:c"] {
            assert_eq!(Unit::Hms.sexagesimal(wrong), None, "{wrong:?}");
        }
    }
}
