//! Coadds of the Legacy Surveys on disk (`coadd/AAA/BRICK/legacysurvey-BRICK-…`),
//! and cutouts of any size out of them.
//!
//! A cutout keeps the pixels of the brick that owns its middle (its *home*): the
//! grid is the home's, the middle lies up to half a pixel from the position in
//! each direction, and wherever the home's image reaches (a little beyond the area it owns)
//! nothing is resampled. Pixels beyond come from the brick that owns them, the
//! nearest pixel of it (at most 0.19″ off), so noise and masks stay what they
//! were. Where the list has no brick, the image and its inverse variance are 0; a
//! file of a listed brick that is not in the folder is an error, never a hole.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use domain::SkyCoord;
use imaging::{
    Band, Cube, InverseVariance, MaskPlane, TanWcs,
    fits::{Plane, Wanted, read_plane},
};

use crate::{Brick, BrickError, BrickTable};

/// Pixels kept unpacked: about a dozen planes of whole bricks.
const MOST_PIXELS_KEPT: usize = 12 * 3600 * 3600;
/// Widest range of pixel numbers taken from a projection; those of bricks stay below 4000.
const MAX_PIXEL: f64 = 1e6;
/// Pixel scales that can be, arcsec.
const SCALES: std::ops::RangeInclusive<f64> = 0.01..=10.0;
/// Largest file taken.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// A folder of coadds with its list of bricks.
pub struct BrickFolder {
    root: PathBuf,
    table: BrickTable,
    kept: Mutex<VecDeque<(PathBuf, Option<Arc<Plane>>)>>,
}

/// What is cut.
#[derive(Debug, Clone, PartialEq)]
pub struct BrickCut {
    /// Side in pixels of the bricks.
    pub size: usize,
    /// Bands in plane order.
    pub bands: Vec<Band>,
    /// With inverse variances.
    pub invvar: bool,
    /// With mask bits.
    pub maskbits: bool,
}

/// A cutout of coadds.
#[derive(Debug, Clone, PartialEq)]
pub struct BrickCutout {
    /// The image in nanomaggies, in the projection of its home brick.
    pub cube: Cube,
    /// Inverse variances in 1/nanomaggy², `[band][y][x]`, never negative.
    pub invvar: Option<Vec<f32>>,
    /// Mask bits, `[y][x]`.
    pub maskbits: Option<Vec<i32>>,
    /// FWHM of the PSF in each band at the middle, arcsec: from the map, else from the list of bricks.
    pub psf_fwhm_arcsec: Vec<Option<f64>>,
    /// The bricks it was cut from, the home first.
    pub bricks: Vec<String>,
}

/// One kind of plane of the bricks.
#[derive(Clone, Copy)]
enum Kind {
    Image,
    InverseVariance,
    MaskBits,
}

impl BrickFolder {
    /// Opens a folder that holds `coadd/` and a list of bricks (`survey-bricks*.fits` or `.fits.gz`,
    /// the one with conditions if there are several).
    ///
    /// # Errors
    /// When there is no list, or it is damaged.
    pub fn open(root: &Path) -> Result<Self, BrickError> {
        let io = |source| BrickError::Io { path: root.to_owned(), source };
        let mut lists = Vec::new();
        for entry in fs::read_dir(root).map_err(io)? {
            let name = entry.map_err(io)?.file_name().to_string_lossy().into_owned();
            if name.starts_with("survey-bricks") && (name.ends_with(".fits") || name.ends_with(".fits.gz")) {
                lists.push(name);
            }
        }
        // `survey-bricks-dr9-south` says more than `survey-bricks`.
        lists.sort_by_key(|name| (std::cmp::Reverse(name.len()), name.clone()));
        let list = lists.first().ok_or_else(|| BrickError::File {
            path: root.to_owned(),
            reason: "holds no list of bricks; put survey-bricks-dr9-<region>.fits.gz beside coadd/"
                .to_owned(),
        })?;
        Ok(Self::with_table(root, BrickTable::read(&root.join(list))?))
    }

    /// A folder whose list was read already.
    #[must_use]
    pub fn with_table(root: &Path, table: BrickTable) -> Self {
        Self { root: root.to_owned(), table, kept: Mutex::default() }
    }

    /// The list of bricks.
    #[must_use]
    pub fn table(&self) -> &BrickTable {
        &self.table
    }

    /// Cuts around a position; `None` where no brick is, or its images are not in the folder.
    ///
    /// # Errors
    /// When a file of a brick is missing (but not all images of the home), damaged or has another shape
    /// than its image, or the wish makes no sense.
    pub fn cut(&self, position: SkyCoord, wish: &BrickCut) -> Result<Option<BrickCutout>, BrickError> {
        if wish.size == 0 || wish.size > 3600 || wish.bands.is_empty() {
            let text = format!("a cutout of {} pixels in {} bands", wish.size, wish.bands.len());
            return Err(BrickError::Wish(format!("{text} cannot be cut; ask for 1 to 3600 pixels")));
        }
        let Some(home) = self.table.at(position) else { return Ok(None) };
        let Some((path, grid, shape)) = self.grid(home, wish)? else { return Ok(None) };
        let shown = grid.sky_to_pixel(position).filter(|&(x, y)| whole(x).is_some() && whole(y).is_some());
        let (x, y) = shown.ok_or_else(|| BrickError::File {
            path,
            reason: "does not show the position its brick owns; fetch the file again".to_owned(),
        })?;
        let corner = |at: f64| (at - (wish.size as f64 - 1.0) / 2.0).round() as i64 - 1;
        let frame = Frame { home, grid, shape, x: corner(x), y: corner(y), size: wish.size };
        let mut used = vec![home.name.clone()];
        let mut data = Vec::with_capacity(wish.size * wish.size * wish.bands.len());
        let mut ivar = wish.invvar.then(Vec::new);
        for &band in &wish.bands {
            data.extend(self.plane(&frame, Kind::Image, band, &mut used)?);
            if let Some(ivar) = &mut ivar {
                ivar.extend(self.plane(&frame, Kind::InverseVariance, band, &mut used)?);
            }
        }
        let maskbits = if wish.maskbits {
            let values = self.plane(&frame, Kind::MaskBits, wish.bands[0], &mut used)?;
            Some(values.into_iter().map(|value| value as i32).collect())
        } else {
            None
        };
        let wcs = TanWcs { crpix: [grid.crpix[0] - frame.x as f64, grid.crpix[1] - frame.y as f64], ..grid };
        let cube = Cube::new(wish.size, wish.size, wish.bands.clone(), data)
            .map_err(|error| BrickError::Wish(error.to_string()))?
            .with_wcs(wcs);
        let psf_fwhm_arcsec =
            wish.bands.iter().map(|&band| self.seeing(home, band, x, y)).collect::<Result<_, _>>()?;
        Ok(Some(BrickCutout { cube, invvar: ivar, maskbits, psf_fwhm_arcsec, bricks: used }))
    }

    /// The file, projection and shape (width, height) of the first image a brick has.
    fn grid(&self, brick: &Brick, wish: &BrickCut) -> Result<Option<Grid>, BrickError> {
        for &band in &wish.bands {
            let path = self.file(brick, Kind::Image, band);
            if let Some(plane) = self.load(&path, Kind::Image)? {
                let shape = (plane.width, plane.height);
                return match plane.wcs {
                    Some(wcs) => Ok(Some((path, wcs, shape))),
                    None => Err(BrickError::File {
                        path,
                        reason: "has no TAN projection; fetch the file again".to_owned(),
                    }),
                };
            }
        }
        Ok(None)
    }

    /// A plane of a brick of the list, which must be there.
    fn need(&self, brick: &Brick, kind: Kind, band: Band) -> Result<Arc<Plane>, BrickError> {
        let path = self.file(brick, kind, band);
        self.load(&path, kind)?.ok_or(BrickError::File { path, reason: "is not in the folder".to_owned() })
    }

    /// One plane of a cutout; 0 where the list has no brick.
    fn plane(
        &self,
        frame: &Frame<'_>,
        kind: Kind,
        band: Band,
        used: &mut Vec<String>,
    ) -> Result<Vec<f32>, BrickError> {
        let size = frame.size;
        let mut values = vec![0.0; size * size];
        let mut missing = Vec::new();
        let home = self.need(frame.home, kind, band)?;
        if (home.width, home.height) != frame.shape {
            let ((w, h), (width, height)) = ((home.width, home.height), frame.shape);
            return Err(BrickError::File {
                path: self.file(frame.home, kind, band),
                reason: format!(
                    "has {w}×{h} pixels, the image of its brick {width}×{height}; fetch it again"
                ),
            });
        }
        for row in 0..size {
            for column in 0..size {
                let (x, y) = (frame.x + column as i64, frame.y + row as i64);
                match pixel(&home, x, y) {
                    Some(value) => values[row * size + column] = value,
                    // Beyond the home's image.
                    None => missing.push((row * size + column, x, y)),
                }
            }
        }
        let mut neighbour: Option<(&Brick, Arc<Plane>)> = None;
        for (index, x, y) in missing {
            let sky = frame.grid.pixel_to_sky(x as f64 + 1.0, y as f64 + 1.0);
            let known = neighbour.as_ref().filter(|(brick, _)| brick.owns(sky));
            if known.is_none() {
                let Some(brick) = self.table.at(sky) else { continue };
                let plane = self.need(brick, kind, band)?;
                if !used.contains(&brick.name) {
                    used.push(brick.name.clone());
                }
                neighbour = Some((brick, plane));
            }
            let Some((_, plane)) = &neighbour else { continue };
            let at = plane.wcs.and_then(|wcs| wcs.sky_to_pixel(sky));
            let value = at.and_then(|(x, y)| pixel(plane, whole(x)? - 1, whole(y)? - 1));
            values[index] = value.unwrap_or(0.0);
        }
        Ok(values)
    }

    /// FWHM of the PSF at a pixel (1-based) of a brick.
    fn seeing(&self, brick: &Brick, band: Band, x: f64, y: f64) -> Result<Option<f64>, BrickError> {
        let path = self.named(brick, &format!("psfsize-{band}"));
        let mapped = self
            .load(&path, Kind::Image)?
            .and_then(|plane| pixel(&plane, whole(x)? - 1, whole(y)? - 1))
            .map(f64::from)
            .filter(|fwhm| *fwhm > 0.0 && fwhm.is_finite());
        let listed = crate::CONDITION_BANDS.iter().position(|&b| b == band);
        Ok(mapped.or_else(|| brick.psf_fwhm_arcsec[listed?]))
    }

    fn file(&self, brick: &Brick, kind: Kind, band: Band) -> PathBuf {
        match kind {
            Kind::Image => self.named(brick, &format!("image-{band}")),
            Kind::InverseVariance => self.named(brick, &format!("invvar-{band}")),
            Kind::MaskBits => self.named(brick, "maskbits"),
        }
    }

    fn named(&self, brick: &Brick, what: &str) -> PathBuf {
        let name = &brick.name;
        let group: String = name.chars().take(3).collect();
        self.root.join("coadd").join(group).join(name).join(format!("legacysurvey-{name}-{what}.fits.fz"))
    }

    /// A plane of a brick, unpacked; `None` when the file is not there. The last few are kept.
    fn load(&self, path: &Path, kind: Kind) -> Result<Option<Arc<Plane>>, BrickError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(known, _)| known == path)
            && let Some(found) = kept.remove(at)
        {
            let plane = found.1.clone();
            kept.push_back(found);
            return Ok(plane);
        }
        let plane = read(path, kind)?.map(Arc::new);
        kept.push_back((path.to_owned(), plane.clone()));
        let pixels = |kept: &VecDeque<(PathBuf, Option<Arc<Plane>>)>| -> usize {
            kept.iter().flat_map(|(_, plane)| plane).map(|plane| plane.data.len()).sum()
        };
        while kept.len() > 1 && (pixels(&kept) > MOST_PIXELS_KEPT || kept.len() > 256) {
            kept.pop_front();
        }
        Ok(plane)
    }
}

/// Where a cutout lies on its home's grid; `x`, `y` are its first pixel, from 0.
struct Frame<'a> {
    home: &'a Brick,
    grid: TanWcs,
    /// Width and height of the home's image.
    shape: (usize, usize),
    x: i64,
    y: i64,
    size: usize,
}

/// File, projection and shape of a brick's image.
type Grid = (PathBuf, TanWcs, (usize, usize));

/// The nearest pixel; `None` far from any brick.
fn whole(at: f64) -> Option<i64> {
    (at.abs() <= MAX_PIXEL).then(|| at.round() as i64)
}

/// Whether a projection can be that of a brick.
fn is_sane(wcs: &TanWcs) -> bool {
    let steps = wcs.cd.iter().flatten().all(|step| step.abs() * 3600.0 <= *SCALES.end());
    wcs.is_valid()
        && steps
        && SCALES.contains(&wcs.pixel_scale_arcsec())
        && wcs.crpix.iter().all(|at| at.abs() <= MAX_PIXEL)
}

/// A pixel of a plane, from 0.
fn pixel(plane: &Plane, x: i64, y: i64) -> Option<f32> {
    let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
    (x < plane.width && y < plane.height).then(|| plane.data[y * plane.width + x])
}

fn read(path: &Path, kind: Kind) -> Result<Option<Plane>, BrickError> {
    let io = |source| BrickError::Io { path: path.to_owned(), source };
    let wrong = |reason: String| BrickError::File { path: path.to_owned(), reason };
    match fs::metadata(path) {
        Ok(data) if data.len() > MAX_FILE_BYTES => {
            return Err(wrong(format!("has {} bytes, more than any plane of a brick", data.len())));
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    }
    let bytes = fs::read(path).map_err(io)?;
    let plane = read_plane(&bytes, Wanted::First).map_err(|error| wrong(error.to_string()))?;
    let mut plane = plane.ok_or_else(|| wrong("holds no image; fetch the file again".to_owned()))?;
    if plane.depth != 1 {
        return Err(wrong(format!("has {} planes, a file of a brick has one", plane.depth)));
    }
    if plane.wcs.is_some_and(|wcs| !is_sane(&wcs)) {
        return Err(wrong("has a projection no brick can have; fetch the file again".to_owned()));
    }
    match kind {
        Kind::Image => {}
        Kind::InverseVariance => plane = usable(plane),
        Kind::MaskBits => {
            MaskPlane::of_plane(&plane).map_err(|error| wrong(error.to_string()))?;
        }
    }
    Ok(Some(plane))
}

/// Inverse variances below 0 mean nothing.
fn usable(plane: Plane) -> Plane {
    let (width, height, depth, wcs) = (plane.width, plane.height, plane.depth, plane.wcs);
    let data = InverseVariance::of_plane(plane).data;
    Plane { width, height, depth, data, wcs }
}
