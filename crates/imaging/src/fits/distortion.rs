//! The SIP polynomials of a header, beside its TAN projection.

use super::{header::Header, projection};
use crate::{MAX_SIP_ORDER, Polynomial, TanSip};

/// Projection and distortion of a header. Polynomials count where `CTYPE` ends in `-SIP`; coefficients of
/// the inverse are optional.
pub(super) fn tan_sip(header: &Header) -> Option<TanSip> {
    let mut sip = TanSip::from(projection::tan(header)?);
    if header.text("CTYPE1").is_some_and(|text| text.trim_end().ends_with("-SIP")) {
        let of = |name| polynomial(header, name).unwrap_or_default();
        (sip.a, sip.b) = (of("A"), of("B"));
        (sip.ap, sip.bp) = (of("AP"), of("BP"));
    }
    Some(sip)
}

fn polynomial(header: &Header, name: &str) -> Option<Polynomial> {
    let order = header.integer(&format!("{name}_ORDER"))?;
    let order = usize::try_from(order).ok().filter(|order| (1..=MAX_SIP_ORDER).contains(order))?;
    let terms = Polynomial::terms(0, order).map(|(p, q)| header.real(&format!("{name}_{p}_{q}")));
    let coefficients: Vec<f64> = terms.map(|c| c.filter(|c| c.is_finite()).unwrap_or(0.0)).collect();
    Some(Polynomial::from_terms(0, order, &coefficients))
}
