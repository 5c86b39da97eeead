//! A solution as a FITS header without data, as other programs of plate
//! solving write it (`.wcs`): TAN or TAN-SIP, size of the image, and how it was
//! found. Readable by everything that reads FITS coordinates.

use std::fmt::Write as _;

use imaging::{Polynomial, TanSip};
use platesolve::Solution;

const CARD: usize = 80;
const BLOCK: usize = 2880;
/// Characters of a comment card.
const COMMENT: usize = 72;

/// The header of an image of `width` × `height` pixels. `comments` are written at its end; what is not
/// printable ASCII becomes `?`.
#[must_use]
pub fn header(solution: &Solution, width: u32, height: u32, comments: &[&str]) -> Vec<u8> {
    let mut cards = Cards::default();
    cards.raw("SIMPLE", "T", "a header only: coordinates of an image");
    cards.raw("BITPIX", "8", "");
    cards.raw("NAXIS", "0", "no data");
    cards.raw("EXTEND", "T", "");
    projection(&mut cards, &solution.wcs, width, height);
    cards.raw("IMAGEW", &width.to_string(), "pixels in a row");
    cards.raw("IMAGEH", &height.to_string(), "rows");
    cards.comment(&format!(
        "Centre: {:.6} {:+.6} deg (J2000)",
        solution.centre.ra_deg, solution.centre.dec_deg
    ));
    cards.comment(&format!("Scale: {:.6} arcsec/pixel in the middle", solution.scale_arcsec));
    cards.comment(&format!("Rows rise towards {:.4} deg east of north", solution.rotation_deg));
    cards.comment(&format!(
        "Parity: {}",
        if solution.parity < 0 { "-1 (as FITS images of the sky)" } else { "+1" }
    ));
    cards.comment(&format!(
        "Log odds: {:.2}, of which {:.2} for the number of trials",
        solution.log_odds, solution.ln_trials
    ));
    cards.comment(&format!("Matched stars: {}", solution.matches.len()));
    comments.iter().for_each(|text| cards.comment(text));
    cards.close()
}

fn projection(cards: &mut Cards, wcs: &TanSip, width: u32, height: u32) {
    let is_bent = wcs.is_distorted();
    let suffix = if is_bent { "-SIP" } else { "" };
    cards.raw("WCSAXES", "2", "");
    cards.text("CTYPE1", &format!("RA---TAN{suffix}"), "gnomonic projection");
    cards.text("CTYPE2", &format!("DEC--TAN{suffix}"), "");
    cards.text("CUNIT1", "deg", "");
    cards.text("CUNIT2", "deg", "");
    cards.text("RADESYS", "ICRS", "");
    cards.real("EQUINOX", 2000.0, "");
    cards.real("LONPOLE", 180.0, "");
    cards.real("LATPOLE", 0.0, "");
    cards.real("CRVAL1", wcs.tan.crval[0], "right ascension of the tangent point");
    cards.real("CRVAL2", wcs.tan.crval[1], "its declination");
    cards.real("CRPIX1", wcs.tan.crpix[0], "its column, the first is 1");
    cards.real("CRPIX2", wcs.tan.crpix[1], "its row, the first is 1");
    for (i, row) in wcs.tan.cd.iter().enumerate() {
        for (j, &value) in row.iter().enumerate() {
            cards.real(&format!("CD{}_{}", i + 1, j + 1), value, "");
        }
    }
    if is_bent {
        // Readers expect the inverse, too.
        let wcs = if wcs.ap.rows.is_empty() { wcs.clone().with_inverse(width, height) } else { wcs.clone() };
        for (name, polynomial) in [("A", &wcs.a), ("B", &wcs.b), ("AP", &wcs.ap), ("BP", &wcs.bp)] {
            sip(cards, name, polynomial);
        }
    }
}

fn sip(cards: &mut Cards, name: &str, polynomial: &Polynomial) {
    // Some readers pass over polynomials of an order below 2.
    let order = polynomial.order().max(2);
    cards.raw(&format!("{name}_ORDER"), &order.to_string(), "");
    for (p, row) in polynomial.rows.iter().enumerate() {
        for (q, &value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            cards.real(&format!("{name}_{p}_{q}"), value, "");
        }
    }
}

/// Cards of 80 characters.
#[derive(Default)]
struct Cards {
    text: String,
}

impl Cards {
    fn push(&mut self, card: &str) {
        let plain: String =
            card.chars().take(CARD).map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect();
        let _ = write!(self.text, "{plain:<CARD$}");
    }

    /// A value as it stands.
    fn raw(&mut self, name: &str, value: &str, comment: &str) {
        let comment = if comment.is_empty() { String::new() } else { format!(" / {comment}") };
        self.push(&format!("{name:<8}= {value:>20}{comment}"));
    }

    /// A number to its last digit; what is not finite is left out, FITS cannot say it.
    fn real(&mut self, name: &str, value: f64, comment: &str) {
        if value.is_finite() {
            let plain = format!("{value:?}");
            let number =
                if plain.contains(['e', 'E']) || plain.len() > 20 { format!("{value:E}") } else { plain };
            self.raw(name, &number, comment);
        }
    }

    fn text(&mut self, name: &str, value: &str, comment: &str) {
        let quoted = format!("'{:<8}'", value.replace('\'', "''"));
        let comment = if comment.is_empty() { String::new() } else { format!(" / {comment}") };
        self.push(&format!("{name:<8}= {quoted:<20}{comment}"));
    }

    fn comment(&mut self, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        for line in letters.chunks(COMMENT) {
            self.push(&format!("COMMENT {}", line.iter().collect::<String>()));
        }
    }

    fn close(mut self) -> Vec<u8> {
        self.push("END");
        let mut bytes = self.text.into_bytes();
        bytes.resize(bytes.len().next_multiple_of(BLOCK), b' ');
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SkyCoord;
    use imaging::{TanWcs, fits};

    fn solution(wcs: TanSip) -> Solution {
        let centre = SkyCoord { ra_deg: 150.0, dec_deg: 2.0 };
        Solution {
            linear: wcs.tan,
            wcs,
            centre,
            scale_arcsec: 3.6,
            parity: -1,
            rotation_deg: 12.5,
            log_odds: 100.0,
            ln_trials: 3.0,
            index: 0,
            quad: 0,
            matches: Vec::new(),
            footprint: [centre; 4],
        }
    }

    fn bent() -> TanSip {
        let tan = TanWcs {
            crval: [150.0, 2.0 / 3.0],
            crpix: [512.5, 384.5],
            cd: [[-1e-3, 1.234_567_890_123e-5], [2e-5, 1e-3]],
        };
        let mut sip = TanSip::from(tan);
        sip.a = Polynomial::from_terms(2, 3, &[1e-5, -2e-6, 4e-6, 2e-9, 0.0, -1e-9, 3e-9]);
        sip.b = Polynomial::from_terms(2, 3, &[-3e-6, 5e-6, 1e-6, 0.0, 2e-9, 1e-9, -2e-9]);
        sip.with_inverse(1024, 768)
    }

    #[test]
    fn what_is_read_back_is_what_was_written() {
        for wcs in [bent(), TanSip::from(bent().tan)] {
            let bytes = header(&solution(wcs.clone()), 1024, 768, &["höher"]);
            assert_eq!(bytes.len() % 2880, 0);
            let cards = fits::Cards::of_header(&bytes).expect("a header");
            let found = cards.projection().expect("a projection");
            assert_eq!((cards.size(), found.tan), ((1024, 768), wcs.tan));
            for (x, y) in [(1.0, 1.0), (1024.0, 768.0), (3.0, 700.0)] {
                assert_eq!(found.pixel_to_sky(x, y), wcs.pixel_to_sky(x, y));
            }
            assert_eq!(found.ap.rows, wcs.ap.rows);
            assert!(bytes.is_ascii() && String::from_utf8_lossy(&bytes).contains("COMMENT h?her"));
        }
    }

    #[test]
    fn every_card_is_whole() {
        let bytes = header(&solution(bent()), 1024, 768, &["x".repeat(200).as_str()]);
        let text = String::from_utf8(bytes).expect("ASCII");
        for card in text.as_bytes().chunks(80) {
            let card = std::str::from_utf8(card).expect("ASCII");
            let is_known = card.starts_with("COMMENT ") || card.trim() == "END" || card.trim().is_empty();
            assert!(is_known || card[8..].starts_with("= "), "{card}");
        }
        assert_eq!(text.matches("COMMENT x").count(), 3);
    }
}
