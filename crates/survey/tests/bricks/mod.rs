//! Small pieces of the Legacy Surveys' bricks for tests: four bricks around a
//! corner at 0h, of whose 3600 × 3600 pixels only a window is written, with a sky
//! that is a smooth function of the position.

use std::{fs, path::Path};

use domain::SkyCoord;
use imaging::{
    Band, Cube, TanWcs,
    fits::{self, Compression},
};

/// Arcsec per pixel.
pub const SCALE: f64 = 0.262;
/// Where the four bricks meet.
pub const CORNER: SkyCoord = SkyCoord { ra_deg: 0.0, dec_deg: 0.125 };
/// Pixels of a window.
const WINDOW: usize = 260;

/// The bricks: name and middle. The row has 1440 bricks of 0.25°.
pub const BRICKS: [(&str, f64, f64); 4] = [
    ("3598p000", 359.875, 0.0),
    ("0001p000", 0.125, 0.0),
    ("3598p002", 359.875, 0.25),
    ("0001p002", 0.125, 0.25),
];

/// The sky in nanomaggies.
pub fn sky(at: SkyCoord, band: Band) -> f64 {
    let east = (at.ra_deg + 180.0).rem_euclid(360.0) - 180.0;
    let colour = match band {
        Band::G => 1.0,
        Band::R => 2.0,
        _ => 3.0,
    };
    colour + 60.0 * (at.dec_deg - CORNER.dec_deg) - 40.0 * east
}

/// Inverse variance of brick number `n`: tells where a pixel comes from.
pub fn ivar_of(n: usize) -> f32 {
    1000.0 * (n + 1) as f32
}

/// The projection of a brick.
pub fn grid(ra_deg: f64, dec_deg: f64) -> TanWcs {
    TanWcs::north_up(SkyCoord { ra_deg, dec_deg }, 3600, 3600, SCALE)
}

/// Writes list and coadds below `root`: bricks `which` with g, r (and z where `with_z`).
pub fn write(root: &Path, which: &[usize], with_z: bool) {
    fs::write(root.join("survey-bricks-dr9-south.fits"), table()).unwrap();
    let bands: &[Band] = if with_z { &[Band::G, Band::R, Band::Z] } else { &[Band::G, Band::R] };
    for &n in which {
        let (name, ra, dec) = BRICKS[n];
        let folder = root.join("coadd").join(&name[..3]).join(name);
        fs::create_dir_all(&folder).unwrap();
        let full = grid(ra, dec);
        // The window ends where the brick's image ends, beyond the corner.
        let (x, y) = full.sky_to_pixel(CORNER).unwrap();
        let start = |at: f64| if at > 1800.0 { 3600 - WINDOW } else { 0 };
        let (x0, y0) = (start(x), start(y));
        let wcs = TanWcs { crpix: [full.crpix[0] - x0 as f64, full.crpix[1] - y0 as f64], ..full };
        let plane = |value: &dyn Fn(SkyCoord) -> f64| -> Vec<f32> {
            let at = |i: usize| wcs.pixel_to_sky((i % WINDOW) as f64 + 1.0, (i / WINDOW) as f64 + 1.0);
            (0..WINDOW * WINDOW).map(|i| value(at(i)) as f32).collect()
        };
        let save = |what: &str, band: Band, data: Vec<f32>, compression| {
            let cube = Cube::new(WINDOW, WINDOW, vec![band], data).unwrap().with_wcs(wcs);
            let path = folder.join(format!("legacysurvey-{name}-{what}.fits.fz"));
            fs::write(path, fits::write(&cube, compression).unwrap()).unwrap();
        };
        for &band in bands {
            let rice = Compression::Rice { step_nmgy: 1e-4 };
            save(&format!("image-{band}"), band, plane(&|at| sky(at, band)), rice);
            let ivar = vec![ivar_of(n); WINDOW * WINDOW];
            save(&format!("invvar-{band}"), band, ivar, Compression::None);
            save(&format!("psfsize-{band}"), band, plane(&|at| 1.2 + at.dec_deg), Compression::None);
        }
        let mask = plane(&|at| if at.dec_deg > CORNER.dec_deg { 2048.0 } else { 0.0 });
        save("maskbits", Band::G, mask, Compression::None);
    }
}

/// A list of bricks as the survey writes it: bounds in 32 bits, depths in magnitudes, written by hand.
pub fn table() -> Vec<u8> {
    let columns = [
        ("brickname", "8A"),
        ("ra", "D"),
        ("dec", "D"),
        ("nexp_g", "I"),
        ("psfsize_g", "E"),
        ("psfdepth_g", "E"),
        ("psfdepth_r", "E"),
        ("ebv", "E"),
        ("trans_g", "E"),
        ("ra1", "E"),
        ("ra2", "E"),
    ];
    let width = 8 + 8 + 8 + 2 + 4 * 7;
    let card = |name: &str, value: &str| format!("{:<80}", format!("{name:<8}= {value:>20}"));
    let mut header: String =
        [("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "0")].map(|(n, v)| card(n, v)).concat();
    header = format!("{:<2880}", header + "END");
    let mut second = card("XTENSION", "'BINTABLE'");
    for (name, value) in
        [("BITPIX", 8), ("NAXIS", 2), ("NAXIS1", width), ("NAXIS2", 4), ("PCOUNT", 0), ("GCOUNT", 1)]
    {
        second += &card(name, &value.to_string());
    }
    second += &card("TFIELDS", &columns.len().to_string());
    for (n, (name, form)) in columns.iter().enumerate() {
        second += &card(&format!("TTYPE{}", n + 1), &format!("'{name:<8}'"));
        second += &card(&format!("TFORM{}", n + 1), &format!("'{form:<8}'"));
    }
    let second = second + "END";
    let length = second.len().next_multiple_of(2880);
    let mut file = format!("{header}{second:<length$}").into_bytes();
    for (n, (name, ra, dec)) in BRICKS.iter().enumerate() {
        file.extend(name.as_bytes());
        file.extend(ra.to_be_bytes());
        file.extend(dec.to_be_bytes());
        file.extend(3_i16.to_be_bytes());
        let (west, east) = ((ra - 0.125) as f32, (ra + 0.125) as f32);
        for value in [1.25_f32, 24.7 + n as f32 * 0.01, f32::NAN, 0.03, 0.91, west, east] {
            file.extend(value.to_be_bytes());
        }
    }
    file.resize(file.len().next_multiple_of(2880), 0);
    file
}
