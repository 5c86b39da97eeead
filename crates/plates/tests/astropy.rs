//! Headers of solutions as astropy reads them. Needs a Python with astropy, named by `PYTHON_WITH_ASTROPY`; says so
//! and passes where there is none.

use std::{fmt::Write as _, fs, process::Command};

use domain::SkyCoord;
use imaging::{Polynomial, TanSip, TanWcs};
use plates::header::header;
use platesolve::Solution;

/// Reads a header and pixels, writes positions.
const SCRIPT: &str = "
import sys
from astropy.io import fits
from astropy.wcs import WCS
wcs = WCS(fits.Header.fromfile(sys.argv[1]))
for line in open(sys.argv[2]):
    ra, dec = (float(word) for word in line.split())
    x, y = wcs.all_world2pix([[ra, dec]], 1, tolerance=1e-9, maxiter=100)[0]
    print(repr(float(x)), repr(float(y)))
";

#[test]
fn astropy_finds_stars_at_the_same_pixels() {
    let Ok(python) = std::env::var("PYTHON_WITH_ASTROPY") else {
        eprintln!("skipped: PYTHON_WITH_ASTROPY names no Python");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (wcs_path, places_path) = (folder.path().join("a.wcs"), folder.path().join("places"));
    for (crval, bent) in [([201.25, -33.5], true), ([0.01, 89.5], true), ([150.0, 2.0], false)] {
        let tan = TanWcs { crval, crpix: [512.25, 380.5], cd: [[-2e-3, 1e-4], [1.5e-4, 2.1e-3]] };
        let mut wcs = TanSip::from(tan);
        if bent {
            wcs.a = Polynomial::from_terms(2, 3, &[1e-5, -2e-6, 4e-6, 2e-9, 0.0, -1e-9, 3e-9]);
            wcs.b = Polynomial::from_terms(2, 3, &[-3e-6, 5e-6, 1e-6, 0.0, 2e-9, 1e-9, -2e-9]);
            wcs = wcs.with_inverse(1024, 768);
        }
        let centre = SkyCoord { ra_deg: crval[0], dec_deg: crval[1] };
        let solution = Solution {
            linear: tan,
            centre,
            scale_arcsec: tan.pixel_scale_arcsec(),
            parity: -1,
            rotation_deg: 0.0,
            log_odds: 50.0,
            ln_trials: 0.0,
            index: 0,
            quad: 0,
            matches: Vec::new(),
            footprint: [centre; 4],
            wcs: wcs.clone(),
        };
        fs::write(&wcs_path, header(&solution, 1024, 768, &[])).expect("a header");
        let pixels = [(1.0, 1.0), (1024.0, 1.0), (1.0, 768.0), (1024.0, 768.0), (300.5, 600.25)];
        let mut places = String::new();
        for (x, y) in pixels {
            let sky = wcs.pixel_to_sky(x, y);
            let _ = writeln!(places, "{:?} {:?}", sky.ra_deg, sky.dec_deg);
        }
        fs::write(&places_path, places).expect("places");
        let output = Command::new(&python)
            .args(["-c", SCRIPT])
            .args([&wcs_path, &places_path])
            .output()
            .expect("Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found = String::from_utf8(output.stdout).expect("numbers");
        for (line, (x, y)) in found.lines().zip(pixels) {
            let mut words = line.split(' ').map(|word| word.parse::<f64>().expect("a number"));
            let (u, v) = (words.next().expect("x"), words.next().expect("y"));
            assert!((u - x).hypot(v - y) < 1e-6, "{crval:?}: {u} {v} instead of {x} {y}");
        }
        assert_eq!(found.lines().count(), pixels.len());
    }
}
