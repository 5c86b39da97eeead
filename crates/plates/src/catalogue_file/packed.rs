//! TYC2BIN1: magic, u32 number of stars, then three columns, little-endian: right
//! ascension u32 in 360°/2³², declination i32 in 90°/(2³¹−1), magnitude i16 in
//! thousandths.

use domain::Progress;

use super::{Harvest, error::Fault, star};

/// First bytes of a file.
pub(super) const MAGIC: &[u8] = b"TYC2BIN1";

pub(super) fn read(bytes: &[u8], progress: &dyn Progress) -> Result<Harvest, Fault> {
    let rest = &bytes[MAGIC.len()..];
    let Some((count, columns)) = rest.split_first_chunk::<4>() else {
        return Err(Fault::Format("it is cut off before the number of stars; fetch it again"));
    };
    let count = u32::from_le_bytes(*count) as usize;
    if columns.len() as u64 != count as u64 * 10 {
        return Err(Fault::Words(format!(
            "it says it has {count} stars, which take {} bytes, but {} follow; fetch it again",
            count as u64 * 10,
            columns.len()
        )));
    }
    let (ra, rest) = columns.as_chunks::<4>().0.split_at(count);
    let dec = &rest[..count];
    let magnitude = columns[8 * count..].as_chunks::<2>().0;
    progress.check()?;
    let mut harvest = Harvest::default();
    for ((ra, dec), magnitude) in ra.iter().zip(dec).zip(magnitude) {
        let ra = f64::from(u32::from_le_bytes(*ra)) * (360.0 / 4_294_967_296.0);
        let dec = f64::from(i32::from_le_bytes(*dec)) * 90.0 / f64::from(i32::MAX);
        let magnitude = f64::from(i16::from_le_bytes(*magnitude)) / 1000.0;
        harvest.add(star(ra, dec, magnitude, None));
    }
    progress.advance(harvest.rows);
    Ok(harvest)
}
