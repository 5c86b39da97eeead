//! How fast the reference configuration of `experiments/mock-speed/reference.json` is rendered, and how
//! exactly: `cargo run --release -p simulate --example reference_speed -- REFERENCE.json OUT_DIR`. Writes
//! `ours.json` and the arc's planes as `ours.f32` (g, r, z; little-endian; row 0 = south).

#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{fs, hint::black_box, path::Path, time::Instant};

use domain::{Seed, SkyCoord};
use imaging::{Band, Cube, fits};
use lensing::{Composite, CseTable, Ellipse, EllipticalNfw, Nie};
use rayon::prelude::*;
use serde_json::{Value, json};
use simulate::{
    ArcImage, ArcScene, Config, Cutout, Galaxy, Kind, Knot, Psf, PsfShape, draw, render, render_noise_free,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Time this thread has had on a core (Linux), so that other programs do not count.
fn cpu_seconds() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds * 1e-9)
}

fn number(value: &Value, name: &str) -> Outcome<f64> {
    value[name].as_f64().ok_or_else(|| format!("{name} is missing in the reference").into())
}

fn shape(value: &Value) -> Outcome<Ellipse> {
    let phi = number(value, "phi_deg")?.to_radians();
    Ok(Ellipse::new(number(value, "x")?, number(value, "y")?, number(value, "q")?, phi)?)
}

struct Reference {
    lens: Composite,
    galaxies: Vec<(Ellipse, f64)>,
    cusp: [f64; 2],
    source: [Galaxy; 1],
    cutout: Cutout,
    psf: Psf,
}

impl Reference {
    fn new(value: &Value, terms: CseTable) -> Outcome<Self> {
        let halo = &value["halo"];
        let (scale, alpha) = (number(halo, "scale_arcsec")?, number(halo, "alpha_scale_arcsec")?);
        let mut lens = Composite::new().with(EllipticalNfw::new(shape(halo)?, scale, alpha, terms)?);
        let mut galaxies = Vec::new();
        let members = value["members"].as_array().ok_or("members are missing in the reference")?;
        for galaxy in std::iter::once(&value["bcg"]).chain(members) {
            let theta_e = number(galaxy, "theta_e_arcsec")?;
            lens.push(Nie::new(shape(galaxy)?, theta_e, 0.0)?);
            galaxies.push((shape(galaxy)?, theta_e));
        }
        let source = &value["source"];
        let three = |value: &Value| -> Outcome<[f64; 3]> { Ok(serde_json::from_value(value.clone())?) };
        let component = Galaxy {
            x: number(source, "x")?,
            y: number(source, "y")?,
            n: number(source, "n")?,
            r_e: number(source, "r_e_arcsec")?,
            q: number(source, "q")?,
            // Position angles run from +y, phi from +x.
            pa: number(source, "phi_deg")? - 90.0,
            mag: three(&source["flux"])?.map(|flux| 22.5 - 2.5 * flux.log10()),
        };
        Ok(Self {
            lens,
            galaxies,
            cusp: shape(halo)?.centre(),
            source: [component],
            cutout: Cutout {
                size_px: number(value, "size_px")? as usize,
                pixel_scale_arcsec: number(value, "pixel_scale_arcsec")?,
            },
            psf: Psf { shape: PsfShape::Gaussian, beta: 3.5, fwhm_arcsec: three(&value["fwhm_arcsec"])? },
        })
    }

    fn scene(&self, shape: PsfShape) -> Outcome<ArcScene<'_>> {
        let knot = |&(ellipse, theta_e): &(Ellipse, f64)| -> Outcome<Knot> {
            Ok(Knot { at: ellipse.centre(), theta_e, mass: Box::new(Nie::new(ellipse, theta_e, 0.0)?) })
        };
        Ok(ArcScene {
            lens: &self.lens,
            knots: self.galaxies.iter().map(knot).collect::<Outcome<_>>()?,
            cusp: Some(self.cusp),
            components: &self.source,
            stamp: None,
            cutout: self.cutout,
            psf: Psf { shape, ..self.psf },
            psf_pictures: &[],
            transmission: [1.0; 3],
            faintest: [3e-7, 6e-7, 1.5e-6],
            coarsest: None,
        })
    }

    fn image(&self, shape: PsfShape) -> Outcome<ArcImage> {
        Ok(self.scene(shape)?.image()?)
    }
}

/// Mean CPU and wall seconds of one call.
fn timed(count: u32, mut work: impl FnMut() -> Outcome<()>) -> Outcome<(f64, f64)> {
    work()?;
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    for _ in 0..count {
        work()?;
    }
    let count = f64::from(count);
    Ok(((cpu_seconds()? - cpu) / count, wall.elapsed().as_secs_f64() / count))
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give the path of reference.json and a folder for the results")?;
    let out = arguments.next().ok_or("give a folder for the results")?;
    let out = Path::new(&out);
    fs::create_dir_all(out)?;
    let value: Value = serde_json::from_slice(&fs::read(path)?)?;
    let reference = Reference::new(&value, CseTable::Accurate)?;
    let fast = Reference::new(&value, CseTable::Fast)?;

    // The same work as the peer's: three folded images on the whole field.
    let whole = |reference: &Reference, shape: PsfShape| -> Outcome<()> {
        black_box(reference.image(shape)?.planes(reference.cutout));
        Ok(())
    };
    let gaussian = timed(200, || whole(&reference, PsfShape::Gaussian))?;
    let moffat = timed(100, || whole(&reference, PsfShape::Moffat))?;
    let sixteen = timed(200, || whole(&fast, PsfShape::Gaussian))?;

    // Stages.
    let scene = reference.scene(PsfShape::Gaussian)?;
    let trace = timed(200, || {
        black_box(scene.work_of_tracing()?);
        Ok(())
    })?;
    let planes = reference.image(PsfShape::Gaussian)?.planes(reference.cutout);
    let size = reference.cutout.size_px;
    let cube = Cube::new(size, size, vec![Band::G, Band::R, Band::Z], planes.clone())?
        .with_pixel_scale(reference.cutout.pixel_scale_arcsec);
    let writing = timed(20, || {
        black_box(fits::write(&cube, fits::Compression::None)?);
        Ok(())
    })?;

    // Two threads, wall and not CPU: depends on what else runs.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let wall = Instant::now();
    let failed = pool.install(|| {
        (0..400).into_par_iter().filter(|_| whole(&reference, PsfShape::Gaussian).is_err()).count()
    });
    let two = 400.0 / wall.elapsed().as_secs_f64();
    if failed > 0 {
        return Err(format!("{failed} of 400 images failed").into());
    }

    // Whole mocks of the default settings: search for a visible arc, light, noise.
    let (config, sky) = (Config::default(), SkyCoord { ra_deg: 150.0, dec_deg: 20.0 });
    let mut index = 0;
    let mut tried = 0;
    let mut records = Vec::new();
    let drawing = timed(60, || {
        index += 1;
        let drawn = draw(&config, Seed::root(1).index(index), "speed", Kind::Lens, sky, None)?;
        tried += drawn.rejected.len();
        records.push(drawn.record);
        Ok(())
    })?;
    let count = records.len() as u32;
    let mut each = records.iter().cycle();
    let light = timed(count, || {
        black_box(render_noise_free(each.next().ok_or("no record")?)?);
        Ok(())
    })?;
    let all = timed(count, || {
        black_box(render(each.next().ok_or("no record")?)?);
        Ok(())
    })?;

    let bytes: Vec<u8> = planes.iter().flat_map(|v| v.to_le_bytes()).collect();
    fs::write(out.join("ours.f32"), bytes)?;
    let work = reference.image(PsfShape::Gaussian)?.work();
    let seconds = |(cpu, wall): (f64, f64)| json!({ "cpu_s": cpu, "wall_s": wall, "per_cpu_s": 1.0 / cpu });
    let report = json!({
        "three_bands_gaussian_44_terms": seconds(gaussian),
        "three_bands_moffat_44_terms": seconds(moffat),
        "three_bands_gaussian_16_terms": seconds(sixteen),
        "two_threads_wall_per_s": two,
        "work": { "deflections": work.deflections, "rays": work.rays, "pixels": work.pixels },
        "stages_cpu_s": {
            "trace_and_sample": trace.0,
            "convolve_and_place": gaussian.0 - trace.0,
            "fits_bytes": writing.0,
        },
        "whole_mocks_default_settings": {
            "draw_with_search_cpu_s": drawing.0,
            "invisible_arcs_tried_per_mock": f64::from(tried as u32) / f64::from(count),
            "light_cpu_s": light.0,
            "noise_cpu_s": all.0 - light.0,
            "per_cpu_s": 1.0 / (drawing.0 + all.0),
        },
    });
    fs::write(out.join("ours.json"), format!("{}\n", serde_json::to_string_pretty(&report)?))?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
