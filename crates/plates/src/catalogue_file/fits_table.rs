//! The first binary table of a FITS file.

use domain::Progress;
use imaging::fits::Table;

use super::{Harvest, columns::ColumnNames, error::Fault, star};

pub(super) fn read(bytes: &[u8], columns: &ColumnNames, progress: &dyn Progress) -> Result<Harvest, Fault> {
    let words = |error: imaging::fits::FitsError| Fault::Words(error.to_string());
    let table = Table::open(bytes).map_err(words)?;
    let found = columns.find(table.names())?;
    let column = |at: usize| -> Result<Vec<f64>, Fault> {
        progress.check()?;
        let name = &table.names()[at];
        let values = table.reals(name).map_err(words)?;
        values.ok_or_else(|| Fault::Words(format!("column {name} is not there")))
    };
    let (ra, dec, magnitude) = (column(found.ra)?, column(found.dec)?, column(found.magnitude)?);
    let motion = match found.motion {
        Some([east, north]) => Some((column(east)?, column(north)?)),
        None => None,
    };
    let mut harvest = Harvest::default();
    for row in 0..table.rows() {
        let motion = motion.as_ref().map(|(east, north)| [east[row], north[row]]);
        harvest.add(star(ra[row], dec[row], magnitude[row], motion));
    }
    progress.advance(harvest.rows);
    Ok(harvest)
}
