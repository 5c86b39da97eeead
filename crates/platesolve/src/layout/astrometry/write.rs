//! Writing astrometry.net's layout, little-endian.

use super::{
    super::{
        bytes::{Number, encode},
        cards::Writer,
    },
    LITTLE,
};
use crate::index::{Index, Tree, UNKNOWN_MAGNITUDE};

/// Writes a file that astrometry.net's programs read.
pub(in super::super) fn write(index: &Index<'_>) -> Vec<u8> {
    let meta = &index.meta;
    let mut out = Writer::default();
    out.card("SIMPLE", "T", "");
    out.card("BITPIX", 8, "");
    out.card("NAXIS", 0, "");
    out.card("EXTEND", "T", "");
    out.text("ENDIAN", LITTLE, "bytes of 0x01020304");
    out.text("AN_FILE", "QUAD", "");
    out.card("DIMQUADS", meta.dim_quads, "stars of a quad");
    out.card("NQUADS", index.quad_count(), "");
    out.card("NSTARS", index.stars.len(), "");
    out.card("SCALE_U", real(meta.scale_high_rad), "longest AB (radians)");
    out.card("SCALE_L", real(meta.scale_low_rad), "shortest AB (radians)");
    out.card("INDEXID", meta.id, "");
    place(&mut out, index);
    if let Some(epoch) = meta.epoch {
        out.card("EPOCH", real(epoch), "Julian year of the positions");
    }
    if !meta.catalogue.is_empty() {
        out.text("CATALOG", &meta.catalogue, "");
    }
    out.data(&[]);

    array(&mut out, "quads", meta.dim_quads, &index.quads);
    header(&mut out, "codes", &index.codes, "u16");
    out.text("AN_FILE", "CKDT", "");
    place(&mut out, index);
    for keyword in ["CXDX", "CXDXLT1", "CIRCLE"] {
        out.card(keyword, "T", "");
    }
    out.data(&[]);
    tree(&mut out, "codes", &index.codes);
    header(&mut out, "stars", &index.stars, "u32");
    out.text("AN_FILE", "SKDT", "");
    place(&mut out, index);
    if meta.cut_nside > 0 {
        out.card("CUTNSIDE", meta.cut_nside, "Nside of the grid that gave the stars");
        out.card("CUTMARG", 0, "");
        out.card("CUTNSWEP", meta.sweeps, "stars a cell gave at most");
    }
    out.card("JITTER", real(meta.jitter_arcsec), "standard error of positions (arcsec)");
    out.data(&[]);
    tree(&mut out, "stars", &index.stars);
    out.table("sweep", 1, index.sweep.len(), 'B');
    out.data(&index.sweep);
    carried(&mut out, index);
    out.finish()
}

/// A real number as FITS writes it, with as many digits as bring it back.
fn real(value: f64) -> String {
    let text = format!("{value:E}");
    if text.contains('.') { text } else { text.replace('E', ".0E") }
}

fn place(out: &mut Writer, index: &Index<'_>) {
    let meta = &index.meta;
    out.card("HEALPIX", meta.healpix, "cell of the sky; -1 for all of it");
    out.card("HPNSIDE", meta.healpix_nside, "");
    if meta.healpix < 0 {
        out.card("ALLSKY", "T", "");
    }
}

fn array<T: Number>(out: &mut Writer, name: &str, columns: usize, values: &[T]) {
    let width = columns * T::SIZE;
    out.table(name, width, values.len() / columns.max(1), 'A');
    out.data(&encode(values));
}

fn header<T: Clone>(out: &mut Writer, name: &str, tree: &Tree<'_, T>, kind: &str) {
    out.table(&format!("kdtree_header_{name}"), 0, 0, 'A');
    out.text("ENDIAN", LITTLE, "");
    out.text("KDT_NAME", name, "");
    out.card("KDT_NDAT", tree.len(), "points");
    out.card("KDT_NDIM", tree.dim, "dimensions");
    out.card("KDT_NNOD", tree.right.len() + tree.split.len(), "nodes");
    out.card("KDT_VER", 1, "");
    out.text("KDT_EXT", "double", "");
    out.text("KDT_INT", kind, "");
    out.text("KDT_DATA", kind, "");
    out.card("KDT_LINL", "F", "");
}

fn tree<T: Number>(out: &mut Writer, name: &str, tree: &Tree<'_, T>) {
    array(out, &format!("kdtree_lr_{name}"), 1, &tree.right);
    array(out, &format!("kdtree_split_{name}"), 1, &tree.split);
    let most = if T::SIZE == 2 { f64::from(u16::MAX) } else { f64::from(u32::MAX) };
    let high: Vec<f64> = tree.low.iter().map(|low| low + most / tree.scale).collect();
    array(out, &format!("kdtree_range_{name}"), 1, &[&tree.low[..], &high, &[tree.scale]].concat());
    array(out, &format!("kdtree_data_{name}"), tree.dim, &tree.data);
}

/// Magnitudes and proper motions, columns of a usual FITS table.
fn carried(out: &mut Writer, index: &Index<'_>) {
    let mut columns: Vec<(&str, &str, Vec<f32>)> = Vec::new();
    if let Some(magnitude) = &index.magnitude {
        let known = |&mag: &i16| if mag == UNKNOWN_MAGNITUDE { f32::NAN } else { f32::from(mag) / 1000.0 };
        columns.push(("MAG", "mag", magnitude.iter().map(known).collect()));
    }
    if let Some(motion) = &index.motion {
        let along = |axis: usize| motion.iter().skip(axis).step_by(2).map(|&mas| f32::from(mas)).collect();
        columns.push(("PMRA", "mas/yr", along(0)));
        columns.push(("PMDEC", "mas/yr", along(1)));
    }
    if columns.is_empty() {
        return;
    }
    let rows = index.stars.len();
    out.extension(4 * columns.len(), rows, columns.len());
    for ((name, unit, _), n) in columns.iter().zip(1..) {
        out.text(&format!("TFORM{n}"), "1E", "");
        out.text(&format!("TTYPE{n}"), name, "");
        out.text(&format!("TUNIT{n}"), unit, "");
    }
    out.text("AN_FILE", "TAGALONG", "");
    let mut data = Vec::with_capacity(4 * columns.len() * rows);
    for row in 0..rows {
        for (_, _, values) in &columns {
            data.extend_from_slice(&values[row].to_be_bytes());
        }
    }
    out.data(&data);
}
