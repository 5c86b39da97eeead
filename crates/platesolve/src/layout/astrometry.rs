//! astrometry.net's layout: FITS tables of one column of plain bytes each, found
//! by the column's name. Tables may come in any order, and of those that can be
//! computed or done without, any may be absent.

mod write;

use std::borrow::Cow;

pub(super) use write::write;

use super::{
    LayoutError,
    bytes::{Number, Order, numbers},
    cards::{Hdu, hdus},
};
use crate::{
    build::{CODE_LOW, CODE_SCALE, STAR_SCALE},
    index::{Index, IndexMeta, Tree, UNKNOWN_MAGNITUDE},
};

/// What keyword ENDIAN says of bytes of 0x01020304.
const LITTLE: &str = "04:03:02:01";
const BIG: &str = "01:02:03:04";
/// Columns of magnitudes, in small letters, the likeliest first; not those of their errors.
const MAGNITUDES: [&str; 16] = [
    "mag",
    "vt_mag",
    "mag_vt",
    "vtmag",
    "vmag",
    "v_mag",
    "mag_v",
    "phot_g_mean_mag",
    "gmag",
    "g_mag",
    "rmag",
    "r_mag",
    "jmag",
    "j_mag",
    "mag_bt",
    "bt_mag",
];
/// Standard error of positions where the file says nothing, arcsec.
const USUAL_JITTER: f64 = 1.0;

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Index<'_>, LayoutError> {
    let hdus = hdus(bytes)?;
    let (Some(primary), Some(_)) = (hdus.first(), hdus.iter().find(|hdu| is_table(hdu, "quads"))) else {
        return Err(LayoutError::Missing("table \"quads\"".to_owned()));
    };
    let order = match primary.text("ENDIAN").as_deref() {
        Some(LITTLE) | None => Order::Little,
        Some(BIG) => Order::Big,
        Some(other) => {
            return Err(LayoutError::wrong("keyword ENDIAN", other, format!("{LITTLE} or {BIG}")));
        }
    };
    let tables = Tables { hdus: &hdus, order };
    let dim_quads: usize = primary.required("DIMQUADS")?;
    let stars_header = tables.find("kdtree_header_stars");
    let codes_range = ([CODE_LOW, 1.0 - CODE_LOW], CODE_SCALE);
    let stars: Tree<'_, u32> = tables.tree("stars", 3, ([-1.0, 1.0], STAR_SCALE), "u32")?;
    let count = stars.len();
    let codes = tables.tree("codes", 2 * dim_quads.saturating_sub(2).min(3), codes_range, "u16")?;
    let said = |keyword: &str| stars_header.and_then(|hdu| hdu.number::<u32>(keyword)).unwrap_or(0);
    let stated = |keyword: &str, found: usize| match primary.number::<usize>(keyword) {
        Some(stated) if stated != found => {
            Err(LayoutError::wrong(format!("keyword {keyword}"), stated, found.to_string()))
        }
        _ => Ok(()),
    };
    stated("NSTARS", count)?;
    stated("NQUADS", codes.len())?;
    Ok(Index {
        meta: IndexMeta {
            id: primary.number("INDEXID").unwrap_or(0),
            dim_quads,
            scale_low_rad: primary.required("SCALE_L")?,
            scale_high_rad: primary.required("SCALE_U")?,
            healpix: primary.number("HEALPIX").unwrap_or(-1),
            healpix_nside: primary.number("HPNSIDE").unwrap_or(0),
            cut_nside: said("CUTNSIDE"),
            sweeps: said("CUTNSWEP"),
            jitter_arcsec: stars_header.and_then(|hdu| hdu.number("JITTER")).unwrap_or(USUAL_JITTER),
            epoch: primary.number("EPOCH").filter(|epoch: &f64| epoch.is_finite()),
            catalogue: primary.text("CATALOG").unwrap_or_default().into_owned(),
        },
        quads: tables.numbers("quads")?,
        codes,
        sweep: tables.optional("sweep")?.unwrap_or_else(|| vec![0; count].into()),
        magnitude: magnitude(&hdus, count).map(Into::into),
        motion: motion(&hdus, count).map(Into::into),
        stars,
    })
}

fn is_table(hdu: &Hdu<'_>, name: &str) -> bool {
    hdu.text("TTYPE1").as_deref() == Some(name)
}

struct Tables<'h, 'a> {
    hdus: &'h [Hdu<'a>],
    order: Order,
}

impl<'h, 'a> Tables<'h, 'a> {
    fn find(&self, name: &str) -> Option<&'h Hdu<'a>> {
        self.hdus.iter().find(|hdu| is_table(hdu, name))
    }

    fn optional<T: Number>(&self, name: &str) -> Result<Option<Cow<'a, [T]>>, LayoutError> {
        let Some(hdu) = self.find(name) else { return Ok(None) };
        numbers(hdu.data, self.order, &format!("table \"{name}\"")).map(Some)
    }

    fn numbers<T: Number>(&self, name: &str) -> Result<Cow<'a, [T]>, LayoutError> {
        self.optional(name)?.ok_or_else(|| LayoutError::Missing(format!("table {name:?}")))
    }

    fn tree<T: Number>(
        &self,
        name: &str,
        dim: usize,
        ([low, high], usual_scale): ([f64; 2], f64),
        kind: &str,
    ) -> Result<Tree<'a, T>, LayoutError> {
        let header = self.find(&format!("kdtree_header_{name}"));
        for (keyword, expected) in [("KDT_INT", kind), ("KDT_DATA", kind), ("KDT_NDIM", &dim.to_string())] {
            if let Some(found) = header.and_then(|hdu| hdu.text(keyword)).filter(|found| found != expected) {
                return Err(LayoutError::wrong(format!("{keyword} of {name}"), found, expected));
            }
        }
        let permuted = format!("kdtree_perm_{name}");
        if self.find(&permuted).is_some() {
            return Err(LayoutError::wrong(
                format!("table {permuted:?}"),
                "there",
                "resolved by \"unpermute\"",
            ));
        }
        let data: Cow<'a, [T]> = self.numbers(&format!("kdtree_data_{name}"))?;
        let split: Cow<'a, [T]> = self.optional(&format!("kdtree_split_{name}"))?.unwrap_or_default();
        let right = match self.optional(&format!("kdtree_lr_{name}"))? {
            Some(right) => right,
            None => halves(data.len() / dim.max(1), split.len().saturating_add(1))?.into(),
        };
        let range: Cow<'_, [f64]> = self
            .optional(&format!("kdtree_range_{name}"))?
            .unwrap_or_else(|| [vec![low; dim], vec![high; dim], vec![usual_scale]].concat().into());
        match range.split_last() {
            Some((&scale, bounds)) if bounds.len() == 2 * dim => {
                Ok(Tree { dim, right, split, data, low: bounds[..dim].to_vec(), scale })
            }
            _ => Err(LayoutError::wrong(
                format!("the length of table \"kdtree_range_{name}\""),
                range.len(),
                (2 * dim + 1).to_string(),
            )),
        }
    }
}

/// Ends of leaves of a tree whose branches were halved, the low side the smaller.
fn halves(points: usize, leaves: usize) -> Result<Vec<i32>, LayoutError> {
    if !leaves.is_power_of_two() || i32::try_from(points).is_err() {
        return Err(LayoutError::wrong("the number of leaves", leaves, "a power of two"));
    }
    let mut sizes = vec![points];
    while sizes.len() < leaves {
        sizes = sizes.into_iter().flat_map(|size| [size / 2, size - size / 2]).collect();
    }
    let ends = sizes.into_iter().scan(-1_i32, |end, size| {
        *end += size as i32;
        Some(*end)
    });
    Ok(ends.collect())
}

/// A column of the table that carries data of stars along, if it has one that is asked for.
fn carried(hdus: &[Hdu<'_>], rows: usize, wanted: impl Fn(&str, &str) -> bool) -> Option<Vec<f64>> {
    let table = hdus.iter().find(|hdu| hdu.text("AN_FILE").as_deref() == Some("TAGALONG"))?;
    let width: usize = table.number("NAXIS1")?;
    if width == 0 || table.number::<usize>("NAXIS2")? != rows {
        return None;
    }
    let columns = table.columns();
    let column = columns.iter().find(|column| wanted(&column.name.to_ascii_lowercase(), &column.unit))?;
    let decode: fn(&[u8]) -> f64 = match column.kind {
        'D' => |b| f64::decode(b, Order::Big),
        'E' => |b| f64::from(f32::decode(b, Order::Big)),
        'J' => |b| f64::from(i32::decode(b, Order::Big)),
        'I' => |b| f64::from(i16::decode(b, Order::Big)),
        _ => return None,
    };
    let size = match column.kind {
        'D' => 8,
        'I' => 2,
        _ => 4,
    };
    let end = column.start.checked_add(size).filter(|&end| end <= width)?;
    let values: Vec<f64> =
        table.data.chunks_exact(width).take(rows).map(|row| decode(&row[column.start..end])).collect();
    (values.len() == rows).then_some(values)
}

/// The nearest whole number but [`UNKNOWN_MAGNITUDE`]; 0 for NaN.
fn small(value: f64) -> i16 {
    value.round().clamp(f64::from(-i16::MAX), f64::from(i16::MAX)) as i16
}

/// Thousandths of a magnitude, of the first of [`MAGNITUDES`] that is there and known for any star.
fn magnitude(hdus: &[Hdu<'_>], rows: usize) -> Option<Vec<i16>> {
    MAGNITUDES.iter().find_map(|known| {
        let values = carried(hdus, rows, |name, _| name == *known)?;
        let milli = |mag: f64| if mag.is_finite() { small(mag * 1000.0) } else { UNKNOWN_MAGNITUDE };
        values.iter().any(|mag| mag.is_finite()).then(|| values.into_iter().map(milli).collect())
    })
}

/// Milli-arcsec a year, where the unit says so.
fn motion(hdus: &[Hdu<'_>], rows: usize) -> Option<Vec<i16>> {
    let column = |wanted: &str| carried(hdus, rows, |name, unit| name == wanted && unit == "mas/yr");
    let (east, north) = (column("pmra")?, column("pmdec")?);
    Some(east.into_iter().zip(north).flat_map(|(east, north)| [small(east), small(north)]).collect())
}
