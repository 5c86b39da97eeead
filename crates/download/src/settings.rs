//! What is asked for and how politely. The limits protect a service that
//! astronomers share and that publishes none of its own; they do not apply to
//! a server on this machine.

use std::time::Duration;

use imaging::{Band, format_bands};
use serde::{Deserialize, Serialize};

use crate::{DownloadError, breaker::BreakerSettings};

/// Connections at once that may be asked for.
pub const MOST_CONNECTIONS: usize = 4;
/// Requests per second that may be asked for.
pub const MOST_PER_SECOND: f64 = 2.0;
/// Longest side of a cutout the service documents, pixels.
const MOST_PIXELS: usize = 512;

/// What a cutout is; all cutouts of a folder share it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Where they come from: the service's address, or a folder of bricks.
    pub source: String,
    /// Layer of the service, such as `ls-dr9`.
    pub layer: String,
    /// Side in pixels.
    pub size: usize,
    /// Side of a pixel in arcsec.
    pub pixel_scale_arcsec: f64,
    /// Bands in plane order.
    pub bands: Vec<Band>,
    /// With inverse variances.
    pub invvar: bool,
    /// With mask bits.
    pub maskbits: bool,
}

impl Default for Recipe {
    /// 381 pixels of 0.262″ (100″) in g, r, z of DR9.
    fn default() -> Self {
        Self {
            source: "https://www.legacysurvey.org/viewer".to_owned(),
            layer: "ls-dr9".to_owned(),
            size: 381,
            pixel_scale_arcsec: 0.262,
            bands: vec![Band::G, Band::R, Band::Z],
            invvar: false,
            maskbits: false,
        }
    }
}

impl Recipe {
    /// Whether such cutouts can be had.
    ///
    /// # Errors
    /// [`DownloadError::Setting`] with the option and what it may be.
    pub fn check(&self, from_service: bool) -> Result<(), DownloadError> {
        let wrong = |field, reason: String| Err(DownloadError::Setting { field, reason });
        let most = if from_service { MOST_PIXELS } else { 3600 };
        if !(1..=most).contains(&self.size) {
            return wrong("--size", format!("is {}; it must lie within 1 and {most} pixels", self.size));
        }
        if !(self.pixel_scale_arcsec.is_finite() && (0.05..=60.0).contains(&self.pixel_scale_arcsec)) {
            let scale = self.pixel_scale_arcsec;
            return wrong(
                "--pixel-scale",
                format!("is {scale}; it must lie within 0.05 and 60 arcsec per pixel"),
            );
        }
        if self.bands.is_empty() {
            return wrong("--bands", "names no band; write for instance grz".to_owned());
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.layer.is_empty() || !self.layer.chars().all(is_plain) {
            return wrong("--layer", format!("is {:?}; write for instance ls-dr9", self.layer));
        }
        if self.maskbits && (self.pixel_scale_arcsec - 0.262).abs() > 1e-6 {
            let scale = self.pixel_scale_arcsec;
            return wrong(
                "--maskbits",
                format!("are to be had at 0.262 arcsec per pixel only, not at {scale}"),
            );
        }
        Ok(())
    }

    /// Path and query of the request for a cutout, below the service's address.
    #[must_use]
    pub fn query(&self, ra_deg: f64, dec_deg: f64) -> String {
        format!(
            "/fits-cutout?ra={ra_deg:.8}&dec={dec_deg:.8}&layer={}&pixscale={}&bands={}&size={}{}{}",
            self.layer,
            self.pixel_scale_arcsec,
            format_bands(&self.bands),
            self.size,
            if self.invvar { "&invvar" } else { "" },
            if self.maskbits { "&maskbits" } else { "" },
        )
    }

    /// Bytes of the planes, as 32-bit numbers.
    #[must_use]
    pub fn plane_bytes(&self) -> u64 {
        let pixels = (self.size * self.size) as u64;
        let reals = 4 * self.bands.len() as u64 * if self.invvar { 2 } else { 1 };
        pixels * (reals + if self.maskbits { 4 } else { 0 })
    }

    /// Most bytes an answer can reasonably have: the planes (masks as 64-bit numbers), with room for
    /// headers.
    #[must_use]
    pub fn most_bytes(&self) -> u64 {
        let wider = if self.maskbits { 4 * (self.size * self.size) as u64 } else { 0 };
        self.plane_bytes() + wider + (256 << 10)
    }
}

/// How a service is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// What is asked for.
    pub recipe: Recipe,
    /// How the people behind the service reach the person who downloads.
    pub contact: String,
    /// Connections at once.
    pub connections: usize,
    /// Requests per second over all connections.
    pub requests_per_second: f64,
    /// Requests for one cutout in one run, before it is called failed.
    pub attempts: u32,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Longest silence while waiting for an answer or within it.
    pub idle_timeout: Duration,
    /// Longest time for one answer.
    pub total_timeout: Duration,
    /// First wait before a request is repeated; doubles each time.
    pub backoff_base: Duration,
    /// Longest wait before a request is repeated.
    pub backoff_cap: Duration,
    /// When to pause, and when to give up.
    pub breaker: BreakerSettings,
    /// Most cutouts asked for in this run.
    pub limit: Option<u64>,
}

impl Settings {
    /// The usual manners: 2 connections, 2 requests a second, 4 attempts.
    #[must_use]
    pub fn new(recipe: Recipe, contact: &str) -> Self {
        Self {
            recipe,
            contact: contact.to_owned(),
            connections: 2,
            requests_per_second: MOST_PER_SECOND,
            attempts: 4,
            connect_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(300),
            backoff_base: Duration::from_secs(2),
            backoff_cap: Duration::from_secs(300),
            breaker: BreakerSettings::default(),
            limit: None,
        }
    }

    /// Whether these are manners a shared service can live with.
    ///
    /// # Errors
    /// [`DownloadError::Setting`] with the option, what it may be and why.
    pub fn check(&self, is_own_machine: bool) -> Result<(), DownloadError> {
        let wrong = |field, reason: String| Err(DownloadError::Setting { field, reason });
        self.recipe.check(true)?;
        let (name, domain) = self.contact.split_once('@').unwrap_or_default();
        let printable = self.contact.chars().all(|c| c.is_ascii_graphic() && !"()<>\",;".contains(c));
        if name.is_empty() || !domain.contains('.') || !printable || self.contact.len() > 200 {
            let reason = format!(
                "is {:?}; give an address such as you@example.org, it is sent with every request so that the \
                 people behind the service can reach you before they have to block you",
                self.contact
            );
            return wrong("--contact", reason);
        }
        let (connections, rate) =
            if is_own_machine { (64, 10_000.0) } else { (MOST_CONNECTIONS, MOST_PER_SECOND) };
        if !(1..=connections).contains(&self.connections) {
            let reason = format!(
                "is {}; it must lie within 1 and {connections}: the service is shared by all astronomers and makes \
                 every cutout afresh. For a whole survey ask its team, who can cut on their side",
                self.connections
            );
            return wrong("--connections", reason);
        }
        if !(self.requests_per_second > 0.0 && self.requests_per_second <= rate) {
            let reason = format!(
                "is {}; it must be above 0 and at most {rate}: the service is shared by all astronomers and makes \
                 every cutout afresh. For a whole survey ask its team, who can cut on their side",
                self.requests_per_second
            );
            return wrong("--rate", reason);
        }
        if self.attempts == 0 || self.attempts > 20 {
            return wrong("--attempts", format!("is {}; it must lie within 1 and 20", self.attempts));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polite() -> Settings {
        Settings::new(Recipe::default(), "you@example.org")
    }

    #[test]
    fn the_request_is_the_documented_one() {
        let recipe = Recipe { invvar: true, maskbits: true, ..Recipe::default() };
        assert_eq!(
            recipe.query(150.1, -2.25),
            "/fits-cutout?ra=150.10000000&dec=-2.25000000&layer=ls-dr9&pixscale=0.262&bands=grz&size=381&invvar&maskbits"
        );
    }

    #[test]
    fn more_than_is_polite_is_refused_with_the_reason() {
        assert!(polite().check(false).is_ok());
        let many = Settings { connections: 5, ..polite() };
        assert!(many.check(false).unwrap_err().to_string().contains("shared by all astronomers"));
        let fast = Settings { requests_per_second: 2.1, ..polite() };
        assert!(fast.check(false).unwrap_err().to_string().contains("at most 2"));
        assert!(Settings { requests_per_second: 50.0, ..polite() }.check(true).is_ok(), "one's own machine");
        for rate in [0.0, -1.0, f64::NAN] {
            assert!(Settings { requests_per_second: rate, ..polite() }.check(true).is_err());
        }
    }

    #[test]
    fn nobody_downloads_without_a_name() {
        for contact in ["", "me", "@x.org", "a@b", "a b@c.org", "a@b.org\r\nX: y"] {
            let settings = Settings { contact: contact.to_owned(), ..polite() };
            assert!(settings.check(true).is_err(), "{contact:?}");
        }
    }

    #[test]
    fn cutouts_that_cannot_be_had_are_refused() {
        let usual = Recipe::default;
        assert!(Recipe { size: 0, ..usual() }.check(true).is_err());
        assert!(Recipe { size: 513, ..usual() }.check(true).is_err());
        assert!(Recipe { pixel_scale_arcsec: 0.0, ..usual() }.check(true).is_err());
        assert!(Recipe { layer: "a&b".to_owned(), ..usual() }.check(true).is_err());
        assert!(Recipe { maskbits: true, pixel_scale_arcsec: 0.27, ..usual() }.check(true).is_err());
    }
}
