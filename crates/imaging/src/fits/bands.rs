//! Which band a plane is, from the keywords surveys use for it, and which
//! HDUs are not images of the sky at all.

use super::{FitsError, header::Header, structure::Hdu};
use crate::{Band, parse_bands};

/// Keywords that name the filter of a single plane, the most trustworthy first.
const FILTER_KEYWORDS: [&str; 7] =
    ["BAND", "FILTER", "FILT_ID", "FPA.FILTERID", "FPA.FILTER", "FILTER1", "EXTNAME"];

/// Words in `EXTNAME` or `IMAGETYP` that say a plane is about an image, not one itself.
const AUXILIARY: [&str; 10] =
    ["invvar", "ivar", "mask", "weight", "variance", "depth", "nexp", "psf", "chi2", "error"];

/// Whether the HDU holds weights, masks or the like.
pub(super) fn is_auxiliary(header: &Header) -> bool {
    ["EXTNAME", "IMAGETYP"].iter().filter_map(|name| header.text(name)).any(|text| {
        let text = text.to_ascii_lowercase();
        AUXILIARY.iter().any(|word| text.contains(word))
    })
}

/// The bands of the planes of an HDU, as far as its header says.
pub(super) fn of_planes(hdu: &Hdu, planes: usize) -> Result<Option<Vec<Band>>, FitsError> {
    let header = &hdu.header;
    if let Some(text) = header.text("BANDS").filter(|text| !text.is_empty()) {
        let bands = parse_bands(text).map_err(|error| FitsError::Keyword {
            hdu: hdu.index,
            keyword: "BANDS".to_owned(),
            reason: error.to_string(),
        })?;
        return Ok(Some(bands));
    }
    let numbered = |first: usize| -> Option<Vec<Band>> {
        (first..first + planes).map(|n| header.text(&format!("BAND{n}"))?.parse().ok()).collect()
    };
    if let Some(bands) = numbered(0).or_else(|| numbered(1)) {
        return Ok(Some(bands));
    }
    if planes != 1 {
        return Ok(None);
    }
    let named = FILTER_KEYWORDS.iter().find_map(|name| header.text(name)?.parse().ok());
    Ok(named.map(|band| vec![band]))
}
