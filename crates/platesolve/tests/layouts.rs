//! Index files of both layouts: what is written is read, what is damaged is refused
//! or read as something harmless, and published files keep what the format promises.

use std::{fs, path::Path};

use domain::Silent;
use platesolve::{
    Index,
    build::{BuildError, BuildSettings, build},
    catalogue::{Catalogue, Star},
    layout::{Layout, LayoutError, check, read, verify_checksums, write},
};
use proptest::prelude::*;
use rand::SeedableRng as _;

/// Stars spread over a cap of 20 degrees, some with proper motion.
fn catalogue(count: usize, seed: u64) -> Catalogue {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let stars = (0..count).map(|i| {
        let (ra, dec) = (rng.random::<f64>() * 360.0, 70.0 + 20.0 * rng.random::<f64>().sqrt());
        let motion = (i % 3 == 0).then(|| [rng.random::<f32>() * 200.0 - 100.0, 5.0]);
        Star::new(ra, dec, 12.0 * rng.random::<f32>(), motion).expect("a star")
    });
    Catalogue::new("made up", Some(2000.0), stars.collect())
}

fn settings(dim_quads: usize) -> BuildSettings {
    BuildSettings { id: 7, dim_quads, nside: 12, ..BuildSettings::scale(60.0, 240.0) }
}

fn index(dim_quads: usize) -> Index<'static> {
    build(&catalogue(3000, 1), &settings(dim_quads), &Silent).expect("an index")
}

fn assert_same(a: &Index<'_>, b: &Index<'_>) {
    assert_eq!(a.meta, b.meta);
    assert_eq!(a.quads, b.quads);
    assert_eq!(
        (&a.codes.data, &a.codes.split, &a.codes.right),
        (&b.codes.data, &b.codes.split, &b.codes.right)
    );
    assert_eq!(
        (&a.stars.data, &a.stars.split, &a.stars.right),
        (&b.stars.data, &b.stars.split, &b.stars.right)
    );
    assert_eq!((&a.codes.low, a.codes.scale), (&b.codes.low, b.codes.scale));
    assert_eq!((&a.stars.low, a.stars.scale), (&b.stars.low, b.stars.scale));
    assert_eq!((&a.sweep, &a.magnitude, &a.motion), (&b.sweep, &b.magnitude, &b.motion));
}

#[test]
fn what_is_written_is_read() {
    for dim in [3, 4, 5] {
        let index = index(dim);
        check(&index).unwrap();
        assert!(index.quad_count() > 100, "{dim}: {}", index.quad_count());
        for layout in [Layout::Native, Layout::Fits] {
            let bytes = write(&index, layout);
            assert_eq!(Layout::of(&bytes).unwrap(), layout);
            verify_checksums(&bytes).unwrap();
            let again = read(&bytes).unwrap();
            assert_same(&index, &again);
            assert_eq!(write(&again, layout), bytes);
        }
    }
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    for dim in [3, 4, 5] {
        let catalogue = catalogue(6000, 2);
        let wide = BuildSettings { nside: 20, reuse: 2, reuse_loosened: 5, ..settings(dim) };
        let many = build(&catalogue, &wide, &Silent).unwrap();
        let one = build(&catalogue, &BuildSettings { sequential: true, ..wide.clone() }, &Silent).unwrap();
        assert_eq!(write(&many, Layout::Native), write(&one, Layout::Native));
    }
}

#[test]
fn no_set_of_stars_is_in_two_quads_and_no_star_is_used_too_often() {
    let index = index(4);
    let mut sets: Vec<Vec<u32>> = index.quads.chunks(4).map(<[u32]>::to_vec).collect();
    sets.iter_mut().for_each(|set| set.sort_unstable());
    sets.sort_unstable();
    assert!(sets.windows(2).all(|pair| pair[0] != pair[1]));
    let mut uses = vec![0; index.stars.len()];
    index.quads.iter().for_each(|&id| uses[id as usize] += 1);
    assert!(uses.into_iter().max().unwrap() <= 20);
}

#[test]
fn stars_move_to_the_epoch() {
    let catalogue = catalogue(3000, 1);
    let moved = BuildSettings { epoch: Some(2100.0), ..settings(4) };
    let then = build(&catalogue, &moved, &Silent).unwrap();
    assert_eq!(then.meta.epoch, Some(2100.0));
    assert_ne!(then.stars.data, index(4).stars.data);
    let unknown = Catalogue::new("", None, catalogue.stars().to_vec());
    assert_eq!(build(&unknown, &moved, &Silent).unwrap_err(), BuildError::NoEpoch);
}

#[test]
fn settings_that_cannot_be_are_named() {
    let catalogue = catalogue(100, 3);
    let words = |settings: BuildSettings| build(&catalogue, &settings, &Silent).unwrap_err().to_string();
    assert!(words(BuildSettings { nside: 0, ..settings(4) }).contains("Nside"));
    assert!(words(BuildSettings { nside: 1 << 20, ..settings(4) }).contains("take one near"));
    assert!(words(BuildSettings { dim_quads: 6, ..settings(4) }).contains("stars of a quad"));
    assert!(words(BuildSettings { magnitudes: [1.0, 0.0], ..settings(4) }).contains("magnitude"));
    assert!(words(BuildSettings { magnitudes: [-9.0, -8.0], ..settings(4) }).contains("only 0 stars"));
    assert!(words(BuildSettings { nside: 5000, ..BuildSettings::scale(0.5, 0.7) }).contains("too far apart"));
    assert!(words(BuildSettings { sweeps: 0, ..settings(4) }).contains("sweeps"));
    assert!(words(BuildSettings { scale_low_rad: 1.0, ..settings(4) }).contains("below the longest"));
}

#[test]
fn a_fine_grid_over_few_stars_gives_the_same_as_all_its_cells() {
    let catalogue = catalogue(3000, 4);
    let base = BuildSettings { nside: 340, ..BuildSettings::scale(40.0, 60.0) };
    // 1.4 million cells: beyond what is walked for 3,000 stars.
    let near = build(&catalogue, &base, &Silent).unwrap();
    let occupied = build(&catalogue, &BuildSettings { occupied_only: true, ..base }, &Silent).unwrap();
    assert!(near.quad_count() > occupied.quad_count() && occupied.quad_count() > 0);
}

#[test]
fn checksums_and_headers_are_verified() {
    let bytes = write(&index(4), Layout::Native);
    let mut changed = bytes.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(read(&changed).is_ok());
    assert!(matches!(verify_checksums(&changed), Err(LayoutError::Checksum(_))));
    let mut changed = bytes.clone();
    changed[33] ^= 1;
    assert!(matches!(read(&changed), Err(LayoutError::Checksum(_))));
    assert!(matches!(read(&bytes[..bytes.len() - 1]), Err(LayoutError::Truncated { .. })));
    assert!(matches!(read(b"hello"), Err(LayoutError::Unknown { .. })));
    assert!(read(b"").is_err());
}

#[test]
fn tables_may_come_in_any_order_and_some_may_be_absent() {
    let index = index(4);
    let bytes = write(&index, Layout::Fits);
    // Cut the file into HDUs: each begins with XTENSION at a block.
    let starts: Vec<usize> = (1..bytes.len() / 2880)
        .map(|block| block * 2880)
        .filter(|&at| bytes[at..].starts_with(b"XTENSION"))
        .chain([bytes.len()])
        .collect();
    let parts: Vec<&[u8]> = starts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
    let has = |part: &[u8], name: &str| part[..960].windows(name.len()).any(|w| w == name.as_bytes());
    let mut turned = bytes[..starts[0]].to_vec();
    for part in parts.iter().rev().filter(|p| !has(p, "sweep") && !has(p, "MAG") && !has(p, "range")) {
        turned.extend_from_slice(part);
    }
    let again = read(&turned).unwrap();
    assert_eq!((&again.quads, &again.codes.data), (&index.quads, &index.codes.data));
    assert_eq!((&again.codes.low, again.codes.scale), (&index.codes.low, index.codes.scale));
    assert!(again.sweep.iter().all(|&sweep| sweep == 0) && again.magnitude.is_none());
    for needed in ["quads", "kdtree_data_codes", "kdtree_data_stars"] {
        let mut less = bytes[..starts[0]].to_vec();
        parts.iter().filter(|p| !has(p, &format!("'{needed}"))).for_each(|p| less.extend_from_slice(p));
        let wrong = read(&less).unwrap_err().to_string();
        assert!(wrong.contains(needed), "{wrong}");
    }
}

#[test]
fn quotes_in_the_name_of_the_catalogue_are_kept() {
    let named = |name: &str| {
        let mut index = index(4);
        index.meta.catalogue = name.to_owned();
        index
    };
    for name in ["Barnard's", "'", "''", "a '' b", "'quoted'", "Barnard's / 1927"] {
        for layout in [Layout::Native, Layout::Fits] {
            let bytes = write(&named(name), layout);
            assert_eq!(read(&bytes).unwrap().meta.catalogue, name);
        }
    }
    // What does not fit a card is cut, between two characters of the name.
    for start in ["", "x"] {
        for name in [format!("{start}{}", "'".repeat(80)), format!("{start}{}'s", "y".repeat(66))] {
            let bytes = write(&named(&name), Layout::Fits);
            let card = bytes.chunks(80).find(|card| card.starts_with(b"CATALOG ")).unwrap();
            assert_eq!(card.iter().filter(|&&b| b == b'\'').count() % 2, 0);
            let kept = read(&bytes).unwrap().meta.catalogue;
            assert!(name.starts_with(&kept) && kept.len() >= 33, "{kept}");
        }
    }
}

#[test]
fn magnitudes_are_found_by_name_and_may_be_unknown() {
    let index = index(4);
    let bytes = write(&index, Layout::Fits);
    let card = b"TTYPE1  = 'MAG     '";
    let at = bytes.windows(card.len()).position(|w| w == card).unwrap();
    let renamed = |name: &str| {
        let mut changed = bytes.clone();
        changed[at + 11..at + 19].copy_from_slice(format!("{name:<8}").as_bytes());
        changed
    };
    for (name, known) in [("mag", true), ("VT_mag", true), ("e_mag", false), ("MAG_ERR", false)] {
        assert_eq!(read(&renamed(name)).unwrap().magnitude.is_some(), known, "{name}");
    }
    // The first value of the table; its header fills one block.
    let data = at / 2880 * 2880 + 2880;
    let mut changed = bytes.clone();
    changed[data..data + 4].copy_from_slice(&f32::NAN.to_be_bytes());
    let again = read(&changed).unwrap();
    assert_eq!(again.magnitude_of(0), None);
    assert_eq!(again.magnitude_of(1), index.magnitude_of(1));
    assert!(again.magnitude_of(1).is_some() && again.magnitude_of(usize::MAX).is_none());
    for layout in [Layout::Native, Layout::Fits] {
        assert_same(&again, &read(&write(&again, layout)).unwrap());
    }
}

#[test]
fn a_file_of_the_other_byte_order_is_read_too() {
    let index = index(4);
    let bytes = write(&index, Layout::Fits);
    let mut turned = Vec::new();
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let next = (1..rest.len() / 2880).find(|block| rest[block * 2880..].starts_with(b"XTENSION"));
        let (hdu, behind) = rest.split_at(next.map_or(rest.len(), |block| block * 2880));
        rest = behind;
        let (header, data) = hdu.split_at(2880);
        let header = String::from_utf8(header.to_vec()).unwrap();
        let size = match header.split("TTYPE1  = '").nth(1).and_then(|text| text.split('\'').next()) {
            Some("kdtree_split_codes" | "kdtree_data_codes") => 2,
            Some("kdtree_range_codes" | "kdtree_range_stars") => 8,
            Some(name) if name.starts_with("kdtree") || name.trim() == "quads" => 4,
            _ => 1,
        };
        turned.extend_from_slice(header.replace("04:03:02:01", "01:02:03:04").as_bytes());
        turned.extend(data.chunks(size).flat_map(|number| number.iter().rev()));
    }
    assert_same(&index, &read(&turned).unwrap());
}

/// A small file; built once.
fn small(dim: usize, layout: Layout) -> Vec<u8> {
    static BUILT: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let both = [Layout::Native, Layout::Fits];
        let of = |dim| build(&catalogue(300, 5), &settings(dim), &Silent).expect("an index");
        (3..=5).flat_map(|dim| both.map(|layout| write(&of(dim), layout))).collect()
    });
    built[2 * (dim - 3) + usize::from(layout == Layout::Fits)].clone()
}

/// Reads whatever it is, and looks at every part.
fn look_at(bytes: &[u8]) {
    if let Ok(index) = read(bytes) {
        let _ = check(&index);
        for id in [0, 1, index.stars.len(), usize::MAX] {
            let _ = index.star(id);
        }
        let _ = (index.quad_count(), index.codes.len(), write(&index, Layout::Native).len());
    }
    let _ = verify_checksums(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(
        dim in 3..=5_usize,
        fits in any::<bool>(),
        cut in 0.0..1.2_f64,
        hits in prop::collection::vec((0.0..1.0_f64, any::<u8>(), any::<bool>()), 0..6),
    ) {
        let mut bytes = small(dim, if fits { Layout::Fits } else { Layout::Native });
        let length = bytes.len();
        for (at, value, early) in hits {
            // Half of the hits go where headers are.
            let room = if early { length.min(6000) } else { length };
            bytes[(at * room as f64) as usize] = value;
        }
        bytes.truncate((cut * length as f64) as usize);
        if !fits && bytes.len() > 128 {
            // A header that agrees with its checksum, so that what lies behind it is reached.
            let rows = u32::from_le_bytes(bytes[12..16].try_into().expect("four")) as usize;
            if let Some(table) = bytes.get(128..128 + rows.min(256) * 32) {
                let crc = crc32fast::hash(&[&bytes[..124], &[0; 4], table].concat());
                bytes[124..128].copy_from_slice(&crc.to_le_bytes());
            }
        }
        look_at(&bytes);
    }

    #[test]
    fn digits_changed_in_cards_never_panic(
        hits in prop::collection::vec((0.0..1.0_f64, prop::sample::select(b"0123456789-'E. ".to_vec())), 1..4),
    ) {
        let mut bytes = small(4, Layout::Fits);
        let digits: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
        for (at, value) in hits {
            let at = digits[(at * digits.len() as f64) as usize];
            bytes[at] = value;
        }
        look_at(&bytes);
    }
}

/// astrometry.net's files on this machine, if there are any.
fn published() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new("/usr/share/astrometry");
    let entries =
        fs::read_dir(folder).map(|entries| entries.flatten().collect()).unwrap_or_else(|_| Vec::new());
    let mut files: Vec<_> = entries
        .into_iter()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "fits"))
        .filter_map(|entry| {
            Some((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).ok()?))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        eprintln!("skipped: no index files in {}", folder.display());
    }
    files
}

#[test]
fn codes_of_published_files_are_those_of_their_stars() {
    use platesolve::code::{Frame, TangentPlane};
    for (name, bytes) in published() {
        let index = read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        check(&index).unwrap_or_else(|error| panic!("{name}: {error}"));
        let dim = index.meta.dim_quads;
        let width = 2 * (dim - 2);
        let step = (index.quad_count() / 20_000).max(1);
        let (mut worst, mut out) = (0.0_f64, 0);
        for (ids, code) in index.quads.chunks(dim).zip(index.codes.data.chunks(width)).step_by(step) {
            let star = |at: usize| index.star(ids[at] as usize).expect("a star");
            let plane = TangentPlane::between(star(0), star(1));
            let frame = Frame::new(plane.project(star(0)), plane.project(star(1)));
            for inner in 2..dim {
                let place = frame.place(plane.project(star(inner)));
                for k in 0..2 {
                    let stored = f64::from(code[2 * (inner - 2) + k]);
                    worst = worst.max(((place[k] - index.codes.low[k]) * index.codes.scale - stored).abs());
                }
                out += usize::from(!Frame::is_inside(place, 1e-4));
            }
        }
        eprintln!("{name}: largest difference {worst:.4} units");
        assert!(worst <= 0.505, "{name}: {worst}");
        assert_eq!(out, 0, "{name}");
    }
}
