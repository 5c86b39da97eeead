//! The bytes of pictures: as long for lenses as for empty fields, with the same headers.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Digest, Seed};
use imaging::{Band, Cube, compand, preview};
use rand_like::Noise;
use testkit::sqlite_store;

use super::World;
use crate::routes::test_server::quick;

const SIDE: usize = 384;
const FORMS: [&str; 3] = [".webp", ".small.webp", ".jpg"];

/// The three files of a field with the noise of a survey, galaxies, and perhaps a bright arc.
fn files(seed: u64, arc: bool) -> [Vec<u8>; 3] {
    let mut noise = Noise::new(seed);
    let middle = SIDE as f64 / 2.0;
    let galaxies: Vec<[f64; 4]> = (0..30)
        .map(|_| [noise.share() * 384.0, noise.share() * 384.0, noise.share(), noise.share()])
        .collect();
    let mut data = Vec::with_capacity(SIDE * SIDE * 3);
    // Sky noise of g, r, z, and how bright galaxies and the arc are in them.
    for (sigma, red, blue) in [(0.0031, 0.3, 1.0), (0.0064, 1.0, 0.9), (0.0146, 2.0, 0.8)] {
        for y in 0..SIDE {
            for x in 0..SIDE {
                let (x, y) = (x as f64, y as f64);
                let light: f64 = galaxies
                    .iter()
                    .map(|[gx, gy, bright, size]| {
                        let r2 = (x - gx).powi(2) + (y - gy).powi(2);
                        0.2 * red * bright * (-r2 / (8.0 + 40.0 * size)).exp()
                    })
                    .sum();
                let (dx, dy) = (x - middle, y - middle);
                let r = dx.hypot(dy);
                let bend = if arc && dx > 0.3 * r { (-(r - 60.0).powi(2) / 18.0).exp() } else { 0.0 };
                data.push((light + 0.15 * blue * bend + sigma * noise.normal()) as f32);
            }
        }
    }
    let cube = Cube::new(SIDE, SIDE, vec![Band::G, Band::R, Band::Z], data).expect("a cube");
    let sized = |side| compand::compand(&cube, side).expect("bands");
    let webp = |side| preview::padded_webp(preview::webp(&sized(side)).expect("a picture"));
    let jpeg = preview::jpeg(&compand::composite(&sized(SIDE / 2)), 75).expect("a picture");
    [webp(SIDE), webp(SIDE / 2), preview::padded_jpeg(&jpeg)]
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_lenses_are_as_long_as_those_of_empty_fields_and_served_alike() {
    let world = World::new(sqlite_store().await, 12, 2, quick()).await;
    let mira = world.server.volunteer("mira").await;
    let mut seen: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
    for seed in 0..8 {
        let files = files(seed, seed % 2 == 0);
        let digest = Digest::of(&files[0]);
        for (form, bytes) in FORMS.into_iter().zip(&files) {
            world.server.add_form(&digest, form, bytes);
            let path = format!("/api/v1/images/{digest}{form}");
            let response = mira.get(&path).await;
            let headers = response.headers().clone();
            assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
            for (name, value) in &headers {
                // The tag is the digest, which is the address; nothing else may differ.
                if !["date", "x-request-id", "etag"].contains(&name.as_str()) {
                    let value = value.to_str().expect("ASCII").to_owned();
                    seen.entry(form).or_default().insert((name.to_string(), value));
                }
            }
            assert_eq!(headers["etag"], format!("\"{digest}{form}\""));
            assert_eq!(response.bytes().await.expect("bytes"), bytes.as_slice());
            let again = mira.request(reqwest::Method::GET, &path).header("if-none-match", &headers["etag"]);
            assert_eq!(again.send().await.expect("an answer").status(), 304);
        }
    }
    for (form, headers) in &seen {
        let names: BTreeSet<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), headers.len(), "{form}: a header has two values: {headers:?}");
        let length = headers.iter().find(|(name, _)| name == "content-length").expect("a length");
        assert!(length.1.parse::<usize>().is_ok_and(usize::is_power_of_two), "{form}: {length:?}");
        for told in ["last-modified", "content-disposition", "x-origin"] {
            assert!(!names.contains(told), "{form}: {told}");
        }
    }
    assert_eq!(seen.len(), 3);
}

/// Noise without a crate of its own: reproducible from the seed tree.
mod rand_like {
    use super::Seed;

    pub struct Noise {
        seed: Seed,
        at: u64,
    }

    impl Noise {
        pub fn new(seed: u64) -> Self {
            Self { seed: Seed::root(seed), at: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635 }
        }

        /// In [0, 1).
        pub fn share(&mut self) -> f64 {
            // SplitMix64.
            self.at = self.at.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.at ^ self.seed.to_u64();
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// Roughly normal: the sum of twelve.
        pub fn normal(&mut self) -> f64 {
            (0..12).map(|_| self.share()).sum::<f64>() - 6.0
        }
    }
}
